use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::chatroom::{Entrance, Guard, Right, Settings};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::invitee::Invitee;
use chit_chat_domain::membership::Role::{Member, Owner};
use chit_chat_domain::membership::{
    self, Added, AddedMember, Addition, LeaveReason, Leaving, MAX_LEFT_AT_ONCE, NewMembership, Role, RoleChange,
};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::page::Page;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{NOW, World, limit, me, other, room};
use chit_chat_domain::violation::Violation;

use crate::builders::member;

fn expect_add(world: &mut World, user_id: UserId, entrance: Entrance, outcome: Added) {
    let new = NewMembership { chatroom_id: room(), user_id, at: NOW };
    world.memberships.expect_add().with(eq(new), eq(entrance)).times(1).return_const(Ok(outcome));
}

fn expect_invitation(world: &mut World, found: Option<Invitee>) {
    world.invitees.expect_find().with(eq(room()), eq(me())).times(1).return_const(Ok(found));
}

fn invitee(user_id: UserId, invited_by: UserId) -> Invitee {
    Invitee { user_id, chatroom_id: room(), invited_by, created_at: NOW }
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

fn expect_role_change(world: &mut World, target: membership::Member, role: Role, outcome: RoleChange) {
    let change = world.memberships.expect_change_role();
    let guard = Guard::holds(me(), Owner);
    change.with(eq(target.membership), eq(role), eq(guard), eq(NOW)).times(1).return_const(Ok(outcome));
}

fn expect_removal(world: &mut World, outcome: Guarded) {
    let target = member(other(), Member).membership;
    let remove = world.memberships.expect_remove();
    let remove = remove.with(eq(target), eq(Guard::holds(me(), Owner)), eq(NOW));
    remove.times(1).return_const(Ok(outcome));
}

#[test]
fn join_is_guarded_by_public_visibility() {
    let mut world = World::with_access(Public, None);
    expect_add(&mut world, me(), Entrance::Public, Added::Added(member(me(), Member)));
    let joined = AddedMember { member: member(me(), Member), new: true };
    assert_eq!(world.memberships().join(room(), me()), Ok(joined));
}

#[test]
fn join_of_private_or_missing_chatroom_is_not_found() {
    for mut world in [World::with_access(Private, None), World::without_room()] {
        expect_invitation(&mut world, None);
        assert_eq!(world.memberships().join(room(), me()), Err(Denial::ChatroomNotFound.into()));
    }
}

#[test]
fn join_by_member_of_private_chatroom_keeps_membership() {
    let mut world = World::with_access(Private, Some(Owner));
    expect_add(&mut world, me(), Entrance::By(Guard::holds(me(), Member)), Added::Already(member(me(), Owner)));
    let unchanged = AddedMember { member: member(me(), Owner), new: false };
    assert_eq!(world.memberships().join(room(), me()), Ok(unchanged));
}

#[test]
fn join_of_chatroom_made_private_meanwhile_is_not_found() {
    let mut world = World::with_first_access(Public, None);
    expect_add(&mut world, me(), Entrance::Public, Added::Refused);
    world.expect_later_access(Private, None);
    expect_invitation(&mut world, None);
    assert_eq!(world.memberships().join(room(), me()), Err(Denial::ChatroomNotFound.into()));
}

#[test]
fn join_of_private_chatroom_accepts_invitation() {
    let mut world = World::with_access(Private, None);
    expect_invitation(&mut world, Some(invitee(me(), other())));
    expect_add(&mut world, me(), Entrance::Accepted, Added::Added(member(me(), Member)));
    assert!(world.memberships().join(room(), me()).is_ok());
}

#[test]
fn invitation_withdrawn_meanwhile_is_not_found() {
    let mut world = World::with_access(Private, None);
    expect_invitation(&mut world, Some(invitee(me(), other())));
    expect_add(&mut world, me(), Entrance::Accepted, Added::Refused);
    expect_invitation(&mut world, None);
    assert_eq!(world.memberships().join(room(), me()), Err(Denial::ChatroomNotFound.into()));
}

#[test]
fn user_who_must_accept_is_invited() {
    let mut world = World::with_access(Private, Some(Member));
    let entrance = Entrance::By(Guard::may(me(), Right::Add));
    expect_add(&mut world, other(), entrance, Added::Invited(invitee(other(), me())));
    let invited = Addition::Invited(invitee(other(), me()));
    assert_eq!(world.memberships().add(room(), me(), other()), Ok(invited));
    let mut world = World::with_access(Private, Some(Member));
    expect_add(&mut world, other(), entrance, Added::InvitedTooOften);
    assert_eq!(world.memberships().add(room(), me(), other()), Err(Denial::InvitedTooOften.into()));
}

#[test]
fn add_requires_configured_role() {
    let strict = Settings { add_role: Owner, ..Settings::default() };
    let memberships = World::with_room(strict, Role::Moderator).memberships();
    assert_eq!(memberships.add(room(), me(), other()), Err(Denial::NotAnOwner.into()));
}

#[test]
fn add_is_guarded_by_right_to_add() {
    let mut world = World::with_access(Private, Some(Member));
    let entrance = Entrance::By(Guard::may(me(), Right::Add));
    expect_add(&mut world, other(), entrance, Added::Added(member(other(), Member)));
    let added = AddedMember { member: member(other(), Member), new: true };
    assert_eq!(world.memberships().add(room(), me(), other()), Ok(Addition::Member(added)));
}

#[test]
fn add_by_outsider_is_refused() {
    for (visibility, denial) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let memberships = World::with_access(visibility, None).memberships();
        assert_eq!(memberships.add(room(), me(), other()), Err(denial.into()));
    }
}

