use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::chatroom::{Guard, Right, Settings};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::membership::Role::{Member, Owner};
use chit_chat_domain::message::Message;
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::page::Page;
use chit_chat_domain::reaction::{Emoji, Reaction, Reactions};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{NOW, World, limit, me, message_id, other, room};

use crate::builders::{message, tombstone};

fn thumb() -> Emoji {
    Emoji::parse("👍").unwrap()
}

/// With fifty kinds, none of them 👍.
fn full() -> Message {
    let flags =
        ('\u{1f1e6}'..='\u{1f1ff}').flat_map(|a| ('\u{1f1e6}'..='\u{1f1ff}').map(move |b| format!("{a}{b}")));
    let flags: Vec<Emoji> = flags.filter_map(|text| Emoji::parse(&text).ok()).take(Reactions::MAX).collect();
    let reactions = flags.iter().fold(Reactions::default(), |counts, emoji| counts.with(emoji));
    Message { reactions, ..message(other()) }
}

/// The next read of the message, and no other, finds this.
fn expect_found(world: &mut World, found: Message) {
    world.messages.expect_find().with(eq(room()), eq(message_id())).times(1).return_const(Ok(Some(found)));
}

fn world_with_message(found: Message) -> World {
    let mut world = World::with_access(Private, Some(Member));
    expect_found(&mut world, found);
    world
}

fn expect_add(world: &mut World, read: Message, outcome: Guarded) {
    let add = world.reactions.expect_add();
    let add = add.with(eq(read), eq(thumb()), eq(Guard::may(me(), Right::Speak)), eq(NOW));
    add.times(1).return_const(Ok(outcome));
}

fn expect_remove(world: &mut World, outcome: Guarded) {
    let remove = world.reactions.expect_remove();
    let remove = remove.with(eq(message(other())), eq(thumb()), eq(Guard::may(me(), Right::Speak)), eq(NOW));
    remove.times(1).return_const(Ok(outcome));
}

fn add(world: World) -> Result<(), Failure> {
    world.reactions().add(room(), me(), message_id(), &thumb())
}

fn remove(world: World) -> Result<(), Failure> {
    world.reactions().remove(room(), me(), message_id(), &thumb())
}

#[test]
fn member_adds_and_removes_reaction() {
    let mut world = world_with_message(message(other()));
    expect_add(&mut world, message(other()), Guarded::Done(()));
    assert_eq!(add(world), Ok(()));
    let mut world = world_with_message(message(other()));
    expect_remove(&mut world, Guarded::Done(()));
    assert_eq!(remove(world), Ok(()));
}

#[test]
fn outsider_cannot_react_or_list() {
    for (visibility, denial) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let outside = || World::with_access(visibility, None);
        assert_eq!(add(outside()), Err(denial.into()));
        assert_eq!(remove(outside()), Err(denial.into()));
        let listed = outside().reactions().list(room(), me(), message_id(), None, 0, limit(2));
        assert_eq!(listed, Err(denial.into()));
    }
}

#[test]
fn message_of_other_chatroom_is_not_found() {
    let without = || {
        let mut world = World::with_access(Private, Some(Owner));
        world.messages.expect_find().times(1).return_const(Ok(None));
        world
    };
    assert_eq!(add(without()), Err(Denial::MessageNotFound.into()));
    assert_eq!(remove(without()), Err(Denial::MessageNotFound.into()));
    let listed = without().reactions().list(room(), me(), message_id(), None, 0, limit(2));
    assert_eq!(listed, Err(Denial::MessageNotFound.into()));
}

#[test]
fn reaction_in_archived_chatroom_is_refused() {
    for act in [add, remove] {
        let mut world = World::with_room(Settings { archived: true, ..Settings::default() }, Owner);
        expect_found(&mut world, message(me()));
        assert_eq!(act(world), Err(Denial::ChatroomArchived.into()));
    }
}

#[test]
fn reaction_to_tombstone_is_refused() {
    for act in [add, remove] {
        assert_eq!(act(world_with_message(tombstone(other()))), Err(Denial::MessageDeleted.into()));
    }
}

#[test]
fn reaction_kinds_are_limited_to_fifty() {
    assert_eq!(add(world_with_message(full())), Err(Denial::TooManyReactions.into()));
    let first = full().reactions.iter().next().unwrap().emoji.clone();
    let mut world = world_with_message(full());
    world.reactions.expect_add().times(1).return_const(Ok(Guarded::Done(())));
    assert_eq!(world.reactions().add(room(), me(), message_id(), &first), Ok(()));
}

#[test]
fn refused_reaction_is_retried_with_current_message() {
    for (overtaken, denial) in [(full(), Denial::TooManyReactions), (tombstone(other()), Denial::MessageDeleted)] {
        let mut world = world_with_message(message(other()));
        expect_add(&mut world, message(other()), Guarded::Refused);
        expect_found(&mut world, overtaken);
        assert_eq!(add(world), Err(denial.into()));
    }
    let mut world = world_with_message(message(other()));
    expect_remove(&mut world, Guarded::Refused);
    expect_found(&mut world, tombstone(other()));
    assert_eq!(remove(world), Err(Denial::MessageDeleted.into()));
}

#[test]
fn repeatedly_refused_reaction_gives_up() {
    let mut world = World::with_access(Private, Some(Member));
    world.messages.expect_find().return_const(Ok(Some(message(other()))));
    world.reactions.expect_add().times(2..).return_const(Ok(Guarded::Refused));
    assert_eq!(add(world), Err(StoreError::Contention.into()));
}

#[test]
fn member_lists_reactions_in_pages() {
    let reaction = |seq| Reaction { user_id: other(), emoji: thumb(), created_at: NOW, seq };
    for (read, kept, more) in [(vec![4, 6, 7], vec![4, 6], true), (vec![4], vec![4], false)] {
        let mut world = world_with_message(message(other()));
        let list = world.reactions.expect_list();
        let list = list.with(eq(room()), eq(message_id()), eq(Some(thumb())), eq(3), eq(limit(2)));
        list.times(1).return_const(Ok(read.into_iter().map(reaction).collect()));
        let listed = world.reactions().list(room(), me(), message_id(), Some(thumb()), 3, limit(2));
        assert_eq!(listed, Ok(Page { items: kept.into_iter().map(reaction).collect(), more }));
    }
}
