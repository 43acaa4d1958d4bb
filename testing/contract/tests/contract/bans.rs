//! Bans, which block every way into a chatroom.

use std::thread;

use chit_chat_contract::{Engine, World, both_engines, done, id_literal, kind, race};
use chit_chat_domain::ban::{Ban, Banned, MAX_BANS, NewBan};
use chit_chat_domain::chatroom::{Entrance, Guard, Right};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::{Change, MembershipEnd};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::invitation::Invited;
use chit_chat_domain::membership::{Added, LeaveReason, NewMembership, Role};
use chit_chat_domain::message::Appended;
use chit_chat_domain::page::Limit;
use chit_chat_domain::stores::Stores;

use crate::invitations::{LIMITS, draft_invitation};

/// Bans a user as a moderator or owner who has just read their membership.
fn ban_at(stores: &Stores, room: ChatroomId, by: UserId, user: UserId, at: Timestamp) -> Banned {
    let membership = stores.memberships.find(room, user).unwrap().map(|member| member.membership);
    let new = NewBan { chatroom_id: room, user_id: user, membership, at };
    stores.bans.ban(new, MAX_BANS, Guard::holds(by, Role::Moderator)).unwrap()
}

fn ban(world: &World, room: ChatroomId, by: UserId, user: UserId) -> Banned {
    ban_at(world, room, by, user, world.tick())
}

fn lift(world: &World, room: ChatroomId, by: UserId, user: UserId) -> Guarded {
    world.bans.lift(room, user, Guard::holds(by, Role::Moderator), world.tick()).unwrap()
}

fn add(stores: &Stores, world: &World, room: ChatroomId, user: UserId, entrance: Entrance) -> Added {
    let new = NewMembership { chatroom_id: room, user_id: user, at: world.tick() };
    stores.memberships.add(new, entrance).unwrap()
}

fn listed(world: &World, room: ChatroomId, after: Option<i64>, limit: u64) -> Vec<UserId> {
    let bans = world.bans.list(room, after, Limit::parse(limit).unwrap()).unwrap();
    bans.into_iter().map(|ban| ban.user_id).collect()
}

#[both_engines]
fn ban_removes_membership(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let at = world.tick();
    let placed = ban_at(&world, room, matt, beth, at);
    let expected = Ban { chatroom_id: room, user_id: beth, banned_by: matt, created_at: at, seq: 4 };
    assert_eq!(placed, Banned::Banned(expected));
    assert_eq!(world.memberships.find(room, beth), Ok(None));
    let log: Vec<_> = world.log(room).into_iter().skip(3).map(|event| (event.actor_id, event.change)).collect();
    let reason = MembershipEnd::Banned;
    let ended = Change::MembershipDeleted { user_id: beth, reason };
    assert_eq!(log, [(matt, Change::BanCreated { user_id: beth }), (matt, ended)]);
    assert_eq!(world.bans.list(room, None, Limit::MAX), Ok(vec![expected]));
    assert_eq!(world.send(world.draft(room, beth, "boo")), Appended::Refused);
}

#[both_engines]
fn ban_blocks_every_entrance_until_lifted(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (room, elsewhere) = (world.public_room(matt), world.public_room(matt));
    let invitation = draft_invitation(&world, room, matt);
    let made = world.invitations.create(invitation.clone(), LIMITS, Guard::holds(matt, Role::Moderator));
    assert_eq!(made, Ok(Invited::Created));
    let entrances =
        [Entrance::Public, Entrance::By(Guard::may(matt, Right::Add)), Entrance::Invitation(invitation.id)];
    assert!(matches!(ban(&world, room, matt, beth), Banned::Banned(_)));
    let head = world.head(room);
    for entrance in entrances {
        assert_eq!(add(&world, &world, room, beth, entrance), Added::Banned);
    }
    assert_eq!((world.memberships.find(room, beth), world.head(room)), (Ok(None), head));
    assert_eq!(world.invitations.find(room, invitation.id).unwrap().map(|it| it.uses), Some(0));
    assert!(matches!(world.join(elsewhere, beth), Added::Added(_)), "another room");
    assert_eq!(lift(&world, room, matt, beth), Guarded::Done(()));
    assert_eq!(world.bans.list(room, None, Limit::MAX), Ok(vec![]));
    for entrance in entrances {
        assert!(matches!(add(&world, &world, room, beth, entrance), Added::Added(_)));
        world.leave(room, beth);
    }
}

