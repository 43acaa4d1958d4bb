//! The chatrooms and users that changed, for readers that follow many.

use std::collections::{BTreeMap, BTreeSet};

use chit_chat_contract::{Engine, World, both_engines, done};
use chit_chat_domain::changes_since::{JoinedChatroom, UserMemberships, UserVersion};
use chit_chat_domain::chatroom::{Guard, Seq};
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::membership::{LeaveReason, NewMembership, Role};
use chit_chat_domain::reading::{Mark, ReadState};
use chit_chat_domain::stores::Stores;
use chit_chat_domain::user::{DisplayName, UserChanges};

/// More than one statement queries.
const MANY: usize = 12_000;

fn moved(stores: &Stores, known: &[(ChatroomId, Seq)]) -> Vec<(ChatroomId, Seq)> {
    let mut moved = stores.changes_since.of_chatrooms(known).unwrap();
    moved.sort_unstable();
    moved
}

fn version(stores: &Stores, user: UserId) -> UserVersion {
    stores.changes_since.memberships(user, 1).unwrap().version
}

#[both_engines]
fn every_change_moves_head(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.public_room(matt);
    let mut known = 2;
    let mut has_moved = |what: &str| {
        for stores in [&*world.store, &another] {
            assert_eq!(moved(stores, &[(room, known)]), [(room, known + 1)], "{what}");
            assert_eq!(moved(stores, &[(room, known + 1)]), [], "{what}");
        }
        known += 1;
    };
    let sent = world.say(room, matt, "hello");
    has_moved("sent");
    let edited = done(world.edit(&sent, "goodbye"));
    has_moved("edited");
    done(world.erase(&edited));
    has_moved("deleted");
    world.rename(room, matt, "Another name");
    has_moved("renamed");
    world.join(room, beth);
    has_moved("joined");
    world.promote(room, matt, beth);
    has_moved("promoted");
    world.leave(room, beth);
    has_moved("left");
    world.delete_room(room, matt);
    has_moved("demolished");
    while world.chatrooms.purge(100).unwrap() {}
    assert_eq!(moved(&another, &[(room, 9)]), [(room, 10)], "also after the purge");
}

#[both_engines]
fn known_and_missing_chatrooms_are_omitted(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let (still, busy) = (world.room(matt, &[]), world.room(matt, &[]));
    world.say(busy, matt, "hello");
    let nowhere = ChatroomId::from(world.ids.next());
    assert_eq!(moved(&world, &[]), []);
    assert_eq!(moved(&world, &[(still, 2), (nowhere, 0), (busy, 2)]), [(busy, 3)]);
    assert_eq!(moved(&world, &[(still, 0)]), [(still, 2)]);
    let known = version(&world, matt);
    let nobody = UserId::from(world.ids.next());
    assert_eq!(world.changes_since.of_users(&[]), Ok(vec![]));
    assert_eq!(world.changes_since.of_users(&[(matt, known), (nobody, 0)]), Ok(vec![]));
    assert_eq!(world.changes_since.of_users(&[(nobody, 0), (matt, known - 1)]), Ok(vec![(matt, known)]));
}

#[both_engines]
fn membership_changes_move_only_users_concerned(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, rohan, eve] = ["Matt", "Beth", "Rohan", "Eve"].map(|name| world.user(name));
    let watch = Watch::new(&world, [matt, beth, rohan, eve]);
    let room = watch.moves("created", &[matt, beth], || world.room(matt, &[beth]));
    let open = watch.moves("created", &[matt], || world.public_room(matt));
    watch.moves("joined", &[rohan], || world.join(open, rohan));
    watch.moves("joined already", &[], || world.join(open, rohan));
    watch.moves("added", &[rohan], || add(&world, room, beth, rohan));
    watch.moves("promoted", &[beth], || world.promote(room, matt, beth));
    watch.moves("demoted", &[beth], || world.change_role(room, matt, beth, Role::Member));
    watch.moves("removed", &[rohan], || done(world.remove(room, matt, rohan)));
    watch.moves("left", &[rohan], || world.leave(open, rohan));
    watch.moves("left already", &[], || world.leave(open, rohan));
    watch.moves("handed over", &[matt, beth], || world.leave(room, matt));
    let leave = || world.memberships.leave(room, beth, LeaveReason::AccountDeleted, world.tick()).unwrap();
    watch.moves("left as the last", &[beth], leave);
    let third = watch.moves("created", &[matt, beth, eve], || world.room(matt, &[beth, eve]));
    watch.moves("demolished", &[matt, beth, eve], || world.delete_room(third, matt));
}

