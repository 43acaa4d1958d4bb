//! Temporary failures of the store.

use crate::world::{Received, World, entries, room, until, user};

#[test]
fn unreadable_entries_arrive_after_next_poll() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    world.log.fail(true);
    world.log.send(room(1));
    world.chatroom_moved(room(1));
    let message = world.log.send_many(room(1), 2).pop().unwrap();
    world.observer().sent(&message);
    world.log.until_failures(1);
    for _ in 0..3 {
        assert!(world.hub.follow().is_err());
    }
    assert_eq!(test_listener.poll(), None);
    world.log.fail(false);
    assert_eq!(world.follow_until_received(&mut test_listener), Received::Event(room(1), 2));
    test_listener.expect(&entries(room(1), 3..=4));
}

#[test]
fn local_next_entry_needs_no_store() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen(user(1));
    world.log.until_opened(room(1));
    world.log.fail(true);
    world.say(room(1));
    test_listener.expect(&[&[Received::CaughtUp][..], &entries(room(1), [2])].concat());
    assert_eq!(world.log.failures(), 0);
}

#[test]
fn lagging_listener_resumes_with_store() {
    let world = World::with_large_entries();
    let people: Vec<_> = (1..=5).map(user).collect();
    for person in &people {
        world.log.join(room(1), *person);
    }
    let mut test_listener: Vec<_> = people.iter().map(|person| world.listen_to(*person, room(1))).collect();
    world.say_many(room(1), 30);
    let mut quick = world.listen_from(user(1), room(1), 5);
    quick.expect(&entries(room(1), 6..=35));
    world.log.fail(true);
    for test_listener in &mut test_listener {
        test_listener.expect(&[Received::CaughtUp]);
        assert_eq!(test_listener.poll(), None);
    }
    world.log.until_failures(5);
    world.log.fail(false);
    for test_listener in &mut test_listener {
        assert_eq!(world.follow_until_received(test_listener), Received::Event(room(1), 6));
        test_listener.expect(&entries(room(1), 7..=35));
    }
}

#[test]
fn join_during_outage_is_found_afterwards() {
    let world = World::new();
    let mut test_listener = world.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    assert_eq!(test_listener.poll(), None);
    world.log.join(room(1), user(1));
    world.follow();
    world.log.fail(true);
    let failures = world.log.failures();
    if test_listener.poll().is_none() {
        world.log.until_failures(failures + 1);
    }
    world.log.join(room(2), user(1));
    world.log.fail(false);
    let mut received =
        [world.follow_until_received(&mut test_listener), world.follow_until_received(&mut test_listener)];
    received.sort_by_key(|received| *received == Received::Event(room(2), 1));
    assert_eq!(received, [Received::Event(room(1), 1), Received::Event(room(2), 1)]);
}

#[test]
fn defective_store_loses_no_entries() {
    let world = World::with_large_entries();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen(user(1));
    let mut slow = world.listen_to(user(1), room(1));
    test_listener.expect(&[Received::CaughtUp]);
    world.log.send_many(room(1), 20);
    world.log.panic_on_next_read();
    world.follow();
    world.log.until_failures(1);
    assert_eq!(world.follow_until_received(&mut test_listener), Received::Event(room(1), 2));
    test_listener.expect(&entries(room(1), 3..=21));
    slow.expect(&[Received::CaughtUp]);
    world.log.panic_on_next_read();
    assert_eq!(slow.poll(), None);
    world.log.until_failures(2);
    assert_eq!(world.follow_until_received(&mut slow), Received::Event(room(1), 2));
    slow.expect(&entries(room(1), 3..=21));
}

/// Repeats, because the order of the two answers depends on the scheduling of threads.
#[test]
fn one_of_two_queries_may_fail() {
    for _ in 0..50 {
        let world = World::new();
        world.log.join(room(1), user(1));
        world.log.send_many(room(1), 20);
        let mut test_listener = world.resume(user(1), |_| Some(1));
        world.log.mark(room(1), user(1), 21);
        world.follow();
        world.log.fail_memberships();
        let wake_count = test_listener.wake_count();
        assert_eq!(test_listener.poll(), None);
        world.log.until_failures(1);
        until("the page has come", || test_listener.wake_count() > wake_count);
        world.log.fail(false);
        let mut received = Vec::new();
        until("all events are received", || {
            world.follow();
            received.extend(std::iter::from_fn(|| test_listener.poll()));
            received.len() >= 22
        });
        world.say(room(1));
        test_listener.expect(&entries(room(1), [22]));
    }
}
