//! The ends of streams.

use chit_chat_domain::reading::ReadState;
use chit_chat_live::{End, Followed, Start};

use crate::world::{Received, TestListener, World, entries, room, subscriber, until, user};

const NOT_A_MEMBER: Received = Received::End(End::NotAMember);
const STOPPING: Received = Received::End(End::Stopping);

#[test]
fn leave_of_others_ends_nothing() {
    let world = World::new();
    world.log.join(room(1), user(1));
    world.log.join(room(1), user(2));
    let mut test_listener = world.listen_to(user(1), room(1));
    world.log.remove(room(1), user(2));
    world.say(room(1));
    test_listener.expect(&[Received::CaughtUp]);
    test_listener.expect(&entries(room(1), [3, 4]));
}

#[test]
fn chatroom_deletion_ends_stream() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut one = world.listen_to(user(1), room(1));
    let mut all = world.listen(user(1));
    world.log.send(room(1));
    world.log.delete(room(1));
    world.follow();
    for test_listener in [&mut one, &mut all] {
        test_listener.expect(&[Received::CaughtUp]);
        test_listener.expect(&entries(room(1), [2, 3]));
        assert_eq!(test_listener.position(room(1)), None);
    }
    one.expect(&[NOT_A_MEMBER]);
    assert_eq!(all.poll(), None);
}

#[test]
fn membership_ended_before_start_ends_nothing() {
    let world = World::new();
    world.log.join(room(1), user(1));
    world.log.remove(room(1), user(1));
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen_from(user(1), room(1), 0);
    test_listener.expect(&entries(room(1), [1, 2, 3]));
    test_listener.expect(&[Received::CaughtUp]);
    world.log.remove(room(1), user(1));
    world.follow();
    test_listener.expect(&entries(room(1), [4]));
    test_listener.expect(&[NOT_A_MEMBER]);
}

#[test]
fn missing_log_ends_stream() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut one = world.listen_to(user(1), room(1));
    let mut all = world.listen(user(1));
    let mut late = world.listen_from(user(1), room(1), 0);
    world.log.send(room(1));
    world.log.delete(room(1));
    world.log.purge(room(1));
    world.follow();
    for test_listener in [&mut one, &mut late] {
        test_listener.expect(&[Received::CaughtUp, NOT_A_MEMBER]);
    }
    all.expect(&[Received::CaughtUp]);
    until("the room is left", || all.poll().is_none() && all.position(room(1)).is_none());
    assert_eq!(world.log.join(room(2), user(1)), 1);
    world.follow();
    all.expect(&entries(room(2), [1]));
}

#[test]
fn lagging_listener_of_deleted_log_receives_only_memory() {
    let world = World::with_large_entries();
    world.log.join(room(1), user(1));
    let mut slow = world.listen_to(user(1), room(1));
    let mut quick = world.listen_to(user(1), room(1));
    quick.expect(&[Received::CaughtUp]);
    world.say_many(room(1), 20);
    world.log.delete(room(1));
    world.follow();
    quick.expect(&entries(room(1), 2..=22));
    quick.expect(&[NOT_A_MEMBER]);
    world.log.purge(room(1));
    slow.expect(&[Received::CaughtUp, NOT_A_MEMBER]);
}

#[test]
fn close_ends_all_streams_and_refuses_new_ones() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = [world.listen_to(user(1), room(1)), world.listen(user(1))];
    for test_listener in &mut test_listener {
        test_listener.expect(&[Received::CaughtUp]);
        assert_eq!(test_listener.poll(), None);
    }
    world.hub.close();
    for test_listener in &mut test_listener {
        test_listener.expect(&[STOPPING, STOPPING]);
    }
    let mut late = world.listen(user(1));
    late.expect(&[Received::CaughtUp, STOPPING]);
}

#[test]
fn streams_per_user_are_limited() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let start = Start { chatroom: room(1), position: 1, head: 1, read: ReadState::default() };
    let mut streams: Vec<_> = (0..50).map(|_| world.hub.listen_to(subscriber(user(1)), start).unwrap()).collect();
    assert!(world.hub.listen_to(subscriber(user(1)), start).is_none());
    assert!(world.hub.listen(subscriber(user(1)), Followed { version: 1, left_out: 0 }, [start]).is_none());
    assert!(world.hub.listen_to(subscriber(user(2)), start).is_some());
    streams.pop();
    let mut test_listener = TestListener::new(world.hub.listen_to(subscriber(user(1)), start).unwrap());
    world.say(room(1));
    test_listener.expect(&[Received::CaughtUp]);
    test_listener.expect(&entries(room(1), [2]));
}
