//! Policies for the texts of messages.

use chit_chat_domain::chatroom::Right::Speak;
use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::chatroom::{Guard, Settings};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::membership::Role::{Member, Owner};
use chit_chat_domain::message::{Appended, Idempotency, MessageBody, NewMessage, SendMessage, Sent};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::pending::Pending;
use chit_chat_domain::policy::{MockMessagePolicy, Rejection, Verdict};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{World, key, me, message_id, room};

use crate::builders::message;
use crate::messages::{UNCONDITIONAL, world_with_message};
use crate::sending::{draft, hello, stored};

fn body(text: &str) -> MessageBody {
    MessageBody::parse(text).unwrap()
}

fn rude() -> Rejection {
    Rejection::new("rude", "be kind")
}

/// A policy that is asked once, about this text.
fn policy(text: &'static str, verdict: Verdict) -> MockMessagePolicy {
    let mut policy = MockMessagePolicy::new();
    policy.expect_judge().withf(move |draft| draft.body.as_str() == text).times(1).return_once(|_| Ok(verdict));
    policy
}

fn never_asked() -> MockMessagePolicy {
    let mut policy = MockMessagePolicy::new();
    policy.expect_judge().never();
    policy
}

fn unkeyed() -> SendMessage {
    SendMessage { key: None, ..hello() }
}

/// Expects one append of this text, with this outcome.
fn expect_append_of(world: &mut World, text: &str, outcome: Appended) {
    let appended = NewMessage { body: body(text), idempotency: None, ..draft() };
    let append = world.messages.expect_append().with(eq(appended), eq(Guard::may(me(), Speak)));
    append.times(1).return_once(|_, _| Pending::ready(Ok(outcome)));
}

#[test]
fn plain_message_waits_for_the_policies() {
    let services = World::default().with_message_policy(never_asked()).services();
    assert!(!services.messages.begin_send(&unkeyed()).unwrap().is_queued());
}

#[test]
fn allowed_text_is_stored() {
    let mut world = World::with_access(Private, Some(Member)).with_message_policy(policy("hello", Verdict::Allow));
    expect_append_of(&mut world, "hello", Appended::Stored(stored()));
    assert_eq!(world.messages().send(&unkeyed()), Ok(Sent { message: stored(), replayed: false }));
}

#[test]
fn rejected_text_reaches_no_store() {
    let world =
        World::with_access(Private, Some(Owner)).with_message_policy(policy("hello", Verdict::Reject(rude())));
    assert_eq!(world.messages().send(&unkeyed()), Err(Failure::Rejected(rude())));
    let world =
        world_with_message(Member, message(me())).with_message_policy(policy("oi", Verdict::Reject(rude())));
    let edited = world.messages().edit(room(), me(), message_id(), "oi", &UNCONDITIONAL);
    assert_eq!(edited, Err(Failure::Rejected(rude())));
}

#[test]
fn each_policy_sees_what_the_one_before_has_left() {
    let mut world = World::with_access(Private, Some(Member))
        .with_message_policy(policy("hello", Verdict::Rewrite(body("good day"))))
        .with_message_policy(policy("good day", Verdict::Allow));
    expect_append_of(&mut world, "good day", Appended::Stored(stored()));
    assert!(world.messages().send(&unkeyed()).is_ok());
    let world = World::with_access(Private, Some(Member))
        .with_message_policy(policy("hello", Verdict::Reject(rude())))
        .with_message_policy(never_asked());
    assert_eq!(world.messages().send(&unkeyed()), Err(Failure::Rejected(rude())));
}

#[test]
fn edit_is_judged_with_the_message_that_it_changes() {
    let mut rewriting = MockMessagePolicy::new();
    rewriting
        .expect_judge()
        .withf(|draft| draft.edited == Some(&message(me())) && draft.author.role == Member)
        .times(1)
        .return_once(|_| Ok(Verdict::Rewrite(body("goodbye"))));
    let mut world = world_with_message(Member, message(me())).with_message_policy(rewriting);
    let edit = world.messages.expect_edit().withf(|_, text, _, _, _| text.as_str() == "goodbye");
    edit.times(1).returning(|message, _, _, _, _| Ok(Guarded::Done(message.clone())));
    assert!(world.messages().edit(room(), me(), message_id(), "bye", &UNCONDITIONAL).is_ok());
}

#[test]
fn policies_reveal_no_chatroom() {
    let world = World::without_room().with_message_policy(never_asked());
    assert_eq!(world.messages().send(&unkeyed()), Err(Denial::ChatroomNotFound.into()));
    let world = World::with_access(Public, None).with_message_policy(never_asked());
    assert_eq!(world.messages().send(&unkeyed()), Err(Denial::NotAMember.into()));
}

#[test]
fn repeated_send_is_not_judged_again() {
    let mut world = World::with_access(Private, Some(Member)).with_message_policy(never_asked());
    let earlier = Appended::Duplicate(stored(), Idempotency::new(key(), &["hello"]));
    world.messages.expect_sent_before().with(eq(draft())).times(1).return_const(Ok(Some(earlier)));
    assert_eq!(world.messages().send(&hello()), Ok(Sent { message: stored(), replayed: true }));
}

#[test]
fn text_is_judged_once_however_often_the_store_refuses() {
    let mut world =
        World::with_room(Settings::default(), Member).with_message_policy(policy("hello", Verdict::Allow));
    expect_append_of(&mut world, "hello", Appended::Refused);
    expect_append_of(&mut world, "hello", Appended::Stored(stored()));
    assert!(world.messages().send(&unkeyed()).is_ok());
}

#[test]
fn failing_policy_lets_nothing_pass() {
    let mut failing = MockMessagePolicy::new();
    failing.expect_judge().return_const(Err(StoreError::Busy));
    let world = World::with_access(Private, Some(Member)).with_message_policy(failing);
    assert_eq!(world.messages().send(&unkeyed()), Err(StoreError::Busy.into()));
}
