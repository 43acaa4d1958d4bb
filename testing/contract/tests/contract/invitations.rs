//! Invitations: who may use them, and how often.

use std::time::Duration;

use chit_chat_contract::{Engine, World, both_engines, kind, race};
use chit_chat_domain::chatroom::{Entrance, Guard};
use chit_chat_domain::event::Change;
use chit_chat_domain::id::{ChatroomId, IdSource, InvitationId, UserId};
use chit_chat_domain::invitation::{Invitation, InvitationLimits, InvitationSecret, Invited, MaxUses, Revocation};
use chit_chat_domain::membership::{Added, NewMembership, Role};
use chit_chat_domain::page::Limit;
use chit_chat_domain::stores::Stores;

pub(crate) const LIMITS: InvitationLimits = InvitationLimits { usable: 100, remembered: 1_000 };

/// An unused invitation without limits.
pub(crate) fn draft_invitation(world: &World, room: ChatroomId, by: UserId) -> Invitation {
    Invitation {
        id: InvitationId::from(world.ids.next()),
        chatroom_id: room,
        secret: InvitationSecret::new([0xfe; 16]),
        created_by: by,
        created_at: world.tick(),
        expires_at: None,
        max_uses: None,
        uses: 0,
        revoked_at: None,
    }
}

pub(crate) fn for_only(uses: i64, invitation: Invitation) -> Invitation {
    Invitation { max_uses: MaxUses::parse(uses).ok(), ..invitation }
}

fn create(world: &World, invitation: Invitation, most: InvitationLimits) -> Invited {
    let guard = Guard::holds(invitation.created_by, Role::Moderator);
    world.invitations.create(invitation, most, guard).unwrap()
}

/// Creates the invitation and returns its id.
pub(crate) fn made(world: &World, invitation: Invitation) -> InvitationId {
    let id = invitation.id;
    assert_eq!(create(world, invitation, LIMITS), Invited::Created);
    id
}

pub(crate) fn accept(stores: &Stores, world: &World, room: ChatroomId, id: InvitationId, user: UserId) -> Added {
    let new = NewMembership { chatroom_id: room, user_id: user, at: world.tick() };
    stores.memberships.add(new, Entrance::Invitation(id)).unwrap()
}

fn revoke(world: &World, room: ChatroomId, by: UserId, id: InvitationId) -> Revocation {
    world.invitations.revoke(room, id, Guard::holds(by, Role::Moderator), world.tick()).unwrap()
}

pub(crate) fn listed(
    world: &World,
    room: ChatroomId,
    after: Option<InvitationId>,
    limit: u64,
) -> Vec<InvitationId> {
    let limit = Limit::parse(limit).unwrap();
    let usable = world.invitations.list(room, world.tick(), after, limit).unwrap();
    usable.into_iter().map(|invitation| invitation.id).collect()
}

fn uses(world: &World, room: ChatroomId, id: InvitationId) -> i64 {
    world.invitations.find(room, id).unwrap().unwrap().uses
}

