//! Changes that reach an instance by the announcements of another.

use chit_chat_domain::announcements::Changed;
use chit_chat_domain::id::InstanceId;
use chit_chat_domain::store_error::StoreError;

use crate::board::Board;
use crate::world::{Received, World, entries, room, user};

const HERE: InstanceId = InstanceId::from_u128(1);
const THERE: InstanceId = InstanceId::from_u128(2);
/// More chatrooms than one poll visits.
const MANY: u128 = 5_001;

/// Two hubs over one log and one board.
fn pair(board: &Board) -> (World, World) {
    let here = World::new();
    let there = here.open_another();
    for _ in 0..2 {
        exchange(&here, board, HERE).unwrap();
        exchange(&there, board, THERE).unwrap();
        board.advance();
    }
    (here, there)
}

fn exchange(world: &World, board: &Board, instance: InstanceId) -> Result<(), StoreError> {
    world.hub.exchange(board, instance, board.now())
}

#[test]
fn announced_change_arrives_however_many_chatrooms_are_followed() {
    let board = Board::with_peers();
    let (here, there) = pair(&board);
    for number in 0..MANY {
        here.log.join(room(number), user(number));
    }
    let mut listeners: Vec<_> = (0..MANY).map(|number| here.listen_to(user(number), room(number))).collect();
    for listener in &mut listeners {
        listener.expect(&[Received::CaughtUp]);
    }
    let last = room(MANY - 1);
    here.log.until_opened(last);
    there.say(last);
    exchange(&there, &board, THERE).unwrap();
    exchange(&here, &board, HERE).unwrap();
    listeners.last_mut().unwrap().expect(&entries(last, [2]));
}

#[test]
fn announced_join_starts_the_chatroom() {
    let board = Board::with_peers();
    let (here, there) = pair(&board);
    let mut test_listener = here.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    here.log.until_opened_for(user(1));
    let seq = there.log.join(room(1), user(1));
    there.chatroom_moved(room(1));
    there.user_moved(user(1));
    exchange(&there, &board, THERE).unwrap();
    exchange(&here, &board, HERE).unwrap();
    test_listener.expect(&entries(room(1), [seq]));
}

#[test]
fn announced_profile_arrives() {
    let board = Board::with_peers();
    let (here, there) = pair(&board);
    here.log.join(room(1), user(1));
    here.log.join(room(1), user(2));
    let mut test_listener = here.listen(user(1));
    test_listener.expect(&[Received::CaughtUp]);
    there.rename(user(2), 1);
    exchange(&there, &board, THERE).unwrap();
    exchange(&here, &board, HERE).unwrap();
    test_listener.expect(&[Received::Profile(user(2), 1)]);
    exchange(&here, &board, HERE).unwrap();
    assert_eq!(test_listener.poll(), None);
}

#[test]
fn profile_that_changed_before_the_first_report_is_announced() {
    let board = Board::with_peers();
    let world = World::new();
    world.rename(user(1), 1);
    exchange(&world, &board, HERE).unwrap();
    assert_eq!(board.announced(), [Changed { profiles: vec![user(1)], ..Changed::default() }]);
}

#[test]
fn instance_alone_announces_nothing() {
    let board = Board::default();
    let world = World::new();
    world.say(room(1));
    world.rename(user(1), 1);
    exchange(&world, &board, HERE).unwrap();
    world.say(room(1));
    world.rename(user(1), 2);
    exchange(&world, &board, HERE).unwrap();
    assert_eq!(board.announced(), []);
}

#[test]
fn announcement_that_fails_is_repeated() {
    let board = Board::with_peers();
    let (here, _) = pair(&board);
    here.say(room(1));
    board.fail(true);
    exchange(&here, &board, HERE).unwrap_err();
    board.fail(false);
    here.user_moved(user(1));
    here.rename(user(2), 1);
    exchange(&here, &board, HERE).unwrap();
    exchange(&here, &board, HERE).unwrap();
    assert_eq!(
        board.announced(),
        [Changed { chatrooms: vec![room(1)], users: vec![user(1)], profiles: vec![user(2)] }]
    );
}

#[test]
fn announcement_that_commits_late_is_read() {
    let board = Board::with_peers();
    let (here, there) = pair(&board);
    here.log.join(room(1), user(1));
    let mut test_listener = here.listen_to(user(1), room(1));
    test_listener.expect(&[Received::CaughtUp]);
    here.log.until_opened(room(1));
    there.say(room(1));
    board.hold_next();
    exchange(&there, &board, THERE).unwrap();
    there.say(room(2));
    exchange(&there, &board, THERE).unwrap();
    exchange(&here, &board, HERE).unwrap();
    assert_eq!(test_listener.poll(), None);
    board.release();
    exchange(&here, &board, HERE).unwrap();
    test_listener.expect(&entries(room(1), [2]));
}
