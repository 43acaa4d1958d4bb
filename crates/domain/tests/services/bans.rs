use chit_chat_domain::ban::{Ban, Banned, MAX_BANS, NewBan, PlacedBan};
use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::membership::Role;
use chit_chat_domain::membership::Role::{Member, Moderator, Owner};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::page::Page;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{NOW, World, limit, me, other, room};

use crate::builders::{HEAD, member};

fn ban(seq: i64) -> Ban {
    Ban { chatroom_id: room(), user_id: other(), banned_by: me(), created_at: NOW, seq }
}

/// The next read, and no other, finds the other person like this.
fn expect_target(world: &mut World, role: Option<Role>) {
    let found = role.map(|role| member(other(), role));
    world.memberships.expect_find().with(eq(room()), eq(other())).times(1).return_const(Ok(found));
}

fn world_with_target(mine: Role, theirs: Option<Role>) -> World {
    let mut world = World::with_access(Private, Some(mine));
    expect_target(&mut world, theirs);
    world
}

/// The next ban is guarded by my role, names the target as it was read, and has this outcome.
fn expect_ban(world: &mut World, mine: Role, theirs: Option<Role>, outcome: Banned) {
    let membership = theirs.map(|role| member(other(), role).membership);
    let new = NewBan { chatroom_id: room(), user_id: other(), membership, at: NOW };
    let guard = Guard::holds(me(), mine);
    world.bans.expect_ban().with(eq(new), eq(MAX_BANS), eq(guard)).times(1).return_const(Ok(outcome));
}

#[test]
fn moderators_ban_members_and_owners_ban_moderators() {
    for (mine, theirs) in [(Moderator, Member), (Owner, Member), (Owner, Moderator)] {
        let mut world = world_with_target(mine, Some(theirs));
        expect_ban(&mut world, mine, Some(theirs), Banned::Banned(ban(HEAD)));
        let placed = PlacedBan { ban: ban(HEAD), new: true };
        assert_eq!(world.bans().ban(room(), me(), other()), Ok(placed));
    }
}

#[test]
fn user_without_membership_can_be_banned() {
    let mut world = world_with_target(Moderator, None);
    expect_ban(&mut world, Moderator, None, Banned::Banned(ban(HEAD)));
    assert!(world.bans().ban(room(), me(), other()).is_ok());
}

#[test]
fn ban_of_equal_or_higher_role_is_refused() {
    for (mine, theirs, denial) in [
        (Moderator, Moderator, Denial::TargetIsModerator),
        (Moderator, Owner, Denial::TargetIsOwner),
        (Owner, Owner, Denial::TargetIsOwner),
    ] {
        let bans = world_with_target(mine, Some(theirs)).bans();
        assert_eq!(bans.ban(room(), me(), other()), Err(denial.into()));
    }
}

#[test]
fn ban_of_oneself_is_refused() {
    for (mine, denial) in [(Moderator, Denial::TargetIsModerator), (Owner, Denial::TargetIsOwner)] {
        let mut world = World::with_access(Private, Some(mine));
        let me_too = Ok(Some(member(me(), mine)));
        world.memberships.expect_find().with(eq(room()), eq(me())).times(1).return_const(me_too);
        assert_eq!(world.bans().ban(room(), me(), me()), Err(denial.into()));
    }
}

#[test]
fn members_and_outsiders_cannot_ban_lift_or_list() {
    for (visibility, role, denial) in [
        (Private, Some(Member), Denial::NotAModerator),
        (Public, None, Denial::NotAMember),
        (Private, None, Denial::ChatroomNotFound),
    ] {
        let bans = World::with_access(visibility, role).bans();
        assert_eq!(bans.ban(room(), me(), other()), Err(denial.into()));
        assert_eq!(bans.lift(room(), me(), other()), Err(denial.into()));
        assert_eq!(bans.list(room(), me(), None, limit(1)), Err(denial.into()));
    }
    assert_eq!(World::without_room().bans().lift(room(), me(), other()), Err(Denial::ChatroomNotFound.into()));
}

