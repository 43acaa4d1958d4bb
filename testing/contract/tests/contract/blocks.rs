//! Blocks, and their effect on direct chatrooms and on adding members.

use chit_chat_contract::{Engine, World, both_engines};
use chit_chat_domain::block::{Block, Blocking};
use chit_chat_domain::chatroom::{Creation, Entrance, Guard, Right};
use chit_chat_domain::direct::{Opening, Pair};
use chit_chat_domain::event::Change;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::membership::{Added, LeaveReason, NewMembership};
use chit_chat_domain::message::Appended;
use chit_chat_domain::page::Limit;

fn pair(me: UserId, other: UserId) -> Pair {
    Pair::new(me, other).unwrap()
}

fn blocked_by(world: &World, user: UserId) -> Vec<UserId> {
    world.blocks.list(user, None, Limit::MAX).unwrap().into_iter().map(|block| block.user_id).collect()
}

fn version(world: &World, user: UserId) -> i64 {
    world.changes_since.memberships(user, 0).unwrap().version
}

/// The archived setting after each update of the chatroom, with the user who changed it.
fn settings(world: &World, room: ChatroomId) -> Vec<(UserId, bool)> {
    let of_updates = world.log(room).into_iter().filter_map(|event| match event.change {
        Change::ChatroomUpdated { settings, .. } => Some((event.actor_id, settings.archived)),
        _ => None,
    });
    of_updates.collect()
}

#[both_engines]
fn blocks_are_paged_newest_first(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let people = ["a", "b", "c", "d"].map(|name| world.user(name));
    for user in people {
        world.block(matt, user);
    }
    world.block(people[0], people[1]);
    let limit = Limit::parse(2).unwrap();
    let first = world.blocks.list(matt, None, limit).unwrap();
    let ids = |blocks: &[Block]| blocks.iter().map(|block| block.user_id).collect::<Vec<_>>();
    assert_eq!(ids(&first), [people[3], people[2], people[1]]);
    assert!(first[0].created_at > first[1].created_at);
    let rest = world.blocks.list(matt, Some(first[1]), limit).unwrap();
    assert_eq!(ids(&rest), [people[1], people[0]]);
    assert_eq!(world.blocks.list(people[3], None, limit), Ok(vec![]));
}

#[both_engines]
fn blocks_of_same_instant_are_all_listed(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let mut people = ["a", "b", "c"].map(|name| world.user(name));
    let at = world.tick();
    for user in people {
        assert_eq!(world.blocks.block(pair(matt, user), 10, at), Ok(Blocking::Blocked));
    }
    people.sort_unstable();
    let [one, two, three] = people;
    let behind = |user_id| {
        let rest = world.blocks.list(matt, Some(Block { user_id, created_at: at }), Limit::MAX).unwrap();
        rest.into_iter().map(|block| block.user_id).collect::<Vec<_>>()
    };
    assert_eq!((behind(three), behind(two), behind(one)), (vec![two, one], vec![one], vec![]));
}

#[both_engines]
fn block_twice_is_idempotent(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (mine, theirs) = (version(&world, matt), version(&world, beth));
    world.block(matt, beth);
    let first = world.blocks.list(matt, None, Limit::MAX).unwrap();
    world.block(matt, beth);
    assert_eq!(world.blocks.list(matt, None, Limit::MAX).unwrap(), first);
    assert_eq!((version(&world, matt), version(&world, beth)), (mine + 1, theirs));
    world.unblock(matt, beth);
    world.unblock(matt, beth);
    assert_eq!(blocked_by(&world, matt), []);
    assert_eq!((version(&world, matt), version(&world, beth)), (mine + 2, theirs));
}

#[both_engines]
fn block_of_missing_user_is_rejected_but_unblock_is_not(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, eve] = ["Matt", "Beth", "Eve"].map(|name| world.user(name));
    let nobody = UserId::from(world.ids.next());
    let block = |me, other| world.blocks.block(pair(me, other), 10, world.tick()).unwrap();
    world.block(matt, beth);
    world.delete_account(beth);
    world.delete_account(eve);
    assert_eq!(block(matt, nobody), Blocking::NoSuchUser);
    assert_eq!(block(matt, eve), Blocking::NoSuchUser);
    assert_eq!(block(eve, matt), Blocking::NoSuchUser);
    assert_eq!(block(matt, beth), Blocking::Blocked, "already blocked");
    assert_eq!(world.blocks.unblock(pair(matt, nobody), world.tick()), Ok(None));
    assert_eq!(world.blocks.unblock(pair(eve, matt), world.tick()), Ok(None));
    world.unblock(matt, beth);
    world.unblock(matt, eve);
    assert_eq!(blocked_by(&world, matt), []);
}