#[both_engines]
fn messages_and_renames_move_no_user(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth] = ["Matt", "Beth"].map(|name| world.user(name));
    let room = world.room(matt, &[beth]);
    let watch = Watch::new(&world, [matt, beth]);
    let sent = watch.moves("sent", &[], || world.say(room, matt, "hello"));
    let edited = watch.moves("edited", &[], || done(world.edit(&sent, "hi")));
    watch.moves("deleted", &[], || done(world.erase(&edited)));
    watch.moves("renamed", &[], || world.rename(room, beth, "Tea"));
}

#[both_engines]
fn session_and_account_changes_move_user(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth] = ["Matt", "Beth"].map(|name| world.user(name));
    let watch = Watch::new(&world, [matt, beth]);
    let (session, _) = watch.moves("signed in", &[], || world.session(matt, 100));
    watch.moves("signed out", &[matt], || world.sessions.end(matt, session, world.tick()).unwrap());
    watch.moves("signed out already", &[], || world.sessions.end(matt, session, world.tick()).unwrap());
    let name = UserChanges { display_name: Some(DisplayName::parse("M").ok()), ..UserChanges::default() };
    watch.moves("renamed", &[matt], || world.users.update(matt, name, world.tick()).unwrap());
    watch.moves("disabled", &[matt], || world.administration.disable(matt, world.tick()).unwrap());
    watch.moves("enabled", &[matt], || world.administration.enable(matt).unwrap());
    let reset = || world.administration.reset_password(matt, world.password_hash(), world.tick()).unwrap();
    watch.moves("given another password", &[matt], reset);
    watch.moves("deleted", &[matt], || world.delete_account(matt));
}

#[both_engines]
fn read_and_mute_move_only_their_user_once(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let [matt, beth] = ["Matt", "Beth"].map(|name| world.user(name));
    let room = world.room(matt, &[beth]);
    let head = world.say(room, matt, "hello").seq;
    let watch = Watch::new(&world, [matt, beth]);
    let mark = |seq, force| done(world.reads.mark(room, beth, Mark { seq, force }).unwrap());
    let mute = |muted| done(world.reads.set_muted(room, beth, muted).unwrap());
    let stands = |read_seq, muted| {
        for stores in [&*world.store, &another] {
            let joined = stores.changes_since.memberships(beth, 10).unwrap().chatrooms[0];
            assert_eq!((joined.read, joined.head), (ReadState { read_seq, muted, ..ReadState::default() }, head));
        }
    };
    stands(3, false);
    watch.moves("read", &[beth], || mark(head, false));
    stands(head, false);
    watch.moves("read already", &[], || mark(head, false));
    watch.moves("read before", &[], || mark(1, false));
    watch.moves("unread", &[beth], || mark(1, true));
    watch.moves("unread already", &[], || mark(1, true));
    watch.moves("not muted", &[], || mute(false));
    watch.moves("muted", &[beth], || mute(true));
    stands(1, true);
    watch.moves("muted already", &[], || mute(true));
    watch.moves("unmuted", &[beth], || mute(false));
    stands(1, false);
}

