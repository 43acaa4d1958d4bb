//! Sending messages, also repeatedly and in slow mode.

use std::time::Duration;

use chit_chat_domain::chatroom::Visibility::{Direct, Private, Public};
use chit_chat_domain::chatroom::{Guard, Right, Settings, SlowMode};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::id::MessageId;
use chit_chat_domain::membership::Role::{Member, Moderator};
use chit_chat_domain::message::{Appended, Idempotency, Message, NewMessage, SendMessage, Sent, SlowModeOutcome};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::pending::Pending;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{NOW, World, fresh_id, key, me, room};

use crate::builders::{HEAD, body};

pub(crate) fn hello() -> SendMessage {
    SendMessage { key: Some(key()), ..SendMessage::new(room(), me(), "hello") }
}

pub(crate) fn draft() -> NewMessage {
    NewMessage {
        idempotency: Some(Idempotency::new(key(), &["hello"])),
        ..NewMessage::new(MessageId::from(fresh_id()), room(), me(), body("hello"), NOW)
    }
}

pub(crate) fn stored() -> Message {
    Message::stored(draft(), HEAD)
}

/// The next draft that reaches the store is `draft()` and has this outcome.
fn expect_append(world: &mut World, outcome: Appended) {
    let append = world.messages.expect_append().with(eq(draft()), eq(Guard::may(me(), Right::Speak)));
    append.times(1).return_once(|_, _| Pending::ready(Ok(outcome)));
}

#[test]
fn send_is_guarded_by_right_to_speak_without_reads() {
    let mut world = World::default();
    expect_append(&mut world, Appended::Stored(stored()));
    assert_eq!(world.messages().send(&hello()), Ok(Sent { message: stored(), replayed: false }));
}

fn slow() -> Settings {
    Settings { slow_mode: SlowMode::parse(30).unwrap(), ..Settings::default() }
}

fn expect_turn(world: &mut World, outcome: SlowModeOutcome) {
    let append = world.messages.expect_append_in_slow_mode().with(eq(draft()), eq(Guard::may(me(), Right::Speak)));
    append.times(1).return_const(Ok(outcome));
}

#[test]
fn first_message_of_direct_chatroom_is_sent_alone() {
    let mut world = World::with_access(Direct, Some(Member));
    expect_append(&mut world, Appended::Refused);
    expect_append(&mut world, Appended::Refused);
    expect_turn(&mut world, SlowModeOutcome::Taken(Appended::Stored(stored())));
    assert_eq!(world.messages().send(&hello()), Ok(Sent { message: stored(), replayed: false }));
}

#[test]
fn slow_mode_sends_in_turn() {
    let mut world = World::with_room(slow(), Member);
    expect_append(&mut world, Appended::Refused);
    expect_turn(&mut world, SlowModeOutcome::Taken(Appended::Stored(stored())));
    assert_eq!(world.messages().send(&hello()), Ok(Sent { message: stored(), replayed: false }));
}

#[test]
fn early_send_in_slow_mode_reports_wait() {
    let mut world = World::with_room(slow(), Member);
    expect_append(&mut world, Appended::Refused);
    expect_turn(&mut world, SlowModeOutcome::TooSoon(NOW.plus(Duration::from_millis(2_001))));
    assert_eq!(world.messages().send(&hello()), Err(Denial::SlowMode { seconds: 3 }.into()));
}

#[test]
fn moderators_are_exempt_from_slow_mode() {
    let mut world = World::with_room(slow(), Moderator);
    expect_append(&mut world, Appended::Refused);
    expect_append(&mut world, Appended::Stored(stored()));
    assert_eq!(world.messages().send(&hello()), Ok(Sent { message: stored(), replayed: false }));
}

#[test]
fn repeated_send_to_archived_chatroom_returns_message() {
    let archived = || Settings { archived: true, ..Settings::default() };
    let earlier = Appended::Duplicate(stored(), Idempotency::new(key(), &["hello"]));
    for (outcome, answer) in [
        (Some(earlier), Ok(Sent { message: stored(), replayed: true })),
        (None, Err(Denial::ChatroomArchived.into())),
    ] {
        let mut world = World::with_room(archived(), Member);
        expect_append(&mut world, Appended::Refused);
        world.messages.expect_sent_before().with(eq(draft())).times(1).return_const(Ok(outcome));
        assert_eq!(world.messages().send(&hello()), answer);
    }
}

#[test]
fn repeated_send_returns_current_message() {
    let mut world = World::default();
    let now = Message { body: None, deleted_at: Some(NOW), ..stored() };
    expect_append(&mut world, Appended::Duplicate(now.clone(), Idempotency::new(key(), &["hello"])));
    assert_eq!(world.messages().send(&hello()), Ok(Sent { message: now, replayed: true }));
}

#[test]
fn key_of_other_body_is_refused() {
    let mut world = World::default();
    let earlier = Idempotency::new(key(), &["something else"]);
    expect_append(&mut world, Appended::Duplicate(stored(), earlier));
    assert_eq!(world.messages().send(&hello()), Err(Denial::IdempotencyKeyReused.into()));
}

#[test]
fn refused_send_is_explained_by_another_read() {
    for (visibility, denial) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let mut world = World::with_first_access(visibility, None);
        expect_append(&mut world, Appended::Refused);
        assert_eq!(world.messages().send(&hello()), Err(denial.into()));
    }
}

#[test]
fn refused_send_to_missing_chatroom_is_not_found() {
    let mut world = World::without_room();
    expect_append(&mut world, Appended::Refused);
    assert_eq!(world.messages().send(&hello()), Err(Denial::ChatroomNotFound.into()));
}

#[test]
fn refused_send_by_member_is_retried() {
    let mut world = World::with_first_access(Private, Some(Member));
    expect_append(&mut world, Appended::Refused);
    expect_append(&mut world, Appended::Stored(stored()));
    assert_eq!(world.messages().send(&hello()), Ok(Sent { message: stored(), replayed: false }));
}

#[test]
fn repeatedly_refused_send_gives_up() {
    let mut world = World::with_access(Private, Some(Member));
    world.messages.expect_append().times(2..).returning(|_, _| Pending::ready(Ok(Appended::Refused)));
    assert_eq!(world.messages().send(&hello()), Err(StoreError::Contention.into()));
}

#[test]
fn busy_store_is_not_retried() {
    let mut world = World::default();
    world.messages.expect_append().times(1).return_once(|_, _| Pending::ready(Err(StoreError::Busy)));
    assert_eq!(world.messages().send(&hello()), Err(StoreError::Busy.into()));
}
