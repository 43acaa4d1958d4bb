//! Adding, listing and ending memberships, and changing roles.

use chit_chat_contract::{Engine, World, both_engines};
use chit_chat_domain::chatroom::{Entrance, Guard, NewChatroom};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::membership::{Added, Leaving, Membership, NewMembership, Role, RoleChange};
use chit_chat_domain::page::Limit;
use chit_chat_domain::reading::Mark;
use chit_chat_domain::user::{DisplayName, NewUser};

#[both_engines]
fn join_of_public_chatroom_creates_membership(engine: Engine) {
    let world = World::new(engine);
    let (matt, name) = (world.user("Matt"), DisplayName::parse("Beth 🌻").ok());
    let beth = world.sign_up(NewUser { display_name: name.clone(), ..world.draft_user("Beth") });
    let room = world.public_room(matt);
    let at = world.tick();
    let new = NewMembership { chatroom_id: room, user_id: beth, at };
    let Ok(Added::Added(member)) = world.memberships.add(new, Entrance::Public) else { panic!("not added") };
    let membership =
        Membership { chatroom_id: room, user_id: beth, role: Role::Member, joined_at: at, joined_seq: 3 };
    assert_eq!((&member.membership, &member.display_name), (&membership, &name));
    assert_eq!(member.username.as_str(), "Beth");
    assert_eq!(world.memberships.find(room, beth), Ok(Some(member)));
    assert_eq!(world.head(room), 3);
}

#[both_engines]
fn join_again_keeps_role(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.public_room(matt);
    let owner = world.member(room, matt);
    assert_eq!(world.join(room, matt), Added::Already(owner.clone()));
    assert_eq!(add(&world, room, matt, matt), Added::Already(owner));
    assert_eq!(world.head(room), 2);
}

#[both_engines]
fn join_of_private_or_missing_chatroom_is_refused(engine: Engine) {
    let world = World::new(engine);
    let (matt, eve) = (world.user("Matt"), world.user("Eve"));
    let (private, deleted) = (world.room(matt, &[]), world.public_room(matt));
    world.delete_room(deleted, matt);
    for room in [private, deleted, ChatroomId::from(world.ids.next())] {
        assert_eq!(world.join(room, eve), Added::Refused);
        assert_eq!(world.memberships.find(room, eve), Ok(None));
    }
}

#[both_engines]
fn add_requires_membership(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, eve) = (world.user("Matt"), world.user("Beth"), world.user("Eve"));
    let room = world.room(matt, &[]);
    assert_eq!(add(&world, room, eve, eve), Added::Refused);
    assert_eq!(add(&world, room, eve, beth), Added::Refused);
    assert!(matches!(add(&world, room, matt, beth), Added::Added(_)));
    assert_eq!(add(&world, room, matt, UserId::from(world.ids.next())), Added::NoSuchUser);
    assert_eq!(world.head(room), 3);
}

#[both_engines]
fn members_are_listed_by_time_of_joining(engine: Engine) {
    let world = World::new(engine);
    let people: Vec<UserId> = ["Zoe", "adam", "Matt", "beth"].map(|name| world.user(name)).into();
    let room = world.room(people[2], &[people[3]]);
    for user in [people[1], people[0]] {
        add(&world, room, people[2], user);
    }
    world.leave(room, people[3]);
    add(&world, room, people[2], people[3]);
    assert_eq!(names(&world, room, 0, 200), ["Matt", "adam", "Zoe", "beth"]);
}

#[both_engines]
fn members_are_paged(engine: Engine) {
    let world = World::new(engine);
    let people: Vec<UserId> = ["a", "b", "c", "d"].map(|name| world.user(name)).into();
    let room = world.room(people[0], &people[1..]);
    world.room(people[1], &people[2..]);
    assert_eq!(names(&world, room, 0, 2), ["a", "b", "c"]);
    assert_eq!(names(&world, room, 3, 2), ["c", "d"]);
    assert_eq!(names(&world, room, 5, 2), [""; 0]);
}

#[both_engines]
fn owner_promotes_and_steps_down(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let before = world.member(room, beth);
    let RoleChange::Changed(promoted) = world.change_role(room, matt, beth, Role::Owner) else {
        panic!("not changed")
    };
    assert_eq!(promoted.membership, Membership { role: Role::Owner, ..before.membership });
    assert_eq!(world.member(room, beth), promoted);
    assert!(matches!(world.change_role(room, matt, matt, Role::Member), RoleChange::Changed(_)));
    assert_eq!(world.change_role(room, beth, beth, Role::Member), RoleChange::LastOwner);
    assert_eq!(world.member(room, beth).membership.role, Role::Owner);
    assert_eq!(world.head(room), 5);
}

#[both_engines]
fn role_change_requires_owner_and_current_membership(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, rohan) = (world.user("Matt"), world.user("Beth"), world.user("Rohan"));
    let room = world.room(matt, &[beth, rohan]);
    let read = world.member(room, beth).membership;
    let change = |target: &Membership, by| {
        let guard = Guard::holds(by, Role::Owner);
        world.memberships.change_role(target, Role::Owner, guard, world.tick()).unwrap()
    };
    assert_eq!(change(&read, rohan), RoleChange::Refused);
    world.leave(room, beth);
    assert_eq!(change(&read, matt), RoleChange::Refused);
    add(&world, room, matt, beth);
    assert_eq!(change(&read, matt), RoleChange::Refused);
    assert_eq!(change(&Membership { role: Role::Owner, ..world.member(room, beth).membership }, matt), {
        RoleChange::Refused
    });
    assert_eq!(world.member(room, beth).membership.role, Role::Member);
}

