//! Showing, editing and deleting messages.

use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::chatroom::{Guard, Right, Settings, Visibility};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::UserId;
use chit_chat_domain::membership::Role;
use chit_chat_domain::membership::Role::{Member, Moderator, Owner};
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{Appended, Deleter, Message, NewMessage, Precondition, SendMessage};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::pending::Pending;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{NOW, World, me, message_id, other, room};
use chit_chat_domain::violation::Violation;

use crate::builders::{body, message, tombstone};
use crate::sending::{draft, hello};

pub(crate) const UNCONDITIONAL: Precondition = Precondition::None;

/// The next read of the message, and no other, finds this.
fn expect_found(world: &mut World, found: Option<Message>) {
    world.messages.expect_find().with(eq(room()), eq(message_id())).times(1).return_const(Ok(found));
}

pub(crate) fn world_with_message(role: Role, found: Message) -> World {
    let mut world = World::with_access(Private, Some(role));
    expect_found(&mut world, Some(found));
    world
}

fn expect_edit(world: &mut World, read: Message, outcome: Guarded<Message>) {
    let edit = world.messages.expect_edit();
    let guard = Guard::may(me(), Right::Speak);
    let edit = edit.with(eq(read), eq(body("goodbye")), eq(Mentions::default()), eq(guard), eq(NOW));
    edit.times(1).return_const(Ok(outcome));
}

pub(crate) fn expect_delete(world: &mut World, author: UserId) {
    let moderator = Deleter::Member(Guard::holds(me(), Moderator));
    let deleter = if author == me() { Deleter::Author } else { moderator };
    let delete = world.messages.expect_delete();
    let delete = delete.with(eq(message(author)), eq(deleter), eq(NOW));
    delete.times(1).return_const(Ok(Guarded::Done(tombstone(author))));
}

fn edit(world: World, text: &str, precondition: &Precondition) -> Result<Message, Failure> {
    world.messages().edit(room(), me(), message_id(), text, precondition)
}

fn delete(world: World, precondition: &Precondition) -> Result<(), Failure> {
    world.messages().delete(room(), me(), message_id(), precondition)
}

fn edited() -> Message {
    Message { body: Some(body("goodbye")), edited_at: Some(NOW), revision: 2, ..message(me()) }
}

#[test]
fn invalid_body_is_not_stored() {
    let messages = World::default().messages();
    let blank = SendMessage { body: " \n".to_owned(), ..hello() };
    assert_eq!(messages.send(&blank), Err(Failure::invalid("body", Violation::Blank)));
    let endless = "x".repeat(10_001);
    let outcome = messages.edit(room(), me(), message_id(), &endless, &UNCONDITIONAL);
    assert_eq!(outcome, Err(Failure::invalid("body", Violation::TooManyCharacters(10_000))));
}

#[test]
fn archived_chatroom_allows_only_delete() {
    let archived = || Settings { archived: true, ..Settings::default() };
    let mut world = World::with_room(archived(), Owner);
    let unkeyed = NewMessage { idempotency: None, ..draft() };
    let append = world.messages.expect_append().with(eq(unkeyed), eq(Guard::may(me(), Right::Speak)));
    append.times(1).return_once(|_, _| Pending::ready(Ok(Appended::Refused)));
    let keyless = SendMessage { key: None, ..hello() };
    assert_eq!(world.messages().send(&keyless), Err(Denial::ChatroomArchived.into()));
    let mut world = World::with_room(archived(), Owner);
    expect_found(&mut world, Some(message(me())));
    assert_eq!(edit(world, "goodbye", &UNCONDITIONAL), Err(Denial::ChatroomArchived.into()));
    let mut world = World::with_room(archived(), Member);
    expect_found(&mut world, Some(message(me())));
    expect_delete(&mut world, me());
    assert_eq!(delete(world, &UNCONDITIONAL), Ok(()));
}

#[test]
fn outsider_cannot_see_or_change_messages() {
    for (visibility, denial) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let outside = || World::with_access(visibility, None);
        assert_eq!(outside().messages().show(room(), me(), message_id()), Err(denial.into()));
        assert_eq!(edit(outside(), "goodbye", &UNCONDITIONAL), Err(denial.into()));
    }
}

#[test]
fn message_of_other_chatroom_is_not_found() {
    let without = || {
        let mut world = World::with_access(Private, Some(Owner));
        expect_found(&mut world, None);
        world
    };
    let denial = Denial::MessageNotFound;
    assert_eq!(without().messages().show(room(), me(), message_id()), Err(denial.into()));
    assert_eq!(edit(without(), "goodbye", &UNCONDITIONAL), Err(denial.into()));
    assert_eq!(delete(without(), &UNCONDITIONAL), Err(denial.into()));
}

#[test]
fn member_sees_message_and_tombstone() {
    for found in [message(other()), tombstone(other())] {
        let messages = world_with_message(Member, found.clone()).messages();
        assert_eq!(messages.show(room(), me(), message_id()), Ok(found));
    }
}

