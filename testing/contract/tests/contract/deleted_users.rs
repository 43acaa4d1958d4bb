//! A deleted user's membership counts as absent at once, before the chatrooms are left.

use chit_chat_contract::{Engine, World, both_engines};
use chit_chat_domain::chatroom::{ChatroomChanges, ChatroomName, Entrance, Guard, ListFilter};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::{Added, LeaveReason, Leaving, NewMembership, Role, RoleChange};
use chit_chat_domain::message::{Appended, PageRange};
use chit_chat_domain::page::Limit;
use chit_chat_domain::user::AccountDeletion;

/// A chatroom whose owner, Matt, has deleted his account; the program crashed before he left the chatroom.
struct Scene {
    world: World,
    matt: UserId,
    beth: UserId,
    room: ChatroomId,
}

fn scene(engine: Engine) -> Scene {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    world.say(room, matt, "hello");
    world.delete_account(matt);
    Scene { world, matt, beth, room }
}

#[both_engines]
fn deleted_user_is_not_listed_as_member(engine: Engine) {
    let Scene { world, matt, beth, room } = scene(engine);
    assert_eq!(world.memberships.find(room, matt), Ok(None));
    assert_eq!(world.access(room, matt).membership, None);
    assert_eq!(world.memberships.list(room, 0, Limit::MAX), Ok(vec![world.member(room, beth)]));
}

#[both_engines]
fn deleted_user_reads_nothing(engine: Engine) {
    let Scene { world, matt, room, .. } = scene(engine);
    for range in [PageRange::Latest, PageRange::After(0), PageRange::Around(3)] {
        assert_eq!(world.page(room, matt, range, 50), []);
    }
    assert_eq!(world.chatrooms.of_member(matt, ListFilter::default(), None, Limit::MAX), Ok(vec![]));
    assert_eq!(world.messages.by_author(matt, None, Limit::MAX), Ok(vec![]));
}

#[both_engines]
fn deleted_user_writes_nothing(engine: Engine) {
    let Scene { world, matt, beth, room } = scene(engine);
    assert_eq!(world.send(world.draft(room, matt, "boo")), Appended::Refused);
    let said = world.page(room, beth, PageRange::Latest, 50).remove(0);
    assert_eq!(world.edit(&said, "boo"), Guarded::Refused);
    assert_eq!(world.erase(&said), Guarded::Refused);
    let changes = ChatroomChanges { name: ChatroomName::parse("boo").ok(), ..ChatroomChanges::default() };
    let guard = Guard::holds(matt, Role::Member);
    assert_eq!(world.chatrooms.update(room, changes, guard, world.tick()), Ok(Guarded::Refused));
    assert_eq!(world.chatrooms.delete(room, Guard::holds(matt, Role::Owner), world.tick()), Ok(Guarded::Refused));
    let target = world.member(room, beth).membership;
    let promoted = world.memberships.change_role(&target, Role::Owner, guard, world.tick());
    assert_eq!(promoted, Ok(RoleChange::Refused));
    let rohan = NewMembership { chatroom_id: room, user_id: world.user("Rohan"), at: world.tick() };
    assert_eq!(world.memberships.add(rohan, Entrance::By(guard)), Ok(Added::Refused));
    assert_eq!(world.head(room), 4);
}

#[both_engines]
fn deleted_user_cannot_be_added(engine: Engine) {
    let Scene { world, matt, beth, room } = scene(engine);
    let new = NewMembership { chatroom_id: room, user_id: matt, at: world.tick() };
    let entrance = Entrance::By(Guard::holds(beth, Role::Member));
    assert_eq!(world.memberships.add(new, entrance), Ok(Added::NoSuchUser));
    let open = world.public_room(beth);
    assert_eq!(world.join(open, matt), Added::NoSuchUser);
}

#[both_engines]
fn messages_of_deleted_user_stay_readable(engine: Engine) {
    let Scene { world, matt, beth, room } = scene(engine);
    let page = world.page(room, beth, PageRange::Latest, 50);
    assert_eq!(page.iter().map(|message| message.author_id).collect::<Vec<_>>(), [matt]);
    assert!(page[0].body.is_some());
    assert_eq!(world.log(room).len(), 4);
}

#[both_engines]
fn unfinished_deletion_is_found_and_finished(engine: Engine) {
    let Scene { world, matt, beth, room } = scene(engine);
    let second = world.room(beth, &[]);
    assert_eq!(world.users.departing(), Ok(Some(matt)));
    assert_eq!(world.memberships.chatrooms_of(matt, 100), Ok(vec![room]));
    let leave = || world.memberships.leave(room, matt, LeaveReason::AccountDeleted, world.tick()).unwrap();
    assert_eq!(leave(), Leaving::HandedOver(beth));
    assert_eq!(leave(), Leaving::NotMember);
    assert_eq!(world.users.departing(), Ok(Some(matt)));
    world.users.departed(matt).unwrap();
    assert_eq!(world.users.departing(), Ok(None));
    assert_eq!(world.memberships.chatrooms_of(beth, 100), Ok(vec![room, second]));
    assert_eq!(world.member(room, beth).membership.role, Role::Owner);
}

#[both_engines]
fn deleted_user_inherits_no_ownership(engine: Engine) {
    let Scene { world, matt, beth, room } = scene(engine);
    assert_eq!(world.leave(room, beth), Leaving::ChatroomDeleted);
    assert_eq!(world.chatrooms.access(room, beth), Ok(None));
    assert_eq!(world.memberships.chatrooms_of(matt, 100), Ok(vec![]));
}

#[both_engines]
fn deleted_user_does_not_count_as_owner(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    world.promote(room, matt, beth);
    world.delete_account(matt);
    assert_eq!(world.change_role(room, beth, beth, Role::Member), RoleChange::LastOwner);
}

#[both_engines]
fn member_inherits_from_two_deleted_owners(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, rohan] = ["Matt", "Beth", "Rohan"].map(|name| world.user(name));
    let room = world.room(matt, &[beth, rohan]);
    for user in [matt, beth] {
        world.delete_account(user);
    }
    assert!(world.users.departing().unwrap().is_some());
    let leave = |user| world.memberships.leave(room, user, LeaveReason::AccountDeleted, world.tick()).unwrap();
    assert_eq!(leave(matt), Leaving::HandedOver(rohan));
    assert_eq!(leave(beth), Leaving::Left);
    assert_eq!(world.member(room, rohan).membership.role, Role::Owner);
}

#[both_engines]
fn account_without_chatrooms_departs_at_once(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    world.delete_account(matt);
    assert_eq!(world.users.departing(), Ok(None));
}

#[both_engines]
fn account_with_many_chatrooms_locks_none(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let rooms: Vec<_> = (0..AccountDeletion::FEW_CHATROOMS).map(|_| world.room(beth, &[matt])).collect();
    let direct = world.shown_direct_room(matt, zoe);
    let heads: Vec<_> = rooms.iter().map(|room| world.head(*room)).collect();
    world.delete_account(matt);
    assert_eq!(world.memberships.chatrooms_of(matt, 2).unwrap(), [direct, rooms[0]], "direct ones first");
    assert_eq!(rooms.iter().map(|room| world.head(*room)).collect::<Vec<_>>(), heads);
    assert_eq!(world.send(world.draft(rooms[0], matt, "boo")), Appended::Refused);
    let leave = || world.memberships.leave(direct, matt, LeaveReason::AccountDeleted, world.tick()).unwrap();
    assert_eq!(leave(), Leaving::Left);
    assert_eq!(world.send(world.draft(direct, zoe, "are you there?")), Appended::Refused);
}
