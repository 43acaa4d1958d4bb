use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::chatroom::{Guard, Right, Settings};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::membership::Role::{Member, Owner};
use chit_chat_domain::message::Message;
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::page::Page;
use chit_chat_domain::pin::{Pin, Pinning};
use chit_chat_domain::testing::{NOW, World, limit, me, message_id, other, room};

use crate::builders::{message, tombstone};

/// The next read of the message, and no other, finds this.
fn expect_found(world: &mut World, found: Option<Message>) {
    world.messages.expect_find().with(eq(room()), eq(message_id())).times(1).return_const(Ok(found));
}

fn world_with_message(found: Message) -> World {
    let mut world = World::with_access(Private, Some(Member));
    expect_found(&mut world, Some(found));
    world
}

fn expect_pin(world: &mut World, outcome: Pinning) {
    let pin = world.pins.expect_pin();
    let pin = pin.with(eq(message(other())), eq(Guard::may(me(), Right::Speak)), eq(NOW));
    pin.times(1).return_const(Ok(outcome));
}

fn expect_unpin(world: &mut World, outcome: Guarded) {
    let unpin = world.pins.expect_unpin();
    let unpin = unpin.with(eq(message(other())), eq(Guard::may(me(), Right::Speak)), eq(NOW));
    unpin.times(1).return_const(Ok(outcome));
}

fn pin(world: World) -> Result<(), Failure> {
    world.pins().pin(room(), me(), message_id())
}

fn unpin(world: World) -> Result<(), Failure> {
    world.pins().unpin(room(), me(), message_id())
}

#[test]
fn member_pins_and_unpins_message_of_other() {
    let mut world = world_with_message(message(other()));
    expect_pin(&mut world, Pinning::Pinned);
    assert_eq!(pin(world), Ok(()));
    let mut world = world_with_message(message(other()));
    expect_unpin(&mut world, Guarded::Done(()));
    assert_eq!(unpin(world), Ok(()));
}

#[test]
fn pin_beyond_limit_is_refused() {
    let mut world = world_with_message(message(other()));
    expect_pin(&mut world, Pinning::TooMany);
    assert_eq!(pin(world), Err(Denial::TooManyPins.into()));
}

#[test]
fn outsider_cannot_pin_or_list() {
    for (visibility, denial) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let outside = || World::with_access(visibility, None);
        assert_eq!(pin(outside()), Err(denial.into()));
        assert_eq!(unpin(outside()), Err(denial.into()));
        assert_eq!(outside().pins().list(room(), me(), i64::MAX, limit(2)), Err(denial.into()));
    }
    let nowhere = World::without_room().pins().list(room(), me(), i64::MAX, limit(2));
    assert_eq!(nowhere, Err(Denial::ChatroomNotFound.into()));
}

#[test]
fn pin_requires_message_in_writable_chatroom() {
    for act in [pin, unpin] {
        let mut world = World::with_access(Private, Some(Owner));
        expect_found(&mut world, None);
        assert_eq!(act(world), Err(Denial::MessageNotFound.into()));
        assert_eq!(act(world_with_message(tombstone(me()))), Err(Denial::MessageDeleted.into()));
        let mut world = World::with_room(Settings { archived: true, ..Settings::default() }, Owner);
        expect_found(&mut world, Some(message(me())));
        assert_eq!(act(world), Err(Denial::ChatroomArchived.into()));
    }
}

#[test]
fn refused_pin_is_retried_with_current_message() {
    let mut world = world_with_message(message(other()));
    expect_pin(&mut world, Pinning::Refused);
    expect_found(&mut world, Some(tombstone(other())));
    assert_eq!(pin(world), Err(Denial::MessageDeleted.into()));
    let mut world = world_with_message(message(other()));
    expect_unpin(&mut world, Guarded::Refused);
    expect_found(&mut world, Some(tombstone(other())));
    assert_eq!(unpin(world), Err(Denial::MessageDeleted.into()));
}

#[test]
fn member_lists_pins_in_pages() {
    let pinned = |seq| Pin { message: message(other()), pinned_by: me(), pinned_at: NOW, seq };
    let mut world = World::with_access(Private, Some(Member));
    let list = world.pins.expect_list().with(eq(room()), eq(9), eq(limit(2)));
    list.times(1).return_const(Ok(vec![pinned(8), pinned(5), pinned(4)]));
    let listed = world.pins().list(room(), me(), 9, limit(2));
    assert_eq!(listed, Ok(Page { items: vec![pinned(8), pinned(5)], more: true }));
}