#[both_engines]
fn owner_removes_member(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let read = world.member(room, beth).membership;
    assert_eq!(world.remove(room, matt, beth), Guarded::Done(()));
    assert_eq!(world.chatrooms.access(room, beth), Ok(None));
    assert_eq!(world.memberships.chatrooms_of(beth, 100), Ok(vec![]));
    let again = world.memberships.remove(&read, Guard::holds(matt, Role::Owner), world.tick());
    assert_eq!(again, Ok(Guarded::Refused));
    assert_eq!(world.head(room), 4);
}

#[both_engines]
fn removal_requires_owner_and_current_membership(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, rohan) = (world.user("Matt"), world.user("Beth"), world.user("Rohan"));
    let room = world.room(matt, &[beth, rohan]);
    assert_eq!(world.remove(room, rohan, beth), Guarded::Refused);
    let read = world.member(room, beth).membership;
    world.promote(room, matt, beth);
    let promoted_since = world.memberships.remove(&read, Guard::holds(matt, Role::Owner), world.tick());
    assert_eq!(promoted_since, Ok(Guarded::Refused));
    assert!(world.memberships.find(room, beth).unwrap().is_some());
}

#[both_engines]
fn leave_is_idempotent(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    assert_eq!(world.leave(room, beth), Leaving::Left);
    assert_eq!(world.leave(room, beth), Leaving::NotMember);
    assert_eq!(world.leave(ChatroomId::from(world.ids.next()), beth), Leaving::NotMember);
    assert_eq!(names(&world, room, 0, 200), ["Matt"]);
    assert_eq!(world.head(room), 4);
}

#[both_engines]
fn last_owner_hands_over_to_longest_member(engine: Engine) {
    let world = World::new(engine);
    let (zoe, matt, adam) = (world.user("Zoe"), world.user("Matt"), world.user("Adam"));
    let room = world.create(NewChatroom { members: vec![adam, zoe], ..world.draft_room(matt, &[]) }).id;
    assert_eq!(world.leave(room, matt), Leaving::HandedOver(adam));
    assert_eq!(world.member(room, adam).membership.role, Role::Owner);
    assert_eq!(world.member(room, zoe).membership.role, Role::Member);
    assert_eq!(world.leave(room, adam), Leaving::HandedOver(zoe));
    assert_eq!(world.leave(room, zoe), Leaving::ChatroomDeleted);
    assert_eq!(world.chatrooms.access(room, zoe), Ok(None));
}

#[both_engines]
fn last_owner_hands_over_to_members_who_take_part(engine: Engine) {
    let world = World::new(engine);
    let (matt, adam, beth, zoe) = (world.user("Matt"), world.user("Adam"), world.user("Beth"), world.user("Zoe"));
    let room = world.public_room(matt);
    assert!(matches!(add(&world, room, matt, adam), Added::Added(_)));
    assert!(matches!(add(&world, room, matt, beth), Added::Added(_)));
    world.join(room, zoe);
    let seq = world.say(room, matt, "read this").seq;
    assert_eq!(world.reads.mark(room, beth, Mark { seq, force: false }), Ok(Guarded::Done(seq)));
    assert_eq!(world.leave(room, matt), Leaving::HandedOver(beth));
    assert_eq!(world.leave(room, beth), Leaving::HandedOver(zoe));
    assert_eq!(world.leave(room, zoe), Leaving::HandedOver(adam), "a chatroom is never without an owner");
}

#[both_engines]
fn successor_has_highest_role_even_without_taking_part(engine: Engine) {
    let world = World::new(engine);
    let [matt, adam, beth, zoe] = ["Matt", "Adam", "Beth", "Zoe"].map(|name| world.user(name));
    let room = world.public_room(matt);
    world.join(room, zoe);
    for added in [adam, beth] {
        assert!(matches!(add(&world, room, matt, added), Added::Added(_)));
        assert!(matches!(world.change_role(room, matt, added, Role::Moderator), RoleChange::Changed(_)));
    }
    assert_eq!(world.leave(room, matt), Leaving::HandedOver(adam), "the longest moderator");
    let seq = world.say(room, adam, "read this").seq;
    assert_eq!(world.reads.mark(room, beth, Mark { seq, force: false }), Ok(Guarded::Done(seq)));
    assert!(matches!(world.change_role(room, adam, zoe, Role::Moderator), RoleChange::Changed(_)));
    assert_eq!(world.leave(room, adam), Leaving::HandedOver(zoe), "the longest moderator who takes part");
    assert_eq!(world.leave(room, beth), Leaving::Left);
    assert_eq!(world.member(room, zoe).membership.role, Role::Owner);
}

#[both_engines]
fn leave_of_one_of_two_owners_hands_nothing_over(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, rohan) = (world.user("Matt"), world.user("Beth"), world.user("Rohan"));
    let room = world.room(matt, &[beth, rohan]);
    world.promote(room, matt, rohan);
    assert_eq!(world.leave(room, matt), Leaving::Left);
    assert_eq!(world.member(room, beth).membership.role, Role::Member);
}

fn add(world: &World, room: ChatroomId, by: UserId, user: UserId) -> Added {
    let new = NewMembership { chatroom_id: room, user_id: user, at: world.tick() };
    world.memberships.add(new, Entrance::By(Guard::holds(by, Role::Member))).unwrap()
}

fn names(world: &World, room: ChatroomId, after: i64, limit: u64) -> Vec<String> {
    let members = world.memberships.list(room, after, Limit::parse(limit).unwrap()).unwrap();
    members.into_iter().map(|member| member.username.as_str().to_owned()).collect()
}