#[both_engines]
fn ban_and_lift_are_idempotent(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[]);
    let Banned::Banned(first) = ban(&world, room, matt, beth) else { panic!("not banned") };
    assert_eq!(ban(&world, room, matt, beth), Banned::Already(first));
    for _ in 0..2 {
        assert_eq!(lift(&world, room, matt, beth), Guarded::Done(()));
    }
    assert!(matches!(ban(&world, room, matt, beth), Banned::Banned(again) if again.seq == 5));
    let kinds = world.kinds(room);
    assert_eq!(kinds[2..], ["ban.created", "ban.deleted", "ban.created"]);
}

#[both_engines]
fn ban_of_missing_user_is_rejected(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    world.delete_account(beth);
    for user in [beth, UserId::from(world.ids.next())] {
        assert_eq!(ban(&world, room, matt, user), Banned::NoSuchUser);
    }
    assert_eq!(world.head(room), 3);
}

#[both_engines]
fn ban_requires_moderator(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, rohan, eve] = ["Matt", "Beth", "Rohan", "Eve"].map(|name| world.user(name));
    let room = world.room(matt, &[beth, rohan]);
    for actor in [beth, eve] {
        assert_eq!(ban(&world, room, actor, rohan), Banned::Refused);
        assert_eq!(lift(&world, room, actor, rohan), Guarded::Refused);
    }
    world.change_role(room, matt, beth, Role::Moderator);
    assert!(matches!(ban(&world, room, beth, rohan), Banned::Banned(_)));
    assert_eq!(lift(&world, room, beth, rohan), Guarded::Done(()));
    world.delete_room(room, matt);
    assert_eq!(ban(&world, room, matt, eve), Banned::Refused);
    assert_eq!(lift(&world, room, matt, eve), Guarded::Refused);
}

#[both_engines]
fn ban_of_changed_membership_is_refused(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.public_room(matt);
    let as_read = |membership| {
        let new = NewBan { chatroom_id: room, user_id: beth, membership, at: world.tick() };
        world.bans.ban(new, MAX_BANS, Guard::holds(matt, Role::Owner)).unwrap()
    };
    world.join(room, beth);
    let member = world.member(room, beth).membership;
    assert_eq!(as_read(None), Banned::Refused, "joined meanwhile");
    world.change_role(room, matt, beth, Role::Moderator);
    assert_eq!(as_read(Some(member.clone())), Banned::Refused, "promoted meanwhile");
    world.change_role(room, matt, beth, Role::Member);
    world.leave(room, beth);
    assert_eq!(as_read(Some(member.clone())), Banned::Refused, "left meanwhile");
    world.join(room, beth);
    assert_eq!(as_read(Some(member)), Banned::Refused, "left and rejoined meanwhile");
    assert_eq!(world.bans.list(room, None, Limit::MAX), Ok(vec![]));
}

#[both_engines]
fn bans_are_paged_newest_first(engine: Engine) {
    let world = World::new(engine);
    let [matt, zoe, adam, beth] = ["Matt", "Zoe", "adam", "beth"].map(|name| world.user(name));
    let (room, other) = (world.room(matt, &[]), world.room(matt, &[]));
    for user in [zoe, adam, beth] {
        ban(&world, room, matt, user);
        ban(&world, other, matt, user);
    }
    done(lift(&world, room, matt, zoe));
    ban(&world, room, matt, zoe);
    assert_eq!(listed(&world, room, None, 200), [zoe, beth, adam]);
    assert_eq!(listed(&world, room, None, 1), [zoe, beth]);
    assert_eq!(listed(&world, room, Some(5), 200), [adam]);
    assert_eq!(listed(&world, room, Some(4), 200), []);
}

#[both_engines]
fn ban_moves_access_version(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let mut raw = world.raw();
    let mut access = || raw.number("SELECT access_version AS value FROM chatrooms");
    let version = |user| world.changes_since.memberships(user, 1).unwrap().version;
    let before = (version(matt), version(beth), access());
    ban(&world, room, matt, beth);
    assert_eq!((version(matt), version(beth), access()), (before.0, before.1 + 1, before.2 + 1));
    done(lift(&world, room, matt, beth));
    assert_eq!((version(matt), version(beth), access()), (before.0, before.1 + 1, before.2 + 1));
}

