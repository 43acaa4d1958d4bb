//! The effects of hints.

use chit_chat_live::{EncodedEvent, End};

use crate::world::{Received, World, entries, room, user};

#[test]
fn entries_arrive_in_order_of_seq() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen_to(user(1), room(1));
    test_listener.expect(&[Received::CaughtUp]);
    world.say(room(1));
    test_listener.expect(&entries(room(1), [2]));
    let messages = world.log.send_many(room(1), 5);
    for index in [3, 0, 4, 1, 2] {
        world.observer().sent(&messages[index]);
    }
    test_listener.expect(&entries(room(1), 3..=7));
}

#[test]
fn outdated_hint_sends_nothing() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen_to(user(1), room(1));
    let message = world.log.send(room(1));
    for _ in 0..3 {
        world.observer().sent(&message);
    }
    test_listener.expect(&[&[Received::CaughtUp][..], &entries(room(1), [2])].concat());
    world.observer().sent(&message);
    world.chatroom_moved(room(1));
    world.say(room(1));
    test_listener.expect(&entries(room(1), [3]));
}

#[test]
fn poll_is_sufficient() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen_to(user(1), room(1));
    test_listener.expect(&[Received::CaughtUp]);
    world.log.send_many(room(1), 450);
    world.chatroom_moved(room(1));
    test_listener.expect(&entries(room(1), 2..=451));
}

#[test]
fn follow_is_sufficient() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen_to(user(1), room(1));
    test_listener.expect(&[Received::CaughtUp]);
    world.log.send_many(room(1), 3);
    world.follow();
    test_listener.expect(&entries(room(1), 2..=4));
    world.log.send(room(1));
    world.log.join(room(1), user(2));
    world.follow();
    test_listener.expect(&entries(room(1), 5..=6));
}

#[test]
fn listeners_receive_only_their_chatrooms() {
    let world = World::new();
    for (n, members) in [(1, &[1, 2][..]), (2, &[2, 3]), (3, &[3])] {
        for member in members {
            world.log.join(room(n), user(*member));
        }
    }
    let mut test_listener: Vec<_> = (1..=3).map(|n| world.listen(user(n))).collect();
    for n in [3, 1, 2] {
        world.say(room(n));
    }
    let expected = [vec![(1, 3)], vec![(1, 3), (2, 3)], vec![(2, 3), (3, 2)]];
    for (test_listener, expected) in test_listener.iter_mut().zip(expected) {
        test_listener.expect(&[Received::CaughtUp]);
        let expected: Vec<_> = expected.iter().map(|(n, seq)| Received::Event(room(*n), *seq)).collect();
        test_listener.expect_in_any_order(&expected);
        assert_eq!(test_listener.poll(), None);
    }
}

#[test]
fn typing_is_rate_limited_and_for_listeners_only() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen_to(user(1), room(1));
    test_listener.expect(&[Received::CaughtUp]);
    let type_in = |n| world.hub.tell_typing(room(n), user(2), typing_event);
    type_in(1);
    type_in(1);
    type_in(2);
    test_listener.expect(&[Received::Ephemeral]);
    world.say(room(1));
    test_listener.expect(&entries(room(1), [2]));
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn typing_is_not_sent_to_its_user() {
    let world = World::new();
    world.log.join(room(1), user(1));
    world.log.join(room(1), user(2));
    let (mut anns, mut bobs) = (world.listen_to(user(1), room(1)), world.listen_to(user(2), room(1)));
    let mut bobs_all = world.listen(user(2));
    for test_listener in [&mut anns, &mut bobs, &mut bobs_all] {
        test_listener.expect(&[Received::CaughtUp]);
    }
    world.hub.tell_typing(room(1), user(2), typing_event);
    anns.expect(&[Received::Ephemeral]);
    assert_eq!((bobs.poll(), bobs_all.poll()), (None, None));
}

#[test]
fn typing_is_dropped_before_end_of_log() {
    let world = World::new();
    world.log.join(room(1), user(1));
    let mut test_listener = world.listen_to(user(1), room(1));
    test_listener.expect(&[Received::CaughtUp]);
    world.log.until_opened(room(1));
    world.log.remove(room(1), user(1));
    world.log.fail(true);
    assert!(world.hub.follow().is_err());
    world.observer().sent(&world.log.send(room(1)));
    world.hub.tell_typing(room(1), user(2), typing_event);
    assert_eq!(test_listener.poll(), None);
    world.log.fail(false);
    assert_eq!(world.follow_until_received(&mut test_listener), Received::Event(room(1), 2));
    assert_eq!(test_listener.next(), Received::End(End::NotAMember));
}

pub(crate) fn typing_event() -> EncodedEvent {
    EncodedEvent { identified: "typing".into(), anonymous: "typing".into(), json: "typing".into() }
}
