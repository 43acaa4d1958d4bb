use std::time::Duration;

use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::chatroom::{Entrance, Guard};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::id::InvitationId;
use chit_chat_domain::invitation::{
    CreateInvitation, Invitation, InvitationLimits, InvitationSecret, Invited, MAX_REMEMBERED, MAX_USABLE,
    MaxUses, Revocation,
};
use chit_chat_domain::membership::Role::{Member, Moderator, Owner};
use chit_chat_domain::membership::{Added, AddedMember, NewMembership};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::page::Page;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{self, NOW, World, fresh_id, limit, me, other, room};
use chit_chat_domain::violation::{FieldViolation, Violation};

use crate::builders::member;

const LIMITS: InvitationLimits = InvitationLimits { usable: MAX_USABLE, remembered: MAX_REMEMBERED };

fn secret() -> InvitationSecret {
    InvitationSecret::new([7; 16])
}

/// Mine, without bounds.
fn invitation() -> Invitation {
    testing::invitation().with_id(InvitationId::from(fresh_id())).build()
}

fn spent() -> Invitation {
    testing::invitation().with_id(invitation().id).with_max_uses(1).with_uses(1).build()
}

fn expect_creation(world: &mut World, invitation: Invitation, outcome: Invited) {
    world.secrets.expect_invitation_secret().times(1).return_const(secret());
    let create = world.invitations.expect_create();
    let create = create.with(eq(invitation), eq(LIMITS), eq(Guard::holds(me(), Moderator)));
    create.times(1).return_const(Ok(outcome));
}

/// Exactly this many look-ups happen, and find this.
fn expect_found(world: &mut World, times: usize, found: Option<Invitation>) {
    let find = world.invitations.expect_find();
    find.with(eq(room()), eq(invitation().id)).times(times).return_const(Ok(found));
}

fn expect_entrance(world: &mut World, outcome: Added) {
    let new = NewMembership { chatroom_id: room(), user_id: me(), at: NOW };
    let add = world.memberships.expect_add().with(eq(new), eq(Entrance::Invitation(invitation().id)));
    add.times(1).return_const(Ok(outcome));
}

#[test]
fn moderators_and_owners_invite_to_any_visibility() {
    for (visibility, role) in [(Private, Moderator), (Public, Owner)] {
        let mut world = World::with_access(visibility, Some(role));
        expect_creation(&mut world, invitation(), Invited::Created);
        let made = world.invitations().create(room(), me(), &CreateInvitation::default());
        assert_eq!(made, Ok(invitation()));
    }
}

#[test]
fn create_keeps_bounds() {
    let mut world = World::with_access(Private, Some(Moderator));
    let bounded = Invitation {
        expires_at: Some(NOW.plus(Duration::from_secs(60))),
        max_uses: MaxUses::parse(10_000).ok(),
        ..invitation()
    };
    expect_creation(&mut world, bounded.clone(), Invited::Created);
    let entered = CreateInvitation { expires_in_seconds: Some(60), max_uses: Some(10_000) };
    assert_eq!(world.invitations().create(room(), me(), &entered), Ok(bounded));
}

#[test]
fn invalid_bounds_are_all_reported_before_reads() {
    let entered = CreateInvitation { expires_in_seconds: Some(59), max_uses: Some(0) };
    let wrong = |field, rule| FieldViolation::new(field, Violation::NotOneOf(rule));
    let both = vec![wrong("expires_in_seconds", "60 to 31536000"), wrong("max_uses", "1 to 10000")];
    assert_eq!(World::default().invitations().create(room(), me(), &entered), Err(Failure::Invalid(both)));
    let entered = CreateInvitation { max_uses: None, ..entered };
    let one = vec![wrong("expires_in_seconds", "60 to 31536000")];
    assert_eq!(World::default().invitations().create(room(), me(), &entered), Err(Failure::Invalid(one)));
}

#[test]
fn members_and_outsiders_cannot_invite_revoke_or_list() {
    for (visibility, role, denial) in [
        (Private, Some(Member), Denial::NotAModerator),
        (Public, None, Denial::NotAMember),
        (Private, None, Denial::ChatroomNotFound),
    ] {
        let mut world = World::with_access(visibility, role);
        world.secrets.expect_invitation_secret().return_const(secret());
        let invitations = world.invitations();
        let made = invitations.create(room(), me(), &CreateInvitation::default());
        assert_eq!(made, Err(denial.into()));
        assert_eq!(invitations.revoke(room(), me(), invitation().id), Err(denial.into()));
        assert_eq!(invitations.list(room(), me(), None, limit(1)), Err(denial.into()));
    }
}

#[test]
fn create_beyond_limit_is_refused() {
    let mut world = World::with_access(Private, Some(Moderator));
    expect_creation(&mut world, invitation(), Invited::TooMany);
    let made = world.invitations().create(room(), me(), &CreateInvitation::default());
    assert_eq!(made, Err(Denial::TooManyInvitations.into()));
}

#[test]
fn create_by_demoted_moderator_is_refused() {
    let mut world = World::with_first_access(Private, Some(Moderator));
    expect_creation(&mut world, invitation(), Invited::Refused);
    world.expect_later_access(Private, Some(Member));
    let made = world.invitations().create(room(), me(), &CreateInvitation::default());
    assert_eq!(made, Err(Denial::NotAModerator.into()));
}