#[both_engines]
fn standing_lists_memberships_of_active_user(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let nobody = UserId::from(world.ids.next());
    assert_eq!(world.changes_since.memberships(nobody, 10), Ok(UserMemberships::default()));
    let (first, second, third) = (world.room(matt, &[]), world.room(matt, &[beth]), world.public_room(beth));
    world.room(beth, &[]);
    let gone = world.room(matt, &[]);
    world.join(third, matt);
    for room in [first, third] {
        world.say(room, matt, "hello");
    }
    world.delete_room(gone, matt);
    let joined = |chatroom_id, joined_seq, head| {
        let read = ReadState::at_joining(joined_seq);
        JoinedChatroom { chatroom_id, joined_seq, head, read }
    };
    let mut expected = vec![joined(first, 2, 3), joined(second, 2, 3), joined(third, 3, 4)];
    expected.sort_unstable_by_key(|joined| joined.chatroom_id);
    for stores in [&*world.store, &another] {
        let memberships = stores.changes_since.memberships(matt, 10).unwrap();
        assert_eq!(memberships.chatrooms, expected);
        assert_eq!(stores.changes_since.of_users(&[(matt, memberships.version)]), Ok(vec![]));
        assert_eq!(memberships.left_out, 0);
    }
    assert_eq!(another.changes_since.is_member(matt, second), Ok(true));
    assert_eq!(another.changes_since.is_member(nobody, second), Ok(false));
    assert_eq!(another.changes_since.is_member(matt, gone), Ok(false));
    world.leave(second, matt);
    assert_eq!(another.changes_since.is_member(matt, second), Ok(false));
    expected.retain(|joined| joined.chatroom_id != second);
    assert_eq!(another.changes_since.memberships(matt, 10).unwrap().chatrooms, expected);
    world.delete_account(matt);
    assert_eq!(another.changes_since.is_member(matt, first), Ok(false));
    assert_eq!(another.changes_since.memberships(matt, 10).unwrap().chatrooms, []);
}

#[both_engines]
fn direct_and_own_chatrooms_come_before_those_of_strangers(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, eve) = (world.user("Matt"), world.user("Beth"), world.user("Eve"));
    let added: Vec<_> = (0..3).map(|_| world.room(eve, &[matt])).collect();
    let (own, joined) = (world.room(matt, &[]), world.public_room(beth));
    world.join(joined, matt);
    let direct = world.direct_room(matt, beth);
    let opened_by_others = world.direct_room(eve, matt);
    world.say(opened_by_others, eve, "hello");
    // A role that others gave does not count.
    world.promote(added[0], eve, matt);
    let listed = |most| -> BTreeSet<ChatroomId> {
        let memberships = world.changes_since.memberships(matt, most).unwrap();
        memberships.chatrooms.iter().map(|joined| joined.chatroom_id).collect()
    };
    assert_eq!(listed(1), BTreeSet::from([direct]));
    assert_eq!(listed(3), BTreeSet::from([direct, own, joined]));
    assert_eq!(listed(4), BTreeSet::from([direct, own, joined, opened_by_others]));
    assert_eq!(listed(10), added.into_iter().chain([direct, own, joined, opened_by_others]).collect());
}

#[both_engines]
fn user_is_seen_in_living_chatrooms_and_those_not_known_yet(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let (matt, beth, eve) = (world.user("Matt"), world.user("Beth"), world.user("Eve"));
    let (room, left, gone) = (world.room(matt, &[beth]), world.room(matt, &[beth]), world.room(matt, &[beth]));
    world.say(room, matt, "hello");
    world.leave(left, beth);
    world.delete_room(gone, matt);
    world.room(matt, &[eve]);
    let (own, opened_by_other) = (world.direct_room(beth, matt), world.direct_room(eve, beth));
    world.leave(own, beth);
    let mut expected = vec![(room, 4), (own, 3), (opened_by_other, 3)];
    expected.sort_unstable();
    for stores in [&*world.store, &another] {
        assert_eq!(stores.changes_since.seen_in(beth, 10), Ok(expected.clone()));
        let most = stores.changes_since.seen_in(beth, 2).unwrap();
        assert!(most.len() == 2 && !most.contains(&(opened_by_other, 3)), "{most:?}");
        assert_eq!(stores.changes_since.seen_in(beth, 1).unwrap().len(), 1);
    }
    world.delete_account(beth);
    assert_eq!(another.changes_since.seen_in(beth, 10), Ok(vec![]));
    assert_eq!(another.changes_since.seen_in(UserId::from(world.ids.next()), 10), Ok(vec![]));
}