#[test]
fn edit_is_guarded_by_right_to_speak() {
    for precondition in [UNCONDITIONAL, Precondition::Revisions(vec![4, 1])] {
        let mut world = world_with_message(Member, message(me()));
        expect_edit(&mut world, message(me()), Guarded::Done(edited()));
        assert_eq!(edit(world, "goodbye", &precondition), Ok(edited()));
    }
}

#[test]
fn edit_by_other_is_forbidden() {
    let world = world_with_message(Owner, message(other()));
    assert_eq!(edit(world, "goodbye", &UNCONDITIONAL), Err(Denial::NotTheAuthor.into()));
}

#[test]
fn edit_of_tombstone_is_refused() {
    let world = world_with_message(Member, tombstone(me()));
    assert_eq!(edit(world, "goodbye", &UNCONDITIONAL), Err(Denial::MessageDeleted.into()));
}

#[test]
fn edit_without_difference_writes_nothing() {
    let world = world_with_message(Member, message(me()));
    assert_eq!(edit(world, "hello", &UNCONDITIONAL), Ok(message(me())));
}

#[test]
fn stale_revision_is_refused_even_without_difference() {
    for stale in [vec![2], vec![]] {
        let stale = Precondition::Revisions(stale);
        let mismatch = Denial::RevisionMismatch;
        assert_eq!(edit(world_with_message(Member, message(me())), "goodbye", &stale), Err(mismatch.into()));
        assert_eq!(edit(world_with_message(Member, message(me())), "hello", &stale), Err(mismatch.into()));
        assert_eq!(delete(world_with_message(Member, message(me())), &stale), Err(mismatch.into()));
    }
}

#[test]
fn refused_edit_is_retried_with_precondition() {
    let overtaken = Message { body: Some(body("hi")), revision: 2, ..message(me()) };
    let refused = || {
        let mut world = world_with_message(Member, message(me()));
        expect_edit(&mut world, message(me()), Guarded::Refused);
        expect_found(&mut world, Some(overtaken.clone()));
        world
    };
    let first = Precondition::Revisions(vec![1]);
    assert_eq!(edit(refused(), "goodbye", &first), Err(Denial::RevisionMismatch.into()));
    let mut world = refused();
    expect_edit(&mut world, overtaken.clone(), Guarded::Done(edited()));
    assert_eq!(edit(world, "goodbye", &UNCONDITIONAL), Ok(edited()));
}

#[test]
fn repeatedly_refused_edit_gives_up() {
    let mut world = World::with_access(Private, Some(Member));
    world.messages.expect_find().return_const(Ok(Some(message(me()))));
    world.messages.expect_edit().times(2..).return_const(Ok(Guarded::Refused));
    assert_eq!(edit(world, "goodbye", &UNCONDITIONAL), Err(StoreError::Contention.into()));
}

#[test]
fn delete_of_other_is_guarded_by_role() {
    for (role, author) in [(Member, me()), (Owner, me()), (Owner, other()), (Moderator, other())] {
        let mut world = world_with_message(role, message(author));
        expect_delete(&mut world, author);
        assert_eq!(delete(world, &UNCONDITIONAL), Ok(()));
    }
}

fn world_outside(visibility: Visibility, own: Option<Message>) -> World {
    let mut world = World::with_access(visibility, None);
    let find = world.messages.expect_find_own().with(eq(room()), eq(message_id()), eq(me()));
    find.times(1).return_const(Ok(own));
    world
}

#[test]
fn outsider_deletes_own_message_and_learns_of_no_other() {
    for (visibility, hidden) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let mut world = world_outside(visibility, Some(message(me())));
        expect_delete(&mut world, me());
        assert_eq!(delete(world, &UNCONDITIONAL), Ok(()));
        assert_eq!(delete(world_outside(visibility, Some(tombstone(me()))), &UNCONDITIONAL), Ok(()));
        let stale = Precondition::Revisions(vec![2]);
        let outcome = delete(world_outside(visibility, Some(message(me()))), &stale);
        assert_eq!(outcome, Err(Denial::RevisionMismatch.into()));
        assert_eq!(delete(world_outside(visibility, None), &stale), Err(hidden.into()));
    }
}

#[test]
fn delete_by_other_member_is_forbidden() {
    for found in [message(other()), tombstone(other())] {
        let outcome = delete(world_with_message(Member, found), &UNCONDITIONAL);
        assert_eq!(outcome, Err(Denial::NotTheAuthorNorAModerator.into()));
    }
}

#[test]
fn delete_of_tombstone_writes_nothing() {
    assert_eq!(delete(world_with_message(Member, tombstone(me())), &UNCONDITIONAL), Ok(()));
}

#[test]
fn refused_delete_is_retried_for_demoted_owner() {
    let mut world = World::with_first_access(Private, Some(Owner));
    world.messages.expect_find().return_const(Ok(Some(message(other()))));
    world.messages.expect_delete().times(1).return_const(Ok(Guarded::Refused));
    world.expect_later_access(Private, Some(Member));
    assert_eq!(delete(world, &UNCONDITIONAL), Err(Denial::NotTheAuthorNorAModerator.into()));
}