#[test]
fn add_of_oneself_is_join() {
    let mut world = World::with_access(Public, None);
    expect_add(&mut world, me(), Entrance::Public, Added::Added(member(me(), Member)));
    assert!(world.memberships().add(room(), me(), me()).is_ok());
}

#[test]
fn add_of_missing_user_is_not_found() {
    let mut world = World::with_access(Private, Some(Member));
    expect_add(&mut world, other(), Entrance::By(Guard::may(me(), Right::Add)), Added::NoSuchUser);
    assert_eq!(world.memberships().add(room(), me(), other()), Err(Denial::UserNotFound.into()));
}

#[test]
fn banned_user_neither_joins_nor_is_added() {
    let mut world = World::with_access(Public, None);
    expect_add(&mut world, me(), Entrance::Public, Added::Banned);
    assert_eq!(world.memberships().join(room(), me()), Err(Denial::Banned.into()));
    let mut world = World::with_access(Private, Some(Owner));
    expect_add(&mut world, other(), Entrance::By(Guard::may(me(), Right::Add)), Added::Banned);
    assert_eq!(world.memberships().add(room(), me(), other()), Err(Denial::Banned.into()));
}

#[test]
fn repeatedly_refused_add_gives_up() {
    let mut world = World::with_access(Private, Some(Member));
    world.memberships.expect_add().times(2..).return_const(Ok(Added::Refused));
    assert_eq!(world.memberships().add(room(), me(), other()), Err(StoreError::Contention.into()));
}

#[test]
fn removal_is_guarded_by_owner_role() {
    let mut world = world_with_target(Owner, Some(Member));
    expect_removal(&mut world, Guarded::Done(()));
    assert_eq!(world.memberships().remove(room(), me(), other()), Ok(()));
}

#[test]
fn member_cannot_remove_or_change_roles() {
    let memberships = World::with_access(Private, Some(Member)).memberships();
    assert_eq!(memberships.remove(room(), me(), other()), Err(Denial::NotAModerator.into()));
    for target in [me(), other()] {
        let outcome = memberships.change_role(room(), me(), target, "owner");
        assert_eq!(outcome, Err(Denial::NotAnOwner.into()));
    }
}

#[test]
fn outsider_cannot_remove_or_change_roles() {
    for (visibility, denial) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let memberships = World::with_access(visibility, None).memberships();
        assert_eq!(memberships.remove(room(), me(), other()), Err(denial.into()));
        assert_eq!(memberships.change_role(room(), me(), other(), "owner"), Err(denial.into()));
    }
}

#[test]
fn owner_cannot_remove_or_demote_other_owner() {
    let memberships = world_with_target(Owner, Some(Owner)).memberships();
    assert_eq!(memberships.remove(room(), me(), other()), Err(Denial::TargetIsOwner.into()));
    let memberships = world_with_target(Owner, Some(Owner)).memberships();
    let demotion = memberships.change_role(room(), me(), other(), "member");
    assert_eq!(demotion, Err(Denial::TargetIsOwner.into()));
}

#[test]
fn removal_of_non_member_writes_nothing() {
    let memberships = world_with_target(Owner, None).memberships();
    assert_eq!(memberships.remove(room(), me(), other()), Ok(()));
}

#[test]
fn refused_removal_is_retried_for_promoted_target() {
    let mut world = world_with_target(Owner, Some(Member));
    expect_removal(&mut world, Guarded::Refused);
    expect_target(&mut world, Some(Owner));
    assert_eq!(world.memberships().remove(room(), me(), other()), Err(Denial::TargetIsOwner.into()));
}

#[test]
fn refused_removal_is_retried_for_demoted_actor() {
    let mut world = World::with_first_access(Private, Some(Owner));
    expect_target(&mut world, Some(Member));
    expect_removal(&mut world, Guarded::Refused);
    world.expect_later_access(Private, Some(Member));
    assert_eq!(world.memberships().remove(room(), me(), other()), Err(Denial::NotAModerator.into()));
}

