//! Changed profiles of users who share a chatroom with the listener's.

use chit_chat_live::End;

use crate::log::Gate;
use crate::world::{Received, TestListener, World, entries, room, until, user};

const BOB: u128 = 2;

fn profile(name: u32) -> Received {
    Received::Profile(user(BOB), name)
}

/// A world in which user 2 shares the first chatroom with user 1, the second with users 1 and 3, and none with user 4,
/// who is alone in the fourth.
fn world() -> World {
    let world = World::new();
    for (chatroom, members) in [(1, &[1, BOB][..]), (2, &[1, BOB, 3]), (4, &[4])] {
        for member in members {
            world.log.join(room(chatroom), user(*member));
        }
    }
    world
}

fn caught_up(mut test_listener: TestListener) -> TestListener {
    test_listener.expect(&[Received::CaughtUp]);
    test_listener
}

#[test]
fn profile_reaches_each_listener_of_a_shared_chatroom_once() {
    let world = world();
    let mut told = [
        world.listen(user(1)),
        world.listen_to(user(1), room(1)),
        world.listen(user(3)),
        world.listen(user(BOB)),
        world.listen_to(user(BOB), room(2)),
    ]
    .map(caught_up);
    let mut stranger = caught_up(world.listen(user(4)));
    world.rename(user(BOB), 1);
    for test_listener in &mut told {
        test_listener.expect(&[profile(1)]);
    }
    world.say(room(4));
    stranger.expect(&entries(room(4), [2]));
    world.say(room(2));
    for (index, test_listener) in told.iter_mut().enumerate().filter(|(index, _)| *index != 1) {
        test_listener.expect(&entries(room(2), [4]));
        assert_eq!(test_listener.poll(), None, "listener {index}");
    }
    assert_eq!((told[1].poll(), stranger.poll()), (None, None));
}

#[test]
fn own_listener_needs_no_chatroom() {
    let world = World::new();
    let mut test_listener = caught_up(world.listen(user(BOB)));
    world.rename(user(BOB), 1);
    test_listener.expect(&[profile(1)]);
}

/// The removal has not been announced to this instance.
#[test]
fn removed_member_receives_no_profile() {
    let world = world();
    let mut removed = caught_up(world.listen_to(user(3), room(2)));
    let mut removed_from_one = caught_up(world.listen(user(1)));
    let mut last = caught_up(world.listen(user(4)));
    world.log.until_opened(room(2));
    let ends = [3, 1].map(|member| world.log.remove(room(2), user(member)));
    world.log.fail_logs();
    world.rename(user(BOB), 1);
    // The job for the next user begins when the one before has put its profile everywhere.
    world.rename(user(4), 2);
    last.expect(&[Received::Profile(user(4), 2)]);
    assert_eq!(removed.poll(), None);
    removed_from_one.expect(&[profile(1)]);
    world.log.fail(false);
    assert_eq!(world.follow_until_received(&mut removed), Received::Event(room(2), ends[0]));
    removed.expect(&[Received::End(End::NotAMember)]);
    removed_from_one.expect(&entries(room(2), ends));
}

#[test]
fn former_member_is_not_seen() {
    let world = world();
    let mut test_listener = caught_up(world.listen_to(user(1), room(1)));
    let mut still_seeing = caught_up(world.listen(user(3)));
    let seq = world.log.remove(room(1), user(BOB));
    world.rename(user(BOB), 1);
    still_seeing.expect(&[profile(1)]);
    world.chatroom_moved(room(1));
    test_listener.expect(&entries(room(1), [seq]));
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn profile_waits_for_what_was_logged_before() {
    let world = world();
    let mut test_listener = caught_up(world.listen_to(user(1), room(1)));
    world.log.until_opened(room(1));
    world.log.send_many(room(1), 300);
    world.rename(user(BOB), 1);
    test_listener.expect(&[&entries(room(1), 3..=302)[..], &[profile(1)]].concat());
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn unread_profile_is_replaced_by_later_one() {
    let world = world();
    let mut slow = caught_up(world.listen(user(1)));
    let mut quick = caught_up(world.listen(user(3)));
    world.rename(user(BOB), 1);
    quick.expect(&[profile(1)]);
    world.rename(user(BOB), 2);
    assert_eq!(world.follow_until_received(&mut quick), profile(2));
    // The job for the next user begins when the one before has put its profile everywhere.
    world.rename(user(1), 3);
    quick.expect(&[Received::Profile(user(1), 3)]);
    assert_eq!(slow.poll(), Some(profile(2)));
}

#[test]
fn last_of_several_changes_is_sent_last() {
    let world = world();
    let mut test_listener = caught_up(world.listen(user(3)));
    world.log.close_gate(Gate::BeforeReading);
    world.rename(user(BOB), 1);
    world.log.until_query_waits();
    world.log.rename(user(BOB), Some(2));
    world.log.open_gate();
    test_listener.expect(&[profile(2)]);
    for name in 3..=9 {
        world.rename(user(BOB), name);
    }
    assert_eq!(world.follow_until_received(&mut test_listener), profile(9));
    assert_eq!(world.log.profile_reads(), 2);
}

#[test]
fn profile_that_cannot_be_read_is_sent_after_next_poll() {
    let world = world();
    let mut test_listener = caught_up(world.listen(user(3)));
    world.log.until_opened(room(2));
    world.log.until_opened_for(user(3));
    world.log.fail(true);
    world.rename(user(BOB), 1);
    world.log.until_failures(1);
    world.log.fail(false);
    assert_eq!(world.follow_until_received(&mut test_listener), profile(1));
}

#[test]
fn deleted_account_has_no_profile() {
    let world = world();
    let mut test_listener = caught_up(world.listen(user(BOB)));
    world.log.rename(user(BOB), None);
    world.observer().profile_changed(user(BOB));
    until("it is read", || world.log.profile_reads() == 1);
    world.say(room(1));
    test_listener.expect(&entries(room(1), [3]));
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn nothing_is_read_while_nobody_listens() {
    let world = world();
    drop(caught_up(world.listen(user(1))));
    world.rename(user(BOB), 1);
    world.follow();
    let mut test_listener = caught_up(world.listen(user(1)));
    world.say(room(1));
    test_listener.expect(&entries(room(1), [3]));
    assert_eq!(world.log.profile_reads(), 0);
}
