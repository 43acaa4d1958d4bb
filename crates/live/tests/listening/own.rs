//! Private state of a user: read markers, mutes and hidden chatrooms.

use chit_chat_live::PrivateChange;

use crate::world::{Received, TestListener, World, entries, room, user};

fn marker(n: u128, seq: i64) -> Received {
    Received::Private(room(n), PrivateChange::ReadMarker(seq))
}

fn muted(n: u128, muted: bool) -> Received {
    Received::Private(room(n), PrivateChange::Muted(muted))
}

/// Opens a listener for the first member of a chatroom; the listener has caught up.
fn listening(world: &World) -> TestListener {
    world.log.join(room(1), user(1));
    world.log.join(room(1), user(2));
    let mut test_listener = world.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    world.log.until_opened(room(1));
    assert_eq!(test_listener.poll(), None);
    test_listener
}

#[test]
fn own_state_reaches_every_stream_of_user_only() {
    let world = World::new();
    let mut first = listening(&world);
    let mut second = world.listen(user(1));
    let mut of_one_room = world.listen_to(user(1), room(1));
    let mut somebody_else = world.listen(user(2));
    for test_listener in [&mut second, &mut of_one_room, &mut somebody_else] {
        test_listener.expect(&[Received::CaughtUp]);
    }
    world.log.mark(room(1), user(1), 2);
    world.log.mute(room(1), user(1), true);
    world.user_moved(user(1));
    for test_listener in [&mut first, &mut second] {
        test_listener.expect(&[marker(1, 2), muted(1, true)]);
    }
    world.log.mute(room(1), user(1), false);
    world.log.mark(room(1), user(1), 0);
    world.follow();
    for test_listener in [&mut first, &mut second] {
        test_listener.expect(&[marker(1, 0), muted(1, false)]);
    }
    world.say(room(1));
    for test_listener in [&mut first, &mut second, &mut of_one_room, &mut somebody_else] {
        test_listener.expect(&entries(room(1), [3]));
        assert_eq!(test_listener.poll(), None);
    }
}

#[test]
fn only_changed_state_is_sent() {
    let world = World::new();
    let mut test_listener = listening(&world);
    for n in 2..=4 {
        world.log.join(room(n), user(1));
        world.follow();
        test_listener.expect(&entries(room(n), [1]));
    }
    world.log.mark(room(3), user(1), 0);
    world.user_moved(user(1));
    test_listener.expect(&[marker(3, 0)]);
    world.log.mute(room(2), user(1), true);
    world.log.mute(room(2), user(1), false);
    world.log.mute(room(4), user(1), true);
    world.user_moved(user(1));
    test_listener.expect(&[muted(4, true)]);
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn hidden_state_comes_with_its_head() {
    let world = World::new();
    let mut test_listener = listening(&world);
    world.log.hide(room(1), user(1), Some(2));
    world.log.send_many(room(1), 1);
    world.chatroom_moved(room(1));
    test_listener.expect(&entries(room(1), [3]));
    world.user_moved(user(1));
    test_listener.expect(&[Received::Private(room(1), PrivateChange::Hidden(Some(2)))]);
    world.log.hide(room(1), user(1), None);
    world.user_moved(user(1));
    test_listener.expect(&[Received::Private(room(1), PrivateChange::Hidden(None))]);
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn state_is_sent_only_if_it_changes_after_start() {
    let world = World::new();
    world.log.join(room(1), user(1));
    world.log.mark(room(1), user(1), 0);
    world.log.mute(room(1), user(1), true);
    let mut test_listener = world.resume(user(1), |_| {
        world.log.mute(room(1), user(1), false);
        None
    });
    test_listener.expect(&[Received::CaughtUp]);
    assert_eq!(test_listener.poll(), None);
    world.follow();
    test_listener.expect(&[muted(1, false)]);
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn state_of_new_membership_follows_its_beginning() {
    let world = World::with_large_entries();
    let mut test_listener = listening(&world);
    world.log.send_many(room(2), 9);
    world.log.join(room(2), user(1));
    world.log.mark(room(2), user(1), 4);
    world.log.mute(room(2), user(1), true);
    world.follow();
    test_listener.expect(&entries(room(2), [10]));
    test_listener.expect(&[marker(2, 4), muted(2, true)]);
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn rejoin_resets_state() {
    let world = World::new();
    let mut test_listener = listening(&world);
    world.log.mute(room(1), user(1), true);
    world.follow();
    test_listener.expect(&[muted(1, true)]);
    world.log.remove(room(1), user(1));
    world.log.join(room(1), user(1));
    world.follow();
    test_listener.expect(&entries(room(1), [3, 4]));
    world.log.mark(room(1), user(1), 1);
    world.follow();
    test_listener.expect(&[marker(1, 1)]);
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn state_of_later_membership_is_sent_in_that_one() {
    let world = World::new();
    let mut test_listener = listening(&world);
    world.log.remove(room(1), user(1));
    world.log.join(room(1), user(1));
    world.log.mute(room(1), user(1), true);
    world.user_moved(user(1));
    let before = test_listener.wake_count();
    crate::world::until("it is asked where the user is a member", || {
        test_listener.poll().is_none() && test_listener.wake_count() > before
    });
    world.follow();
    test_listener.expect(&entries(room(1), [3, 4]));
    test_listener.expect(&[muted(1, true)]);
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn state_waits_for_missed_entries() {
    let world = World::with_large_entries();
    world.log.join(room(1), user(1));
    world.log.join(room(2), user(1));
    world.log.send_many(room(1), 150);
    let mut test_listener = world.resume(user(1), |id| Some(i64::from(id == room(2))));
    world.log.mark(room(1), user(1), 100);
    world.log.mark(room(2), user(1), 0);
    world.follow();
    let mut received: Vec<_> = (0..151 + 3).map(|_| test_listener.next()).collect();
    let index = |received: &[Received], what| received.iter().position(|other| *other == what);
    assert!(
        index(&received, marker(2, 0)) < index(&received, Received::CaughtUp),
        "the other room has nothing to wait for"
    );
    assert!(index(&received, Received::Event(room(1), 151)) < index(&received, marker(1, 100)));
    received.retain(|received| matches!(received, Received::Event(..)));
    assert_eq!(received, entries(room(1), 1..=151));
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn outage_delays_state() {
    let world = World::new();
    let mut test_listener = listening(&world);
    world.log.fail(true);
    world.log.mute(room(1), user(1), true);
    world.user_moved(user(1));
    world.log.until_failures(1);
    assert_eq!(test_listener.poll(), None);
    world.log.fail(false);
    assert_eq!(world.follow_until_received(&mut test_listener), muted(1, true));
    assert_eq!(test_listener.poll(), None);
}
