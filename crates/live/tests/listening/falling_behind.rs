//! Slow listeners.

use chit_chat_live::End;

use crate::hints::typing_event;
use crate::world::{Received, World, entries, room, user};

#[test]
fn idle_listener_reads_everything_from_log() {
    let world = World::with_large_entries();
    world.log.join(room(1), user(1));
    world.log.join(room(1), user(2));
    let mut slow = world.listen_to(user(1), room(1));
    let mut quick = world.listen(user(2));
    quick.expect(&[Received::CaughtUp]);
    for seq in 3..=200 {
        world.say(room(1));
        quick.expect(&entries(room(1), [seq]));
    }
    slow.expect(&[Received::CaughtUp]);
    slow.expect(&entries(room(1), 3..=200));
    world.say(room(1));
    for test_listener in [&mut slow, &mut quick] {
        test_listener.expect(&entries(room(1), [201]));
        assert_eq!(test_listener.poll(), None);
    }
}

#[test]
fn listener_that_lags_repeatedly_misses_nothing() {
    let world = World::with_large_entries();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    for round in 0..20 {
        let first = 2 + round * 12;
        world.say_many(room(1), 12);
        test_listener.expect(&entries(room(1), first..first + 12));
    }
    assert_eq!(test_listener.position(room(1)), Some(241));
}

#[test]
fn own_removal_is_last_entry_for_lagging_listener() {
    let world = World::with_large_entries();
    for n in 1..=2 {
        world.log.join(room(n), user(1));
        world.log.join(room(n), user(2));
    }
    let mut one = world.listen_to(user(1), room(1));
    let mut all = world.listen(user(1));
    let mut quick = world.listen(user(2));
    quick.expect(&[Received::CaughtUp]);
    world.say_many(room(1), 120);
    assert_eq!(world.log.remove(room(1), user(1)), 123);
    world.say_many(room(1), 120);
    quick.expect(&entries(room(1), 3..=243));
    world.hub.tell_typing(room(1), user(2), typing_event);
    one.expect(&[Received::CaughtUp]);
    one.expect(&entries(room(1), 3..=123));
    one.expect(&[Received::End(End::NotAMember), Received::End(End::NotAMember)]);
    all.expect(&[Received::CaughtUp]);
    all.expect(&entries(room(1), 3..=123));
    world.say(room(2));
    all.expect(&entries(room(2), [3]));
    assert_eq!((all.poll(), all.position(room(1))), (None, None));
}

#[test]
fn position_is_of_received_entries() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    world.say_many(room(1), 10);
    for seq in 2..=11 {
        test_listener.expect(&entries(room(1), [seq]));
        assert_eq!(test_listener.position(room(1)), Some(seq));
    }
}

#[test]
fn idle_listener_uses_one_page_for_all_chatrooms() {
    let world = World::new();
    for number in 1..=20 {
        world.log.join(room(number), user(1));
        world.log.send_many(room(number), 120);
    }
    let mut stalled = world.resume(user(1), |_| Some(0));
    let _first = stalled.next();
    let mut other = world.resume(user(1), |_| Some(0));
    for _ in 0..20 * 121 {
        other.next();
    }
    let of_other = 20 * 3;
    assert!(world.log.reads() <= of_other + 2, "{} pages were read", world.log.reads());
}
