//! Chatrooms joined and left while the user listens.

use crate::log::Gate;
use crate::world::{Received, World, entries, room, user};

#[test]
fn joined_chatroom_is_received_by_every_stream_of_user() {
    let world = World::new();
    world.log.send_many(room(1), 3);
    let mut test_listener: Vec<_> = (0..3).map(|_| world.listen(user(1))).collect();
    let mut others = world.listen(user(2));
    for test_listener in &mut test_listener {
        test_listener.expect(&[Received::CaughtUp]);
        assert_eq!(test_listener.poll(), None);
    }
    assert_eq!(world.log.join(room(1), user(1)), 4);
    world.log.send(room(1));
    world.user_moved(user(1));
    for test_listener in &mut test_listener {
        test_listener.expect(&entries(room(1), [4, 5]));
    }
    world.say(room(1));
    for test_listener in &mut test_listener {
        test_listener.expect(&entries(room(1), [6]));
    }
    others.expect(&[Received::CaughtUp]);
    assert_eq!(others.poll(), None);
}

#[test]
fn join_between_query_and_start_is_received() {
    let world = World::new();
    let mut first = world.listen(user(1));
    first.expect(&[Received::CaughtUp]);
    assert_eq!(first.poll(), None);
    world.log.join(room(1), user(1));
    let mut second = world.listen(user(1));
    world.log.join(room(2), user(1));
    world.follow();
    first.expect_in_any_order(&[entries(room(1), [1]), entries(room(2), [1])].concat());
    second.expect(&[&[Received::CaughtUp][..], &entries(room(2), [1])].concat());
}

#[test]
fn rejoin_receives_end_and_new_beginning() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    for round in 0..5 {
        let start = 2 + round * 4;
        world.log.remove(room(1), user(1));
        world.log.send(room(1));
        world.follow();
        test_listener.expect(&entries(room(1), [start]));
        world.log.join(room(1), user(1));
        world.log.send(room(1));
        world.follow();
        test_listener.expect(&entries(room(1), [start + 2, start + 3]));
    }
}

#[test]
fn rejoin_before_end_was_received_receives_both() {
    let world = World::with_large_entries();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen(user(1));
    world.log.send_many(room(1), 70);
    world.log.remove(room(1), user(1));
    world.log.send_many(room(1), 70);
    world.log.join(room(1), user(1));
    world.log.send_many(room(1), 70);
    world.follow();
    test_listener.expect(&[Received::CaughtUp]);
    test_listener.expect(&entries(room(1), 2..=72));
    test_listener.expect(&entries(room(1), 143..=213));
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn outdated_answer_does_not_restore_removed_chatroom() {
    let world = World::new();
    world.log.join(room(1), user(1));
    world.log.send_many(room(1), 3);
    let mut test_listener = world.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    world.log.close_gate(Gate::AfterReading);
    world.log.join(room(2), user(1));
    world.follow();
    assert_eq!(test_listener.poll(), None);
    world.log.until_query_waits();
    world.log.remove(room(1), user(1));
    world.follow();
    test_listener.expect(&entries(room(1), [5]));
    assert_eq!(test_listener.poll(), None);
    world.log.open_gate();
    test_listener.expect(&entries(room(2), [1]));
    world.say(room(2));
    test_listener.expect(&entries(room(2), [2]));
}

#[test]
fn position_is_never_ahead_of_received_entries() {
    let world = World::new();
    world.log.join(room(1), user(1));
    world.log.join(room(1), user(2));
    let mut test_listener = world.listen(user(1));
    let mut quick = world.listen_to(user(2), room(1));
    test_listener.expect(&[Received::CaughtUp]);
    quick.expect(&[Received::CaughtUp]);
    world.log.close_gate(Gate::BeforeReading);
    world.log.join(room(2), user(1));
    world.follow();
    assert_eq!(test_listener.poll(), None);
    world.log.until_query_waits();
    let before = test_listener.wake_count();
    world.log.send(room(1));
    world.log.remove(room(1), user(1));
    world.log.join(room(1), user(1));
    world.chatroom_moved(room(1));
    quick.expect(&entries(room(1), 3..=5));
    world.log.open_gate();
    crate::world::until("both have come", || test_listener.wake_count() > before);
    test_listener.expect(&entries(room(1), [3]));
    assert!(test_listener.position(room(1)).is_none_or(|position| position <= 3));
}