#[both_engines]
fn blocks_are_limited(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, eve, zoe] = ["Matt", "Beth", "Eve", "Zoe"].map(|name| world.user(name));
    let block = |other| world.blocks.block(pair(matt, other), 2, world.tick()).unwrap();
    world.block(zoe, eve);
    assert_eq!((block(beth), block(eve), block(zoe)), (Blocking::Blocked, Blocking::Blocked, Blocking::TooMany));
    assert_eq!(block(beth), Blocking::Blocked, "already blocked");
    world.unblock(matt, eve);
    assert_eq!(block(zoe), Blocking::Blocked);
    assert_eq!(blocked_by(&world, matt), [zoe, beth]);
}

#[both_engines]
fn block_makes_direct_chatroom_read_only(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.direct_room(matt, beth);
    let sends = |user| world.send(world.draft(room, user, "hello")) != Appended::Refused;
    world.block(matt, beth);
    assert!(!sends(matt) && !sends(beth));
    world.block(beth, matt);
    world.unblock(matt, beth);
    assert!(!sends(matt) && !sends(beth));
    world.unblock(beth, matt);
    assert!(sends(matt) && sends(beth));
    world.unblock(beth, matt);
    assert_eq!(settings(&world, room), [(matt, true), (beth, false)]);
    assert_eq!(world.kinds(room).len(), 3 + 2 + 2);
}

#[both_engines]
fn block_moves_access_version_and_unblock_does_not(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    world.direct_room(matt, beth);
    let mut raw = world.raw();
    let mut version = || raw.number("SELECT access_version AS value FROM chatrooms");
    let before = version();
    world.block(matt, beth);
    assert_eq!(version(), before + 1);
    world.unblock(matt, beth);
    assert_eq!(version(), before + 1);
}

#[both_engines]
fn unblock_keeps_chatroom_of_deleted_account_read_only(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.direct_room(matt, beth);
    world.block(matt, beth);
    world.delete_account(beth);
    world.unblock(matt, beth);
    world.memberships.leave(room, beth, LeaveReason::AccountDeleted, world.tick()).unwrap();
    assert_eq!(settings(&world, room), [(matt, true)]);
    assert!(world.access(room, matt).chatroom.settings.archived);
}

#[both_engines]
fn blocked_user_opens_only_existing_direct_chatroom(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, eve] = ["Matt", "Beth", "Eve"].map(|name| world.user(name));
    world.direct_room(matt, eve);
    world.block(matt, beth);
    world.block(matt, eve);
    assert_eq!(world.open(beth, matt), Opening::Blocked);
    assert_eq!(world.open(matt, beth), Opening::Blocked);
    for (me, other) in [(eve, matt), (matt, eve)] {
        let Opening::Found(room) = world.open(me, other) else { panic!("not found") };
        assert!(room.settings.archived);
    }
    world.unblock(matt, beth);
    world.direct_room(beth, matt);
}

#[both_engines]
fn blocked_user_cannot_add_blocker(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, eve, zoe] = ["Matt", "Beth", "Eve", "Zoe"].map(|name| world.user(name));
    world.block(matt, beth);
    world.block(zoe, beth);
    let room = world.room(beth, &[eve]);
    let add = |by, user| {
        let new = NewMembership { chatroom_id: room, user_id: user, at: world.tick() };
        world.memberships.add(new, Entrance::By(Guard::may(by, Right::Add))).unwrap()
    };
    assert_eq!(add(beth, matt), Added::Blocked);
    assert_eq!(world.head(room), 3);
    assert!(matches!(add(eve, matt), Added::Added(_)), "other members can add the blocker");
    assert!(matches!(add(beth, matt), Added::Already(_)));
    let draft = world.draft_room(beth, &[matt, eve, zoe]);
    let mut who = vec![matt, zoe];
    who.sort_unstable();
    assert_eq!(world.chatrooms.create_with_members(draft.clone()), Ok(Creation::BlockedBy(who)));
    assert_eq!(world.chatrooms.access(draft.id, beth), Ok(None));
    world.room(matt, &[beth]);
    let public = world.public_room(beth);
    assert!(matches!(world.join(public, matt), Added::Added(_)), "the blocker can still join");
}

#[both_engines]
fn account_deletion_removes_blocks(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, eve] = ["Matt", "Beth", "Eve"].map(|name| world.user(name));
    world.block(matt, beth);
    world.block(beth, matt);
    world.block(eve, matt);
    world.delete_account(matt);
    assert_eq!(blocked_by(&world, matt), []);
    assert_eq!((blocked_by(&world, beth), blocked_by(&world, eve)), (vec![matt], vec![matt]));
}
