//! Read markers and mutes.

use std::thread;

use chit_chat_contract::{Engine, World, both_engines, done, id_literal, race};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::reading::{Mark, ReadState};

fn mark(world: &World, room: ChatroomId, user: UserId, seq: i64) -> Guarded<i64> {
    world.reads.mark(room, user, Mark { seq, force: false }).unwrap()
}

fn force(world: &World, room: ChatroomId, user: UserId, seq: i64) -> Guarded<i64> {
    world.reads.mark(room, user, Mark { seq, force: true }).unwrap()
}

fn state(world: &World, room: ChatroomId, user: UserId) -> Option<ReadState> {
    world.reads.find(room, user).unwrap().map(|reading| reading.state)
}

fn head(world: &World, room: ChatroomId, user: UserId) -> Option<i64> {
    world.reads.find(room, user).unwrap().map(|reading| reading.head)
}

fn read_seq(world: &World, room: ChatroomId, user: UserId) -> Option<i64> {
    state(world, room, user).map(|state| state.read_seq)
}

/// A chatroom of Matt and Beth, who joined with seq 3; ten messages by Matt end at seq 13.
fn scene(engine: Engine) -> (World, UserId, UserId, ChatroomId) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    for n in 0..10 {
        world.say(room, matt, &n.to_string());
    }
    (world, matt, beth, room)
}

#[both_engines]
fn marker_starts_at_join_and_unmuted(engine: Engine) {
    let (world, matt, beth, room) = scene(engine);
    assert_eq!(state(&world, room, matt), Some(ReadState { read_seq: 2, muted: false, ..ReadState::default() }));
    assert_eq!(state(&world, room, beth), Some(ReadState { read_seq: 3, muted: false, ..ReadState::default() }));
}

#[both_engines]
fn marker_moves_backwards_only_by_force(engine: Engine) {
    let (world, matt, beth, room) = scene(engine);
    assert_eq!(head(&world, room, beth), Some(13));
    assert_eq!(mark(&world, room, beth, 2), Guarded::Done(3), "the marker starts at the join");
    for (seq, expected) in [(7, 7), (7, 7), (5, 7), (13, 13), (0, 13)] {
        assert_eq!(mark(&world, room, beth, seq), Guarded::Done(expected), "{seq}");
        assert_eq!(read_seq(&world, room, beth), Some(expected), "{seq}");
    }
    for seq in [5, 5, 0, 9] {
        assert_eq!(force(&world, room, beth, seq), Guarded::Done(seq));
        assert_eq!(read_seq(&world, room, beth), Some(seq));
    }
    assert_eq!(read_seq(&world, room, matt), Some(2), "markers of others do not move");
    assert_eq!(world.log(room).len(), 13, "markers are not logged");
}

#[both_engines]
fn mute_is_idempotent(engine: Engine) {
    let (world, matt, beth, room) = scene(engine);
    done(mark(&world, room, beth, 5));
    for muted in [false, true, true, false, true] {
        assert_eq!(world.reads.set_muted(room, beth, muted), Ok(Guarded::Done(())));
        assert_eq!(state(&world, room, beth), Some(ReadState { read_seq: 5, muted, ..ReadState::default() }));
    }
    assert_eq!(state(&world, room, matt).map(|state| state.muted), Some(false));
    assert_eq!(world.head(room), 13);
}

#[both_engines]
fn only_active_members_mark_and_mute(engine: Engine) {
    let (world, matt, beth, room) = scene(engine);
    let (eve, nowhere) = (world.user("Eve"), ChatroomId::from(world.ids.next()));
    let gone = world.room(matt, &[beth]);
    world.delete_room(gone, matt);
    done(mark(&world, room, matt, 9));
    world.delete_account(matt);
    for (room, user) in [(room, eve), (nowhere, beth), (gone, beth), (room, matt)] {
        assert_eq!(state(&world, room, user), None);
        assert_eq!(mark(&world, room, user, 13), Guarded::Refused);
        assert_eq!(force(&world, room, user, 1), Guarded::Refused);
        assert_eq!(world.reads.set_muted(room, user, true), Ok(Guarded::Refused));
    }
}

#[both_engines]
fn rejoin_resets_marker_and_mute(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.public_room(matt);
    world.join(room, beth);
    done(force(&world, room, beth, 1));
    done(world.reads.set_muted(room, beth, true).unwrap());
    world.leave(room, beth);
    assert_eq!(state(&world, room, beth), None);
    world.join(room, beth);
    assert_eq!(state(&world, room, beth), Some(ReadState::at_joining(5)));
}

#[both_engines]
fn role_change_keeps_marker_and_mute(engine: Engine) {
    let (world, matt, beth, room) = scene(engine);
    done(mark(&world, room, beth, 5));
    done(world.reads.set_muted(room, beth, true).unwrap());
    world.promote(room, matt, beth);
    assert_eq!(state(&world, room, beth), Some(ReadState { read_seq: 5, muted: true, ..ReadState::default() }));
}

#[both_engines]
fn racing_marks_keep_furthest(engine: Engine) {
    let (world, _, beth, room) = scene(engine);
    let another = world.open_another();
    let furthest = 13;
    for _ in 0..5 {
        done(force(&world, room, beth, 0));
        let answers = race(10, |n| {
            let stores = if n % 2 == 0 { &*world.store } else { &another };
            let seq = furthest - i64::try_from(n).unwrap();
            (seq, done(stores.reads.mark(room, beth, Mark { seq, force: false }).unwrap()))
        });
        assert_eq!(read_seq(&world, room, beth), Some(furthest));
        for (seq, answer) in answers {
            assert!((seq..=furthest).contains(&answer), "{seq} was answered by {answer}");
        }
    }
}

#[both_engines]
fn mark_waiting_for_further_mark_keeps_it(engine: Engine) {
    let (world, _, beth, room) = scene(engine);
    let mut other = world.raw();
    other.begin();
    let (chatroom, user) = (id_literal(engine, room), id_literal(engine, beth));
    other
        .run(&format!("UPDATE memberships SET read_seq = 12 WHERE chatroom_id = {chatroom} AND user_id = {user}"));
    let answer = thread::scope(|scope| {
        let waiting = scope.spawn(|| mark(&world, room, beth, 8));
        world.wait_for_blocked(1);
        other.run("COMMIT");
        waiting.join().unwrap()
    });
    assert_eq!(answer, Guarded::Done(12));
    assert_eq!(read_seq(&world, room, beth), Some(12));
}

#[both_engines]
fn leave_racing_with_mark_leaves_no_marker(engine: Engine) {
    let (world, _, beth, room) = scene(engine);
    race(6, |n| match n {
        0 => drop(world.leave(room, beth)),
        1..4 => drop(mark(&world, room, beth, 13)),
        _ => drop(world.reads.set_muted(room, beth, true)),
    });
    assert_eq!(state(&world, room, beth), None);
    assert_eq!(world.log(room).len(), 14);
}