#[both_engines]
fn invitation_is_stored_and_logged_without_code(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let plain = draft_invitation(&world, room, matt);
    let bounded = for_only(10_000, draft_invitation(&world, room, matt));
    let bounded = Invitation { expires_at: Some(bounded.created_at.plus(Duration::from_secs(60))), ..bounded };
    for invitation in [plain, bounded] {
        assert_eq!(create(&world, invitation.clone(), LIMITS), Invited::Created);
        assert_eq!(world.invitations.find(room, invitation.id), Ok(Some(invitation.clone())));
        let last = world.log(room).pop().unwrap();
        assert_eq!((last.actor_id, last.at), (matt, invitation.created_at));
        assert_eq!(last.change, Change::InvitationCreated { invitation_id: invitation.id });
    }
    let details = world.raw().lines("SELECT detail AS value FROM events WHERE kind = 'invitation.created'");
    assert!(details.iter().all(|detail| detail.len() == r#"{"invitation":""}"#.len() + 36), "{details:?}");
}

#[both_engines]
fn accept_adds_member_as_its_own_actor(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[]);
    let id = made(&world, draft_invitation(&world, room, matt));
    let Added::Added(member) = accept(&world, &world, room, id, beth) else { panic!("not added") };
    assert_eq!((member.membership.role, member.membership.joined_seq), (Role::Member, 4));
    assert_eq!(world.memberships.find(room, beth), Ok(Some(member.clone())));
    let last = world.log(room).pop().unwrap();
    let joined = Change::MembershipCreated { user_id: beth, role: Role::Member };
    assert_eq!((last.actor_id, last.change), (beth, joined));
    assert_eq!(accept(&world, &world, room, id, beth), Added::Already(member));
    assert_eq!((uses(&world, room, id), world.head(room)), (1, 4));
}

#[both_engines]
fn unusable_invitation_admits_nobody(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, rohan] = ["Matt", "Beth", "Rohan"].map(|name| world.user(name));
    let (room, other) = (world.room(matt, &[]), world.room(matt, &[]));
    let spent = made(&world, for_only(1, draft_invitation(&world, room, matt)));
    assert!(matches!(accept(&world, &world, room, spent, beth), Added::Added(_)));
    let revoked = made(&world, draft_invitation(&world, room, matt));
    assert_eq!(revoke(&world, room, matt, revoked), Revocation::Revoked);
    let draft = draft_invitation(&world, room, matt);
    let expired = made(&world, Invitation { expires_at: Some(draft.created_at), ..draft });
    let elsewhere = made(&world, draft_invitation(&world, other, matt));
    let head = world.head(room);
    for id in [spent, revoked, expired, elsewhere, InvitationId::from(world.ids.next())] {
        assert_eq!(accept(&world, &world, room, id, rohan), Added::Refused);
        assert!(matches!(accept(&world, &world, room, id, beth), Added::Already(_)));
    }
    assert_eq!((world.memberships.find(room, rohan), world.head(room)), (Ok(None), head));
    assert_eq!(uses(&world, room, spent), 1);
    assert_eq!(listed(&world, room, None, 200), []);
    assert_eq!(listed(&world, other, None, 200), [elsewhere]);
}

#[both_engines]
fn user_who_comes_back_takes_no_second_use(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, rohan, zoe] = ["Matt", "Beth", "Rohan", "Zoe"].map(|name| world.user(name));
    let room = world.room(matt, &[]);
    let id = made(&world, for_only(2, draft_invitation(&world, room, matt)));
    for _ in 0..3 {
        assert!(matches!(accept(&world, &world, room, id, beth), Added::Added(_)));
        assert_eq!((uses(&world, room, id), listed(&world, room, None, 200)), (1, vec![id]));
        world.leave(room, beth);
    }
    assert!(matches!(accept(&world, &world, room, id, rohan), Added::Added(_)));
    assert_eq!(world.kinds(room).last(), Some(&"invitation.deleted"));
    for user in [zoe, beth] {
        assert_eq!(accept(&world, &world, room, id, user), Added::Refused, "used up");
    }
    let another = made(&world, draft_invitation(&world, room, matt));
    assert!(matches!(accept(&world, &world, room, another, beth), Added::Added(_)));
    assert_eq!(uses(&world, room, another), 1, "each invitation counts for itself");
}

#[both_engines]
fn invitation_is_valid_until_its_last_microsecond(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[]);
    let draft = draft_invitation(&world, room, matt);
    let end = draft.created_at.plus(Duration::from_secs(60));
    let id = made(&world, Invitation { expires_at: Some(end), ..draft });
    let at = |at| {
        let new = NewMembership { chatroom_id: room, user_id: beth, at };
        world.memberships.add(new, Entrance::Invitation(id)).unwrap()
    };
    let before = end.minus(Duration::from_micros(1));
    let seen = |now| world.invitations.list(room, now, None, Limit::MAX).unwrap().len();
    assert_eq!((seen(before), seen(end)), (1, 0));
    assert_eq!(at(end), Added::Refused);
    assert!(matches!(at(before), Added::Added(_)));
}

#[both_engines]
fn invitation_rejects_deleted_account(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[]);
    let id = made(&world, draft_invitation(&world, room, matt));
    world.delete_account(beth);
    assert_eq!(accept(&world, &world, room, id, beth), Added::NoSuchUser);
    assert_eq!(uses(&world, room, id), 0);
}

#[both_engines]
fn last_use_of_invitation_is_logged(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, rohan] = ["Matt", "Beth", "Rohan"].map(|name| world.user(name));
    let room = world.room(matt, &[]);
    let id = made(&world, for_only(2, draft_invitation(&world, room, matt)));
    let before = world.kinds(room).len();
    accept(&world, &world, room, id, beth);
    assert_eq!(world.kinds(room)[before..], ["membership.created"]);
    accept(&world, &world, room, id, rohan);
    assert_eq!(world.kinds(room)[before + 1..], ["membership.created", "invitation.deleted"]);
    let last = world.log(room).pop().unwrap();
    assert_eq!((last.actor_id, last.change), (rohan, Change::InvitationDeleted { invitation_id: id }));
}