#[test]
fn removal_of_oneself_is_leave() {
    let mut world = World::default();
    let leave = world.memberships.expect_leave();
    let leave = leave.with(eq(room()), eq(me()), eq(LeaveReason::Left), eq(NOW));
    leave.times(1).return_const(Ok(Leaving::HandedOver(other())));
    assert_eq!(world.memberships().remove(room(), me(), me()), Ok(()));
}

#[test]
fn leave_by_non_member_is_accepted() {
    let mut world = World::default();
    world.memberships.expect_leave().times(1).return_const(Ok(Leaving::NotMember));
    assert_eq!(world.memberships().leave(room(), me()), Ok(Leaving::NotMember));
}

#[test]
fn many_chatrooms_are_left_one_by_one() {
    let mut world = World::default();
    let ids = [1, 2].map(ChatroomId::from_u128);
    for id in ids {
        let leave = world.memberships.expect_leave().with(eq(id), eq(me()), eq(LeaveReason::Left), eq(NOW));
        leave.times(1).return_const(Ok(Leaving::NotMember));
    }
    let entered = [ids[0].to_string(), "no id".to_owned(), ids[1].to_string()];
    assert_eq!(world.memberships().leave_many(&entered, me()), Ok(()));
}

#[test]
fn interrupted_leave_of_many_fails() {
    let mut world = World::default();
    world.memberships.expect_leave().times(1).return_const(Err(StoreError::Contention));
    let entered = [1, 2].map(|id| ChatroomId::from_u128(id).to_string());
    assert_eq!(world.memberships().leave_many(&entered, me()), Err(StoreError::Contention.into()));
}

#[test]
fn leave_of_none_or_too_many_is_refused() {
    let id = ChatroomId::from_u128(1).to_string();
    let too_many = Violation::TooManyEntries(MAX_LEFT_AT_ONCE);
    for (count, violation) in [(0, Violation::NoEntries), (MAX_LEFT_AT_ONCE + 1, too_many)] {
        let outcome = World::default().memberships().leave_many(&vec![id.clone(); count], me());
        assert_eq!(outcome, Err(Failure::invalid("chatroom_ids", violation)));
    }
}

#[test]
fn role_change_is_guarded_by_owner_role() {
    let mut world = world_with_target(Owner, Some(Member));
    let changed = RoleChange::Changed(member(other(), Owner));
    expect_role_change(&mut world, member(other(), Member), Owner, changed);
    let outcome = world.memberships().change_role(room(), me(), other(), "owner");
    assert_eq!(outcome, Ok(member(other(), Owner)));
}

#[test]
fn last_owner_cannot_step_down() {
    let mut world = World::with_access(Private, Some(Owner));
    let mine = Ok(Some(member(me(), Owner)));
    world.memberships.expect_find().with(eq(room()), eq(me())).times(1).return_const(mine);
    expect_role_change(&mut world, member(me(), Owner), Member, RoleChange::LastOwner);
    let outcome = world.memberships().change_role(room(), me(), me(), "member");
    assert_eq!(outcome, Err(Denial::LastOwner.into()));
}

#[test]
fn unchanged_role_is_not_written() {
    for (role, word) in [(Member, "member"), (Owner, "owner")] {
        let memberships = world_with_target(Owner, Some(role)).memberships();
        assert_eq!(memberships.change_role(room(), me(), other(), word), Ok(member(other(), role)));
    }
}

#[test]
fn role_change_of_non_member_is_not_found() {
    let memberships = world_with_target(Owner, None).memberships();
    let outcome = memberships.change_role(room(), me(), other(), "owner");
    assert_eq!(outcome, Err(Denial::MembershipNotFound.into()));
}

#[test]
fn unknown_role_reads_nothing() {
    let outcome = World::default().memberships().change_role(room(), me(), other(), "king");
    assert_eq!(outcome, Err(Failure::invalid("role", Violation::NotOneOf("member, moderator, owner"))));
}

#[test]
fn refused_role_change_is_retried_for_left_target() {
    let mut world = world_with_target(Owner, Some(Member));
    expect_role_change(&mut world, member(other(), Member), Owner, RoleChange::Refused);
    expect_target(&mut world, None);
    let outcome = world.memberships().change_role(room(), me(), other(), "owner");
    assert_eq!(outcome, Err(Denial::MembershipNotFound.into()));
}

#[test]
fn only_members_list_members() {
    for (visibility, denial) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let memberships = World::with_access(visibility, None).memberships();
        assert_eq!(memberships.list(room(), me(), 0, limit(1)), Err(denial.into()));
    }
    let mut world = World::with_access(Private, Some(Member));
    let rows = Ok(vec![member(me(), Member), member(other(), Owner)]);
    world.memberships.expect_list().with(eq(room()), eq(3), eq(limit(1))).times(1).return_const(rows);
    let page = Page { items: vec![member(me(), Member)], more: true };
    assert_eq!(world.memberships().list(room(), me(), 3, limit(1)), Ok(page));
}
