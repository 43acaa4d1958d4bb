//! Answering messages and mentioning people.

use chit_chat_domain::chatroom::Visibility::Private;
use chit_chat_domain::chatroom::{Guard, Right};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{MessageId, UserId};
use chit_chat_domain::membership::Role::{self, Member, Moderator};
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{Appended, Idempotency, Message, NewMessage, Precondition, SendMessage};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::page::Page;
use chit_chat_domain::pending::Pending;
use chit_chat_domain::testing::{NOW, World, fresh_id, key, limit, me, message_id, other, room, user_id};
use chit_chat_domain::violation::Violation;

use crate::builders::{HEAD, body, message, tombstone};

fn text_message(text: &str) -> SendMessage {
    SendMessage::new(room(), me(), text)
}

fn reply(parent: MessageId) -> SendMessage {
    SendMessage { reply_to: Some(parent.to_string()), ..text_message("hello") }
}

fn draft(text: &str) -> NewMessage {
    NewMessage::new(MessageId::from(fresh_id()), room(), me(), body(text), NOW)
}

/// Exactly this draft reaches the store, and is stored.
fn expect_stored(world: &mut World, draft: NewMessage, right: Right) {
    let stored = Message::stored(draft.clone(), HEAD);
    let append = world.messages.expect_append().with(eq(draft), eq(Guard::may(me(), right)));
    append.times(1).return_once(|_, _| Pending::ready(Ok(Appended::Stored(stored))));
}

fn expect_resolved(world: &mut World, usernames: &[&str], users: Vec<UserId>) {
    let usernames: Vec<String> = usernames.iter().map(|&name| name.to_owned()).collect();
    let resolve = world.mentions.expect_resolve().withf(move |id, asked| *id == room() && asked == usernames);
    resolve.times(1).return_const(Ok(users));
}

fn world_as(role: Role) -> World {
    World::with_access(Private, Some(role))
}

#[test]
fn reply_to_message_or_tombstone_is_stored() {
    for parent in [message(other()), tombstone(other())] {
        let mut world = world_as(Member);
        world.messages.expect_find().with(eq(room()), eq(message_id())).times(1).return_const(Ok(Some(parent)));
        expect_stored(&mut world, NewMessage { reply_to: Some(message_id()), ..draft("hello") }, Right::Speak);
        assert_eq!(world.messages().send(&reply(message_id())).unwrap().message.reply_to, Some(message_id()));
    }
}

#[test]
fn reply_to_missing_message_is_not_stored() {
    let mut world = world_as(Member);
    world.messages.expect_find().times(1).return_const(Ok(None));
    let nothing = Err(Failure::invalid("reply_to", Violation::NoSuchMessage));
    assert_eq!(world.messages().send(&reply(message_id())), nothing);
    let malformed = SendMessage { reply_to: Some("5".to_owned()), ..text_message("hello") };
    let refused = World::default().messages().send(&malformed);
    assert_eq!(refused, Err(Failure::invalid("reply_to", Violation::NotAnId)));
}

#[test]
fn reply_by_outsider_is_not_found() {
    let world = World::with_access(Private, None);
    assert_eq!(world.messages().send(&reply(message_id())), Err(Denial::ChatroomNotFound.into()));
}

#[test]
fn repeated_reply_requires_same_parent() {
    let send_again = |entered: SendMessage| {
        let mut world = world_as(Member);
        world.messages.expect_find().return_const(Ok(Some(message(other()))));
        let earlier = (Message::stored(draft("hello"), HEAD), Idempotency::new(key(), &["hello"]));
        let append = world.messages.expect_append();
        append.times(1).return_once(|_, _| Pending::ready(Ok(Appended::Duplicate(earlier.0, earlier.1))));
        world.messages().send(&SendMessage { key: Some(key()), ..entered })
    };
    assert_eq!(send_again(reply(message_id())), Err(Denial::IdempotencyKeyReused.into()));
}

#[test]
fn members_are_mentioned_once_and_not_by_themselves() {
    let mut world = world_as(Member);
    expect_resolved(&mut world, &["anna", "me_myself", "zoe"], vec![user_id(9), me(), user_id(3)]);
    let text = "@zoe @Anna @anna @me_myself @all";
    let mentions = Mentions::of(vec![user_id(3), user_id(9)]);
    expect_stored(&mut world, NewMessage { mentions, ..draft(text) }, Right::Speak);
    assert!(world.messages().send(&text_message(text)).is_ok());
}

#[test]
fn mention_of_all_is_guarded_by_moderator_role() {
    let mut world = world_as(Moderator);
    let to_all = NewMessage { mentions: Mentions::everybody(), ..draft("@all @zoe") };
    expect_stored(&mut world, to_all, Right::CallAll);
    assert!(world.messages().send(&text_message("@all @zoe")).is_ok());
    let mut demoted = World::with_first_access(Private, Some(Moderator));
    demoted.messages.expect_append().times(1).return_once(|_, _| Pending::ready(Ok(Appended::Refused)));
    demoted.expect_later_access(Private, Some(Member));
    expect_stored(&mut demoted, draft("@all"), Right::Speak);
    assert!(demoted.messages().send(&text_message("@all")).is_ok(), "then it is a word like others");
}

#[test]
fn email_address_mentions_nobody() {
    let mut world = world_as(Member);
    expect_stored(&mut world, draft("write to a@b.example"), Right::Speak);
    assert!(world.messages().send(&text_message("write to a@b.example")).is_ok());
}

#[test]
fn edit_mentions_users_in_new_text() {
    let mut world = world_as(Member);
    let read = Message { mentions: Mentions::of(vec![user_id(9)]), ..message(me()) };
    world.messages.expect_find().times(1).return_const(Ok(Some(read.clone())));
    expect_resolved(&mut world, &["zoe"], vec![user_id(3)]);
    let edit = world.messages.expect_edit();
    let mentions = Mentions::of(vec![user_id(3)]);
    let edit = edit.with(eq(read), eq(body("@zoe")), eq(mentions), eq(Guard::may(me(), Right::Speak)), eq(NOW));
    edit.times(1).return_const(Ok(Guarded::Done(message(me()))));
    assert!(world.messages().edit(room(), me(), message_id(), "@zoe", &Precondition::None).is_ok());
}

#[test]
fn members_list_replies() {
    let mut world = world_as(Member);
    world.messages.expect_find().times(1).return_const(Ok(Some(tombstone(other()))));
    let replies = world.messages.expect_replies().with(eq(room()), eq(message_id()), eq(7), eq(limit(1)));
    replies.times(1).return_const(Ok(vec![message(me()), message(other())]));
    let page = world.messages().replies(room(), me(), message_id(), 7, limit(1));
    assert_eq!(page, Ok(Page { items: vec![message(me())], more: true }));
    let hidden = World::with_access(Private, None).messages().replies(room(), me(), message_id(), 0, limit(1));
    assert_eq!(hidden, Err(Denial::ChatroomNotFound.into()));
}