#[both_engines]
fn revoke_is_idempotent(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, rohan] = ["Matt", "Beth", "Rohan"].map(|name| world.user(name));
    let (room, other) = (world.room(matt, &[rohan]), world.room(matt, &[]));
    let spent = made(&world, for_only(1, draft_invitation(&world, room, matt)));
    accept(&world, &world, room, spent, beth);
    let head = world.head(room);
    for _ in 0..2 {
        assert_eq!(revoke(&world, room, matt, spent), Revocation::Revoked);
    }
    let last = world.log(room).pop().unwrap();
    assert_eq!(
        (last.seq, last.change),
        (head, Change::InvitationDeleted { invitation_id: spent }),
        "no second event"
    );
    let unused = made(&world, for_only(1, draft_invitation(&world, room, matt)));
    for _ in 0..2 {
        assert_eq!(revoke(&world, room, matt, unused), Revocation::Revoked);
    }
    let last = world.log(room).pop().unwrap();
    assert_eq!((last.seq, last.change), (head + 2, Change::InvitationDeleted { invitation_id: unused }));
    let id = made(&world, draft_invitation(&world, room, matt));
    assert_eq!(revoke(&world, other, matt, id), Revocation::NotFound, "of another chatroom");
    assert_eq!(revoke(&world, room, matt, InvitationId::from(world.ids.next())), Revocation::NotFound);
    for actor in [rohan, world.user("Eve")] {
        assert_eq!(revoke(&world, room, actor, id), Revocation::Refused);
    }
    assert_eq!(listed(&world, room, None, 200), [id]);
}

#[both_engines]
fn invite_requires_moderator(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, eve] = ["Matt", "Beth", "Eve"].map(|name| world.user(name));
    let room = world.room(matt, &[beth]);
    for actor in [beth, eve] {
        assert_eq!(create(&world, draft_invitation(&world, room, actor), LIMITS), Invited::Refused);
    }
    world.change_role(room, matt, beth, Role::Moderator);
    assert_eq!(create(&world, draft_invitation(&world, room, beth), LIMITS), Invited::Created);
    assert_eq!(world.head(room), 5);
}

#[both_engines]
fn invitations_are_paged_newest_first(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let ids: Vec<_> = (0..4).map(|_| made(&world, draft_invitation(&world, room, matt))).collect();
    revoke(&world, room, matt, ids[2]);
    assert_eq!(listed(&world, room, None, 200), [ids[3], ids[1], ids[0]]);
    assert_eq!(listed(&world, room, None, 1), [ids[3], ids[1]]);
    assert_eq!(listed(&world, room, Some(ids[3]), 200), [ids[1], ids[0]]);
    assert_eq!(listed(&world, room, Some(ids[0]), 200), []);
}

#[both_engines]
fn usable_invitations_are_limited(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (room, other) = (world.room(matt, &[]), world.room(matt, &[]));
    let most = InvitationLimits { usable: 2, ..LIMITS };
    let create = |room| create(&world, for_only(1, draft_invitation(&world, room, matt)), most);
    assert_eq!([create(room), create(room), create(room)], [Invited::Created, Invited::Created, Invited::TooMany]);
    assert_eq!(create(other), Invited::Created);
    accept(&world, &world, room, listed(&world, room, None, 1)[0], beth);
    assert_eq!([create(room), create(room)], [Invited::Created, Invited::TooMany]);
    revoke(&world, room, matt, listed(&world, room, None, 1)[0]);
    assert_eq!(create(room), Invited::Created);
}

#[both_engines]
fn only_newest_unusable_invitations_are_kept(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (room, other) = (world.room(matt, &[]), world.room(matt, &[]));
    let most = InvitationLimits { remembered: 3, ..LIMITS };
    let create = |room| {
        let draft = draft_invitation(&world, room, matt);
        let id = draft.id;
        assert_eq!(create(&world, draft, most), Invited::Created);
        id
    };
    let elsewhere = create(other);
    revoke(&world, other, matt, elsewhere);
    let ids: Vec<_> = (0..3).map(|_| create(room)).collect();
    accept(&world, &world, room, ids[0], beth);
    revoke(&world, room, matt, ids[0]);
    revoke(&world, room, matt, ids[2]);
    let known = |ids: &[InvitationId]| -> Vec<bool> {
        ids.iter().map(|id| world.invitations.find(room, *id).unwrap().is_some()).collect()
    };
    assert_eq!(known(&ids), [true, true, true]);
    create(room);
    assert_eq!(known(&ids), [false, true, true]);
    assert_eq!(world.raw().number("SELECT count(*) AS value FROM invitation_uses"), 0);
    create(room);
    create(room);
    assert_eq!(known(&ids), [false, true, false], "usable invitations are kept");
    assert!(world.invitations.find(other, elsewhere).unwrap().is_some());
}

