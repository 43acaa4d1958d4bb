//! Wake-ups of waiting listeners. Every other test covers these too, because `TestListener` sleeps until woken.

use std::thread;

use chit_chat_domain::id::SessionId;
use uuid::Uuid;

use crate::world::{Received, World, entries, room, subscriber, user};

#[test]
fn no_wake_up_is_lost() {
    const EACH: i64 = 1_500;
    let world = World::new();
    for n in 1..=3 {
        world.log.join(room(n), user(1));
    }
    thread::scope(|scope| {
        for _ in 0..2 {
            let mut test_listener = world.listen(user(1));
            scope.spawn(move || {
                test_listener.expect(&[Received::CaughtUp]);
                let mut last = [1; 3];
                while last != [1 + EACH; 3] {
                    let Received::Event(id, seq) = test_listener.next() else {
                        panic!("no event");
                    };
                    let index = (1..=3).position(|n| room(n) == id).unwrap();
                    last[index] += 1;
                    assert_eq!(last[index], seq);
                }
            });
        }
        for n in 1..=3 {
            let world = &world;
            scope.spawn(move || {
                for turn in 0..EACH {
                    if turn % 3 == 0 {
                        world.log.send(room(n));
                        world.chatroom_moved(room(n));
                    } else {
                        world.say(room(n));
                    }
                    if turn % 7 == 0 {
                        thread::yield_now();
                    }
                }
            });
        }
    });
}

#[test]
fn commits_while_a_stream_opens_are_received_without_a_poll() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let memberships = world.hub.memberships(subscriber(user(1))).unwrap();
    world.say(room(1));
    world.log.join(room(2), user(1));
    world.user_moved(user(1));
    let mut test_listener = world.listen_at(user(1), &memberships, |_| None);
    test_listener.expect(&[Received::CaughtUp]);
    let mut received = [test_listener.next(), test_listener.next()];
    received.sort_by_key(|received| *received != Received::Event(room(1), 2));
    assert_eq!(received, [Received::Event(room(1), 2), Received::Event(room(2), 1)]);
}

#[test]
fn pending_wake_up_is_not_repeated() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen(user(1));
    let mut quick = world.listen(user(1));
    quick.expect(&[Received::CaughtUp]);
    test_listener.expect(&[Received::CaughtUp]);
    assert_eq!(test_listener.poll(), None);
    let before = test_listener.wake_count();
    for seq in 2..=100 {
        world.say(room(1));
        quick.expect(&entries(room(1), [seq]));
    }
    assert_eq!(test_listener.wake_count(), before + 1);
    test_listener.expect(&entries(room(1), 2..=100));
}

#[test]
fn ended_sessions_wake_listeners() {
    let world = World::new();
    let mut test_listener = world.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    assert_eq!(test_listener.poll(), None);
    let before = test_listener.wake_count();
    world.hub.wake_sessions(|session| session == SessionId::from(Uuid::from_u128(8)));
    assert_eq!(test_listener.wake_count(), before);
    world.hub.wake_sessions(|session| session == SessionId::from(Uuid::from_u128(7)));
    assert_eq!(test_listener.wake_count(), before + 1);
}
