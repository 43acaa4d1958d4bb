use chit_chat_domain::chatroom::Settings;
use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::membership::Role::Member;
use chit_chat_domain::mockall::TimesRange;
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::reading::{Mark, ReadState, Reading};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{World, me, room};
use chit_chat_domain::violation::Violation;

use crate::builders::HEAD;

const FORWARD: bool = false;
const FORCED: bool = true;

fn mark(seq: i64, force: bool) -> Mark {
    Mark { seq, force }
}

/// A world in which I am a member who has read up to here.
fn world_with_marker(read_seq: i64) -> World {
    let mut world = World::default();
    expect_found(&mut world, 1, Some(ReadState { read_seq, ..ReadState::default() }));
    world
}

fn expect_found(world: &mut World, times: impl Into<TimesRange>, found: Option<ReadState>) {
    let found = found.map(|state| Reading { state, head: HEAD });
    world.reads.expect_find().with(eq(room()), eq(me())).times(times).return_const(Ok(found));
}

fn expect_mark(world: &mut World, mark: Mark, outcome: Guarded<i64>) {
    world.reads.expect_mark().with(eq(room()), eq(me()), eq(mark)).times(1).return_const(Ok(outcome));
}

#[test]
fn marker_moves_forward_up_to_head() {
    for seq in [6, HEAD] {
        let mut world = world_with_marker(5);
        expect_mark(&mut world, mark(seq, FORWARD), Guarded::Done(seq));
        assert_eq!(world.reading().mark(room(), me(), mark(seq, FORWARD)), Ok(seq));
    }
}

#[test]
fn unmoved_marker_is_not_written() {
    for entered in [mark(5, FORWARD), mark(4, FORWARD), mark(0, FORWARD), mark(5, FORCED)] {
        assert_eq!(world_with_marker(5).reading().mark(room(), me(), entered), Ok(5), "{entered:?}");
    }
}

#[test]
fn marker_moves_backwards_by_force() {
    for seq in [4, 0] {
        let mut world = world_with_marker(5);
        expect_mark(&mut world, mark(seq, FORCED), Guarded::Done(seq));
        assert_eq!(world.reading().mark(room(), me(), mark(seq, FORCED)), Ok(seq));
    }
}

#[test]
fn marker_outside_log_is_refused() {
    for seq in [-1, HEAD + 1, i64::MIN, i64::MAX] {
        for force in [FORWARD, FORCED] {
            let reading = world_with_marker(5).reading();
            let refused = Err(Failure::invalid("seq", Violation::NotInLog(HEAD)));
            assert_eq!(reading.mark(room(), me(), mark(seq, force)), refused);
        }
    }
}

#[test]
fn marker_moved_further_meanwhile_is_kept() {
    let mut world = world_with_marker(5);
    expect_mark(&mut world, mark(6, FORWARD), Guarded::Done(8));
    assert_eq!(world.reading().mark(room(), me(), mark(6, FORWARD)), Ok(8));
}

#[test]
fn member_reads_state_and_mutes() {
    let state = ReadState { read_seq: 5, muted: true, ..ReadState::default() };
    let mut world = World::default();
    expect_found(&mut world, 1, Some(state));
    assert_eq!(world.reading().state(room(), me()), Ok(state));
    for muted in [true, false] {
        let mut world = World::with_access(Private, Some(Member));
        world
            .reads
            .expect_set_muted()
            .with(eq(room()), eq(me()), eq(muted))
            .times(1)
            .return_const(Ok(Guarded::Done(())));
        assert_eq!(world.reading().set_muted(room(), me(), muted), Ok(()));
    }
}

#[test]
fn outsider_cannot_read_mark_or_mute() {
    let somewhere = [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)];
    let worlds = somewhere.map(|(visibility, denial)| (World::with_access(visibility, None), denial));
    for (mut world, denial) in worlds.into_iter().chain([(World::without_room(), Denial::ChatroomNotFound)]) {
        expect_found(&mut world, 2, None);
        let reading = world.reading();
        assert_eq!(reading.state(room(), me()), Err(denial.into()));
        assert_eq!(reading.mark(room(), me(), mark(HEAD + 1, FORWARD)), Err(denial.into()));
        assert_eq!(reading.set_muted(room(), me(), true), Err(denial.into()));
    }
}

#[test]
fn archived_chatroom_can_be_marked_and_muted() {
    let archived = Settings { archived: true, ..Settings::default() };
    let mut world = World::with_room(archived, Member);
    expect_found(&mut world, 1, Some(ReadState { read_seq: 5, ..ReadState::default() }));
    expect_mark(&mut world, mark(6, FORWARD), Guarded::Done(6));
    world.reads.expect_set_muted().times(1).return_const(Ok(Guarded::Done(())));
    let reading = world.reading();
    assert_eq!(reading.mark(room(), me(), mark(6, FORWARD)), Ok(6));
    assert_eq!(reading.set_muted(room(), me(), true), Ok(()));
}

#[test]
fn mark_by_removed_member_is_not_found() {
    let gone = Denial::ChatroomNotFound;
    let mut world = World::with_access(Private, None);
    expect_found(&mut world, 1, Some(ReadState { read_seq: 5, ..ReadState::default() }));
    expect_found(&mut world, 1, None);
    expect_mark(&mut world, mark(6, FORWARD), Guarded::Refused);
    assert_eq!(world.reading().mark(room(), me(), mark(6, FORWARD)), Err(gone.into()));
    let mut world = World::with_first_access(Private, Some(Member));
    world.expect_later_access(Private, None);
    world.reads.expect_set_muted().times(1).return_const(Ok(Guarded::Refused));
    assert_eq!(world.reading().set_muted(room(), me(), true), Err(gone.into()));
}

#[test]
fn state_of_joining_member_is_read_again() {
    let state = ReadState { read_seq: 5, ..ReadState::default() };
    let mut world = World::with_access(Private, Some(Member));
    expect_found(&mut world, 1, None);
    expect_found(&mut world, 1, Some(state));
    assert_eq!(world.reading().state(room(), me()), Ok(state));
}

#[test]
fn contradictory_store_gives_up() {
    let mut world = World::with_access(Private, Some(Member));
    expect_found(&mut world, 2.., None);
    assert_eq!(world.reading().mark(room(), me(), mark(6, FORWARD)), Err(StoreError::Contention.into()));
}