#[both_engines]
fn chatroom_deletion_removes_invitations(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, rohan, zoe] = ["Matt", "Beth", "Rohan", "Zoe"].map(|name| world.user(name));
    let room = world.room(matt, &[]);
    let id = made(&world, draft_invitation(&world, room, matt));
    for user in [rohan, zoe] {
        accept(&world, &world, room, id, user);
    }
    world.delete_room(room, matt);
    assert_eq!(world.invitations.find(room, id), Ok(None));
    assert_eq!(accept(&world, &world, room, id, beth), Added::Refused);
    assert_eq!(revoke(&world, room, matt, id), Revocation::Refused);
    while world.chatrooms.purge(1).unwrap() {}
    for table in ["invitations", "invitation_uses"] {
        assert_eq!(world.raw().number(&format!("SELECT count(*) AS value FROM {table}")), 0);
    }
}

#[both_engines]
fn racing_accepts_respect_max_uses(engine: Engine) {
    let world = World::new(engine);
    let stores = [&*world.store, &world.open_another(), &world.open_another()];
    let matt = world.user("Matt");
    let people: Vec<UserId> = (0..12).map(|n| world.user(&format!("user_{n}"))).collect();
    for most in [1, 5, 11] {
        let room = world.room(matt, &[]);
        let id = made(&world, for_only(most, draft_invitation(&world, room, matt)));
        let outcomes = race(people.len(), |n| accept(stores[n % 3], &world, room, id, people[n]));
        let added = outcomes.iter().filter(|outcome| matches!(outcome, Added::Added(_))).count();
        let refused = outcomes.iter().filter(|outcome| **outcome == Added::Refused).count();
        assert_eq!((i64::try_from(added).unwrap(), added + refused), (most, people.len()));
        assert_eq!(uses(&world, room, id), most);
        assert_eq!(world.memberships.list(room, 0, Limit::MAX).unwrap().len(), added + 1);
        assert_eq!(world.log(room).len(), added + 4);
        assert_eq!(world.kinds(room).last(), Some(&"invitation.deleted"));
    }
}

#[both_engines]
fn racing_accepts_of_one_user_use_invitation_once(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[]);
    let id = made(&world, for_only(1, draft_invitation(&world, room, matt)));
    let outcomes = race(10, |n| {
        let stores = if n % 2 == 0 { &*world.store } else { &another };
        accept(stores, &world, room, id, beth)
    });
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Added::Added(_))).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Added::Already(_))).count(), 9);
    assert_eq!(uses(&world, room, id), 1);
}

#[both_engines]
fn accept_racing_with_revoke_admits_nobody_after_it(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let matt = world.user("Matt");
    let people: Vec<UserId> = (0..6).map(|n| world.user(&format!("user_{n}"))).collect();
    for _ in 0..5 {
        let room = world.room(matt, &[]);
        let id = made(&world, draft_invitation(&world, room, matt));
        let came = race(7, |n| {
            let stores = if n % 2 == 0 { &*world.store } else { &another };
            match people.get(n) {
                Some(user) => matches!(accept(stores, &world, room, id, *user), Added::Added(_)),
                None => revoke(&world, room, matt, id) != Revocation::Revoked,
            }
        });
        let came = came.into_iter().filter(|came| *came).count();
        let log = world.log(room);
        assert_eq!(kind(&log.last().unwrap().change), "invitation.deleted");
        assert_eq!((log.len() - 4, uses(&world, room, id)), (came, i64::try_from(came).unwrap()));
    }
}

#[both_engines]
fn racing_invites_respect_limit(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let most = InvitationLimits { usable: 3, ..LIMITS };
    let outcomes = race(10, |n| {
        let stores = if n % 2 == 0 { &*world.store } else { &another };
        let draft = draft_invitation(&world, room, matt);
        stores.invitations.create(draft, most, Guard::holds(matt, Role::Moderator)).unwrap()
    });
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Invited::Created).count(), 3);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Invited::TooMany).count(), 7);
    assert_eq!(listed(&world, room, None, 200).len(), 3);
}
