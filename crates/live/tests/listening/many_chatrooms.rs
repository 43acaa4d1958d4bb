//! Streams of users with thousands of chatrooms.

use std::time::Instant;

use chit_chat_domain::id::ChatroomId;

use crate::world::{Received, World, entries, room, until, user};

/// The maximum number of chatrooms of a listener.
const MOST: u128 = 5_000;

fn world_with_chatrooms(count: u128) -> World {
    let world = World::new();
    for number in 1..=count {
        world.log.join(room(number), user(1));
    }
    world
}

#[test]
fn only_heads_that_moved_are_announced() {
    let world = world_with_chatrooms(3);
    let mut test_listener = world.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    let moved_since =
        |time| -> Vec<(ChatroomId, i64)> { test_listener.listener.heads_moved_since(time).collect() };
    let start = Instant::now();
    assert_eq!(moved_since(start), []);
    world.say(room(1));
    world.log.send(room(2));
    world.chatroom_moved(room(2));
    assert_eq!(moved_since(start), [(room(1), 2), (room(2), 2)]);
    let later = Instant::now();
    // Outdated hints move nothing.
    world.chatroom_moved(room(1));
    assert_eq!(moved_since(later), []);
    assert_eq!(test_listener.listener.heads().count(), 3);
}

#[test]
fn chatrooms_beyond_the_most_are_left_out_and_counted() {
    let world = world_with_chatrooms(MOST + 2);
    let test_listener = world.listen(user(1));
    assert_eq!(test_listener.listener.positions().len(), 5_000);
    assert_eq!(test_listener.listener.left_out(), 2);
}

#[test]
fn chatroom_joined_on_a_full_stream_waits_until_another_is_left() {
    let world = world_with_chatrooms(MOST);
    let mut test_listener = world.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    assert_eq!(test_listener.listener.left_out(), 0);
    // First in the list of chatrooms, from which it displaces another.
    let preferred = room(0);
    world.log.join(preferred, user(1));
    world.user_moved(user(1));
    until("the new chatroom is counted", || {
        assert_eq!(test_listener.poll(), None);
        test_listener.listener.left_out() == 1
    });
    let seq = world.log.remove(room(9), user(1));
    world.chatroom_moved(room(9));
    test_listener.expect(&[&entries(room(9), [seq])[..], &entries(preferred, [1])].concat());
    assert_eq!(test_listener.listener.left_out(), 0);
}