#[test]
fn revoke_is_guarded_by_moderator_role() {
    let revoked = |outcome| {
        let mut world = World::with_first_access(Private, Some(Moderator));
        let revoke = world.invitations.expect_revoke();
        let revoke = revoke.with(eq(room()), eq(invitation().id), eq(Guard::holds(me(), Moderator)), eq(NOW));
        revoke.times(1).return_const(Ok(outcome));
        world
    };
    let id = invitation().id;
    assert_eq!(revoked(Revocation::Revoked).invitations().revoke(room(), me(), id), Ok(()));
    let unknown = revoked(Revocation::NotFound).invitations().revoke(room(), me(), id);
    assert_eq!(unknown, Err(Denial::InvitationNotFound.into()));
    let mut demoted = revoked(Revocation::Refused);
    demoted.expect_later_access(Private, Some(Member));
    assert_eq!(demoted.invitations().revoke(room(), me(), id), Err(Denial::NotAModerator.into()));
}

#[test]
fn extra_row_indicates_more_invitations() {
    let mut world = World::with_access(Private, Some(Moderator));
    let list = world.invitations.expect_list();
    let list = list.with(eq(room()), eq(NOW), eq(Some(invitation().id)), eq(limit(1)));
    list.times(1).return_const(Ok(vec![invitation(), spent()]));
    let page = Page { items: vec![invitation()], more: true };
    assert_eq!(world.invitations().list(room(), me(), Some(invitation().id), limit(1)), Ok(page));
}

#[test]
fn accept_adds_holder_of_code() {
    let mut world = World::default();
    expect_found(&mut world, 1, Some(invitation()));
    expect_entrance(&mut world, Added::Added(member(me(), Member)));
    let entered = AddedMember { member: member(me(), Member), new: true };
    assert_eq!(world.invitations().accept(&invitation().code(), me()), Ok(entered));
}

#[test]
fn unknown_code_and_wrong_secret_are_not_found() {
    let guess = Invitation { secret: InvitationSecret::new([8; 16]), ..invitation() }.code();
    for found in [None, Some(invitation()), Some(spent())] {
        let mut world = World::default();
        expect_found(&mut world, 1, found);
        assert_eq!(world.invitations().accept(&guess, me()), Err(Denial::InvitationNotFound.into()));
    }
}

#[test]
fn gone_invitation_admits_nobody_and_keeps_members() {
    let expired = Invitation { expires_at: Some(NOW), ..invitation() };
    let revoked = Invitation { revoked_at: Some(NOW), ..invitation() };
    for gone in [spent(), expired, revoked] {
        for mine in [None, Some(member(me(), Owner))] {
            let mut world = World::default();
            expect_found(&mut world, 1, Some(gone.clone()));
            let find = world.memberships.expect_find().with(eq(room()), eq(me()));
            find.times(1).return_const(Ok(mine.clone()));
            let unchanged = mine.map(|member| AddedMember { member, new: false });
            let outcome = world.invitations().accept(&gone.code(), me());
            assert_eq!(outcome, unchanged.ok_or(Denial::InvitationGone.into()));
        }
    }
}

#[test]
fn accept_by_member_keeps_membership() {
    let mut world = World::default();
    expect_found(&mut world, 1, Some(invitation()));
    expect_entrance(&mut world, Added::Already(member(me(), Owner)));
    let unchanged = AddedMember { member: member(me(), Owner), new: false };
    assert_eq!(world.invitations().accept(&invitation().code(), me()), Ok(unchanged));
}

#[test]
fn accept_by_banned_or_deleted_user_is_refused() {
    for (outcome, denial) in [(Added::Banned, Denial::Banned), (Added::NoSuchUser, Denial::UserNotFound)] {
        let mut world = World::default();
        expect_found(&mut world, 1, Some(invitation()));
        expect_entrance(&mut world, outcome);
        assert_eq!(world.invitations().accept(&invitation().code(), me()), Err(denial.into()));
    }
}

#[test]
fn invitation_spent_meanwhile_is_gone() {
    let mut world = World::default();
    expect_found(&mut world, 1, Some(invitation()));
    expect_entrance(&mut world, Added::Refused);
    expect_found(&mut world, 1, Some(spent()));
    world.memberships.expect_find().times(1).return_const(Ok(None));
    assert_eq!(world.invitations().accept(&invitation().code(), me()), Err(Denial::InvitationGone.into()));
}

#[test]
fn invitation_to_chatroom_deleted_meanwhile_is_not_found() {
    let mut world = World::default();
    expect_found(&mut world, 1, Some(invitation()));
    expect_entrance(&mut world, Added::Refused);
    expect_found(&mut world, 1, None);
    assert_eq!(world.invitations().accept(&invitation().code(), me()), Err(Denial::InvitationNotFound.into()));
}

#[test]
fn repeatedly_refused_accept_gives_up() {
    let mut world = World::default();
    world.invitations.expect_find().return_const(Ok(Some(invitation())));
    world.memberships.expect_add().times(2..).return_const(Ok(Added::Refused));
    let outcome = world.invitations().accept(&invitation().code(), other());
    assert_eq!(outcome, Err(StoreError::Contention.into()));
}
