//! Delivery of missed events, and the notice that it is complete.

use crate::world::{Received, World, entries, room, user};

#[test]
fn caught_up_comes_once_after_missed_entries() {
    let world = World::with_large_entries();
    for n in 1..=3 {
        world.log.join(room(n), user(1));
        world.log.send_many(room(n), 120);
    }
    let starts = [(1, 0), (2, 70), (3, 121)];
    let mut test_listener =
        world.resume(user(1), |id| Some(starts.iter().find(|(n, _)| room(*n) == id).unwrap().1));
    let mut received: Vec<_> = (0..121 + 51).map(|_| test_listener.next()).collect();
    test_listener.expect(&[Received::CaughtUp]);
    received.sort_by_key(|received| format!("{received:?}").len());
    let of = |n| {
        received.iter().filter(|received| matches!(received, Received::Event(id, _) if *id == room(n))).count()
    };
    assert_eq!((of(1), of(2), of(3)), (121, 51, 0));
    for n in 1..=3 {
        world.say(room(n));
        test_listener.expect(&entries(room(n), [122]));
    }
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn caught_up_comes_first_if_nothing_was_missed() {
    let world = World::new();
    let mut nowhere = world.listen(user(2));
    world.log.join(room(1), user(1));
    let mut here = world.listen(user(1));
    world.say(room(1));
    nowhere.expect(&[Received::CaughtUp]);
    here.expect(&[&[Received::CaughtUp][..], &entries(room(1), [2])].concat());
}

#[test]
fn new_entries_do_not_delay_caught_up() {
    let world = World::with_large_entries();
    world.log.join(room(1), user(1));
    world.log.send_many(room(1), 9);
    let mut test_listener = world.listen_from(user(1), room(1), 5);
    world.say_many(room(1), 10);
    test_listener.expect(&entries(room(1), 6..=10));
    test_listener.expect(&[Received::CaughtUp]);
    test_listener.expect(&entries(room(1), 11..=20));
}

#[test]
fn deleted_log_does_not_prevent_caught_up() {
    let world = World::new();
    for n in 1..=2 {
        world.log.join(room(n), user(1));
        world.log.send_many(room(n), 3);
    }
    let mut test_listener = world.resume(user(1), |_| Some(1));
    world.log.delete(room(1));
    world.log.purge(room(1));
    let mut received = vec![test_listener.next(), test_listener.next(), test_listener.next()];
    received.retain(|received| !matches!(received, Received::Event(id, _) if *id == room(2)));
    assert_eq!(received, []);
    test_listener.expect(&[Received::CaughtUp]);
}

#[test]
fn outage_delays_caught_up() {
    let world = World::new();
    world.log.join(room(1), user(1));
    world.log.send_many(room(1), 99);
    let mut test_listener = world.listen_from(user(1), room(1), 0);
    world.log.fail(true);
    assert_eq!(test_listener.poll(), None);
    world.log.until_failures(1);
    world.log.fail(false);
    assert_eq!(world.follow_until_received(&mut test_listener), Received::Event(room(1), 1));
    test_listener.expect(&entries(room(1), 2..=100));
    test_listener.expect(&[Received::CaughtUp]);
    assert_eq!(test_listener.poll(), None);
}