#[test]
fn repeated_ban_keeps_first_ban() {
    let mut world = world_with_target(Moderator, None);
    expect_ban(&mut world, Moderator, None, Banned::Already(ban(4)));
    let unchanged = PlacedBan { ban: ban(4), new: false };
    assert_eq!(world.bans().ban(room(), me(), other()), Ok(unchanged));
}

#[test]
fn ban_of_missing_user_is_not_found() {
    let mut world = world_with_target(Moderator, None);
    expect_ban(&mut world, Moderator, None, Banned::NoSuchUser);
    assert_eq!(world.bans().ban(room(), me(), other()), Err(Denial::UserNotFound.into()));
}

#[test]
fn ban_beyond_limit_is_refused() {
    let mut world = world_with_target(Moderator, None);
    expect_ban(&mut world, Moderator, None, Banned::TooMany);
    assert_eq!(world.bans().ban(room(), me(), other()), Err(Denial::TooManyBans.into()));
}

#[test]
fn refused_ban_is_retried_for_promoted_target() {
    let mut world = world_with_target(Moderator, Some(Member));
    expect_ban(&mut world, Moderator, Some(Member), Banned::Refused);
    expect_target(&mut world, Some(Moderator));
    assert_eq!(world.bans().ban(room(), me(), other()), Err(Denial::TargetIsModerator.into()));
}

#[test]
fn refused_ban_is_retried_for_joined_target() {
    let mut world = world_with_target(Owner, None);
    expect_ban(&mut world, Owner, None, Banned::Refused);
    expect_target(&mut world, Some(Member));
    expect_ban(&mut world, Owner, Some(Member), Banned::Banned(ban(HEAD)));
    assert_eq!(world.bans().ban(room(), me(), other()), Ok(PlacedBan { ban: ban(HEAD), new: true }));
}

#[test]
fn refused_ban_is_retried_for_demoted_actor() {
    let mut world = World::with_first_access(Private, Some(Owner));
    expect_target(&mut world, Some(Moderator));
    expect_ban(&mut world, Owner, Some(Moderator), Banned::Refused);
    world.expect_later_access(Private, Some(Moderator));
    expect_target(&mut world, Some(Moderator));
    assert_eq!(world.bans().ban(room(), me(), other()), Err(Denial::TargetIsModerator.into()));
}

#[test]
fn repeatedly_refused_ban_gives_up() {
    let mut world = World::with_access(Private, Some(Moderator));
    world.memberships.expect_find().return_const(Ok(None));
    world.bans.expect_ban().times(2..).return_const(Ok(Banned::Refused));
    assert_eq!(world.bans().ban(room(), me(), other()), Err(StoreError::Contention.into()));
}

#[test]
fn lift_is_guarded_by_moderator_role() {
    let lifted = |outcome| {
        let mut world = World::with_first_access(Private, Some(Moderator));
        let lift = world.bans.expect_lift();
        let lift = lift.with(eq(room()), eq(other()), eq(Guard::holds(me(), Moderator)), eq(NOW));
        lift.times(1).return_const(Ok(outcome));
        world
    };
    assert_eq!(lifted(Guarded::Done(())).bans().lift(room(), me(), other()), Ok(()));
    let mut demoted = lifted(Guarded::Refused);
    demoted.expect_later_access(Private, Some(Member));
    assert_eq!(demoted.bans().lift(room(), me(), other()), Err(Denial::NotAModerator.into()));
}

#[test]
fn extra_row_indicates_more_bans() {
    let mut world = World::with_access(Private, Some(Moderator));
    let rows = Ok(vec![ban(5), ban(4)]);
    world.bans.expect_list().with(eq(room()), eq(Some(6)), eq(limit(1))).times(1).return_const(rows);
    let page = Page { items: vec![ban(5)], more: true };
    assert_eq!(world.bans().list(room(), me(), Some(6), limit(1)), Ok(page));
}