#[both_engines]
fn chatroom_has_at_most_that_many_bans(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, zoe, adam] = ["Matt", "Beth", "Zoe", "Adam"].map(|name| world.user(name));
    let (room, other) = (world.room(matt, &[adam]), world.room(matt, &[]));
    let ban_within = |most, room, user| {
        let membership = world.memberships.find(room, user).unwrap().map(|member| member.membership);
        let new = NewBan { chatroom_id: room, user_id: user, membership, at: world.tick() };
        world.bans.ban(new, most, Guard::holds(matt, Role::Owner)).unwrap()
    };
    ban(&world, other, matt, adam);
    for user in [beth, zoe] {
        assert!(matches!(ban_within(2, room, user), Banned::Banned(_)));
    }
    let head = world.head(room);
    assert_eq!(ban_within(2, room, adam), Banned::TooMany);
    assert!(matches!(ban_within(2, room, zoe), Banned::Already(_)));
    assert_eq!((world.head(room), listed(&world, room, None, 200)), (head, vec![zoe, beth]));
    world.member(room, adam);
    done(lift(&world, room, matt, beth));
    assert!(matches!(ban_within(2, room, adam), Banned::Banned(_)));
}

#[both_engines]
fn deletion_of_account_removes_its_bans(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let (room, other) = (world.room(matt, &[]), world.room(matt, &[]));
    for user in [beth, zoe] {
        ban(&world, room, matt, user);
    }
    ban(&world, other, matt, beth);
    world.delete_account(beth);
    assert_eq!((listed(&world, room, None, 200), listed(&world, other, None, 200)), (vec![zoe], vec![]));
    let head = world.head(room);
    assert_eq!(ban(&world, room, matt, beth), Banned::NoSuchUser);
    assert_eq!(lift(&world, room, matt, beth), Guarded::Done(()));
    assert_eq!(world.head(room), head);
    assert_eq!(world.join(world.public_room(matt), beth), Added::NoSuchUser);
}

#[both_engines]
fn chatroom_deletion_removes_bans(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (deleted, room) = (world.room(matt, &[]), world.room(matt, &[]));
    for room in [deleted, room] {
        ban(&world, room, matt, beth);
    }
    world.delete_room(deleted, matt);
    while world.chatrooms.purge(100).unwrap() {}
    assert_eq!((listed(&world, deleted, None, 200), listed(&world, room, None, 200)), (vec![], vec![beth]));
}

/// Joins while a ban is open in a transaction, which then ends with this statement.
fn joined_while_banned(engine: Engine, end: &str) -> Added {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.public_room(matt);
    let mut held = world.raw();
    held.begin();
    let [in_room, owner, user] = [id_literal(engine, room), id_literal(engine, matt), id_literal(engine, beth)];
    held.lock_rooms(&format!("id = {in_room}"));
    let at = if engine == Engine::Sqlite { "0" } else { "now()" };
    held.run(&format!("INSERT INTO bans VALUES ({in_room}, {user}, {owner}, {at}, 3)"));
    held.run(&format!("UPDATE chatrooms SET last_seq = 3 WHERE id = {in_room}"));
    thread::scope(|scope| {
        let joining = scope.spawn(|| world.join(room, beth));
        world.wait_for_blocked(1);
        held.run(end);
        joining.join().unwrap()
    })
}

#[both_engines]
fn join_waiting_for_ban_is_refused(engine: Engine) {
    assert_eq!(joined_while_banned(engine, "COMMIT"), Added::Banned);
    assert!(matches!(joined_while_banned(engine, "ROLLBACK"), Added::Added(_)));
}

#[both_engines]
fn ban_racing_with_entrances_leaves_no_member(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    for _ in 0..10 {
        let room = world.public_room(matt);
        let invitation = draft_invitation(&world, room, matt);
        let guard = Guard::holds(matt, Role::Moderator);
        assert_eq!(world.invitations.create(invitation.clone(), LIMITS, guard), Ok(Invited::Created));
        let entrances =
            [Entrance::Public, Entrance::By(Guard::may(matt, Right::Add)), Entrance::Invitation(invitation.id)];
        race(7, |n| {
            let stores = if n % 2 == 0 { &*world.store } else { &another };
            if n == 6 {
                while ban_at(stores, room, matt, beth, world.tick()) == Banned::Refused {}
            } else {
                let entrance = entrances[n % 3];
                for _ in 0..100 {
                    if add(stores, &world, room, beth, entrance) == Added::Banned {
                        break;
                    }
                    stores.memberships.leave(room, beth, LeaveReason::Left, world.tick()).unwrap();
                }
            }
        });
        assert_eq!(world.memberships.find(room, beth), Ok(None));
        assert_eq!(listed(&world, room, None, 200), [beth]);
        let log = world.log(room);
        let behind = log.iter().map(|event| kind(&event.change)).skip_while(|kind| *kind != "ban.created");
        let behind: Vec<_> = behind.collect();
        assert!(["ban.created", "membership.deleted"].starts_with(&behind), "{behind:?}");
    }
}