#[both_engines]
fn chatrooms_with_newest_messages_come_first_and_others_are_counted(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let [silent, old, new] = [(); 3].map(|()| world.room(beth, &[matt]));
    for room in [old, new] {
        world.tick();
        world.say(room, beth, "hello");
    }
    for (most, chosen) in [(0, vec![]), (1, vec![new]), (2, vec![new, old]), (3, vec![new, old, silent])] {
        let memberships = world.changes_since.memberships(matt, most).unwrap();
        let listed: BTreeSet<_> = memberships.chatrooms.iter().map(|joined| joined.chatroom_id).collect();
        assert_eq!(listed, chosen.into_iter().collect());
        assert_eq!(memberships.left_out, 3 - most);
    }
}

#[both_engines]
fn rejoined_member_stands_at_new_membership(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.public_room(matt);
    world.join(room, beth);
    done(world.remove(room, matt, beth));
    world.join(room, beth);
    let memberships = world.changes_since.memberships(beth, 10).unwrap();
    let read = ReadState::at_joining(5);
    assert_eq!(memberships.chatrooms, [JoinedChatroom { chatroom_id: room, joined_seq: 5, head: 5, read }]);
}

#[both_engines]
fn thousands_of_chatrooms_are_asked_at_once(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let rooms: Vec<ChatroomId> = (0..4).map(|_| world.room(matt, &[])).collect();
    let mut chatrooms: Vec<_> = (0..MANY).map(|_| (ChatroomId::from(world.ids.next()), 0)).collect();
    // At both ends, and on both sides of the boundary between two statements.
    for (place, room) in [0, 9_999, 10_000, MANY - 1].into_iter().zip(&rooms) {
        chatrooms[place] = (*room, 1);
    }
    let mut expected: Vec<_> = rooms.iter().map(|room| (*room, 2)).collect();
    expected.sort_unstable();
    assert_eq!(moved(&world, &chatrooms), expected);
    let mut users: Vec<_> = (0..MANY).map(|_| (UserId::from(world.ids.next()), 7)).collect();
    users[10_500].0 = matt;
    assert_eq!(world.changes_since.of_users(&users), Ok(vec![(matt, 4)]));
}

/// Checks whose versions change, in this store and in another on the same database.
struct Watch<'a> {
    world: &'a World,
    another: Stores,
    users: Vec<UserId>,
}

impl<'a> Watch<'a> {
    fn new(world: &'a World, users: impl Into<Vec<UserId>>) -> Self {
        Self { world, another: world.open_another(), users: users.into() }
    }

    fn moves<T>(&self, what: &str, expected: &[UserId], act: impl FnOnce() -> T) -> T {
        let known: Vec<_> = self.users.iter().map(|user| (*user, version(self.world, *user))).collect();
        let done = act();
        for stores in [&*self.world.store, &self.another] {
            let moved: BTreeMap<_, _> = stores.changes_since.of_users(&known).unwrap().into_iter().collect();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(moved.keys().copied().collect::<Vec<_>>(), expected, "{what}");
            for (user, before) in &known {
                assert!(moved.get(user).is_none_or(|now| now > before), "{what}");
                assert_eq!(version(stores, *user), moved.get(user).copied().unwrap_or(*before), "{what}");
            }
        }
        done
    }
}

fn add(world: &World, room: ChatroomId, by: UserId, user: UserId) {
    let membership = NewMembership { chatroom_id: room, user_id: user, at: world.tick() };
    let entrance = chit_chat_domain::chatroom::Entrance::By(Guard::holds(by, Role::Member));
    world.memberships.add(membership, entrance).unwrap();
}
