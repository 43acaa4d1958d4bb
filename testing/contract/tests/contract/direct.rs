//! Direct chatrooms: how they are created, and which operations they refuse.

use chit_chat_contract::{Engine, World, both_engines, race};
use chit_chat_domain::chatroom::{
    Chatroom, ChatroomChanges, ChatroomName, Entrance, Guard, ListFilter, Right, Settings, Visibility,
};
use chit_chat_domain::direct::{Opening, Pair};
use chit_chat_domain::event::Change;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{IdSource, UserId};
use chit_chat_domain::membership::{Added, NewMembership, Role, RoleChange};
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::PageRange;
use chit_chat_domain::page::Limit;
use chit_chat_domain::search::NameQuery;

#[both_engines]
fn two_users_share_one_direct_chatroom(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, eve) = (world.user("Matt"), world.user("Beth"), world.user("Eve"));
    let pair = Pair::new(matt, beth).unwrap();
    let at = world.tick();
    let Ok(Opening::Made(made)) = world.direct.open(pair, at) else { panic!("not made") };
    let expected = Chatroom {
        id: made.id,
        name: None,
        visibility: Visibility::Direct,
        settings: Settings::default(),
        created_at: at,
        last_seq: 3,
    };
    assert_eq!(made, expected);
    for (me, other) in [(matt, beth), (beth, matt)] {
        assert_eq!(world.open(me, other), Opening::Found(made.clone()));
        let access = world.access(made.id, me);
        assert_eq!(access.chatroom, made);
        assert_eq!(access.membership.unwrap().role, Role::Member);
    }
    assert_eq!(world.chatrooms.access(made.id, eve), Ok(None));
    let log: Vec<_> = world.log(made.id).into_iter().map(|event| (event.actor_id, event.change)).collect();
    let joined = |user_id| (matt, Change::MembershipCreated { user_id, role: Role::Member });
    let created = Change::ChatroomCreated { name: None, visibility: Visibility::Direct };
    assert_eq!(log, [(matt, created), joined(matt), joined(beth)]);
}

#[both_engines]
fn direct_chatroom_exists_once_opened(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, eve) = (world.user("Matt"), world.user("Beth"), world.user("Eve"));
    let exists = |me, other| world.direct.exists(Pair::new(me, other).unwrap()).unwrap();
    assert!(!exists(matt, beth));
    let room = world.direct_room(matt, beth);
    world.direct_room(matt, eve);
    world.leave(room, matt);
    assert_eq!([exists(matt, beth), exists(beth, matt), exists(beth, eve)], [true, true, false]);
}

#[both_engines]
fn direct_chatroom_is_found_after_the_key_changed(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.direct_room(matt, beth);
    let another_secret = match engine {
        Engine::Sqlite => "randomblob(32)",
        Engine::Postgres => "sha256(secret)",
    };
    world.raw().run(&format!("UPDATE server_keys SET secret = {another_secret}"));
    for (me, other) in [(matt, beth), (beth, matt)] {
        assert!(matches!(world.open(me, other), Opening::Found(found) if found.id == room));
    }
    world.block(beth, matt);
    assert!(world.access(room, matt).chatroom.settings.archived);
}

#[both_engines]
fn each_pair_has_its_own_direct_chatroom(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, eve] = ["Matt", "Beth", "Eve"].map(|name| world.user(name));
    let rooms = [(matt, beth), (eve, matt), (beth, eve)].map(|(me, other)| world.shown_direct_room(me, other));
    world.room(matt, &[beth, eve]);
    let others = |user| {
        let mine = world.chatrooms.of_member(user, ListFilter::default(), None, Limit::MAX).unwrap();
        let mut others: Vec<_> = mine.into_iter().map(|mine| (mine.chatroom.id, mine.other_party)).collect();
        others.retain(|(id, other)| rooms.contains(id) || other.is_some());
        others.sort_unstable();
        others
    };
    let mut expected = vec![(rooms[0], Some(beth)), (rooms[1], Some(eve))];
    expected.sort_unstable();
    assert_eq!(others(matt), expected);
    assert!(others(beth).contains(&(rooms[0], Some(matt))));
    assert!(others(eve).contains(&(rooms[2], Some(beth))));
}

#[both_engines]
fn racing_openings_create_one_direct_chatroom(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    for round in 0..10 {
        let people = [world.user(&format!("a{round}")), world.user(&format!("b{round}"))];
        let opened = race(8, |n| {
            let ports = if n % 4 < 2 { &*world.store } else { &another };
            let pair = Pair::new(people[n % 2], people[1 - n % 2]).unwrap();
            ports.direct.open(pair, world.tick()).unwrap()
        });
        let rooms: Vec<&Chatroom> = opened
            .iter()
            .map(|opening| match opening {
                Opening::Made(room) | Opening::Found(room) => room,
                refused => panic!("{refused:?}"),
            })
            .collect();
        assert_eq!(opened.iter().filter(|opening| matches!(opening, Opening::Made(_))).count(), 1);
        assert!(rooms.iter().all(|room| *room == rooms[0]), "{rooms:?}");
        assert_eq!(world.log(rooms[0].id).len(), 3);
    }
}

#[both_engines]
fn open_with_missing_user_is_rejected(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, eve] = ["Matt", "Beth", "Eve"].map(|name| world.user(name));
    world.direct_room(matt, beth);
    let nobody = UserId::from(world.ids.next());
    assert_eq!(world.open(matt, nobody), Opening::NoSuchUser);
    assert_eq!(world.open(nobody, matt), Opening::NoSuchUser);
    for gone in [beth, eve] {
        world.delete_account(gone);
        assert_eq!(world.open(matt, gone), Opening::NoSuchUser);
        assert_eq!(world.open(gone, matt), Opening::NoSuchUser);
    }
}

#[both_engines]
fn direct_chatroom_is_hidden_from_others(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, eve] = ["Matt", "Beth", "Eve"].map(|name| world.user(name));
    let room = world.direct_room(matt, beth);
    world.say(room, matt, "hello");
    assert_eq!(world.chatrooms.public(None, Limit::MAX), Ok(vec![]));
    assert_eq!(world.chatrooms.of_member(eve, ListFilter::default(), None, Limit::MAX), Ok(vec![]));
    assert_eq!(
        world.chatrooms.of_member(matt, ListFilter::named(NameQuery::parse("e")), None, Limit::MAX),
        Ok(vec![])
    );
    assert_eq!(world.page(room, eve, PageRange::Latest, 50), []);
}

#[both_engines]
fn both_members_send_in_direct_chatroom(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.direct_room(matt, beth);
    let hello = world.say(room, beth, "hello");
    let hi = world.say(room, matt, "hi");
    assert_eq!(world.page(room, beth, PageRange::Latest, 50), [hello.clone(), hi]);
    let guard = Guard::may(beth, Right::Speak);
    let edited = world
        .messages
        .edit(&hello, hello.body.clone().unwrap(), Mentions::default(), guard, world.tick())
        .unwrap();
    assert!(matches!(edited, Guarded::Done(_)));
    let mine = world.chatrooms.of_member(matt, ListFilter::default(), None, Limit::MAX).unwrap();
    assert_eq!(mine[0].last_message.as_ref().map(|message| message.author_id), Some(matt));
    world.log(room);
}

#[both_engines]
fn direct_chatroom_refuses_owner_actions(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, eve] = ["Matt", "Beth", "Eve"].map(|name| world.user(name));
    let room = world.direct_room(matt, beth);
    let changes = || ChatroomChanges { name: ChatroomName::parse("Ours").ok(), ..ChatroomChanges::default() };
    let target = world.member(room, beth).membership;
    for right in [Right::Rename, Right::Add, Right::Role(Role::Moderator), Right::Role(Role::Owner)] {
        let guard = Guard::may(matt, right);
        assert_eq!(world.chatrooms.update(room, changes(), guard, world.tick()), Ok(Guarded::Refused));
        assert_eq!(world.chatrooms.delete(room, guard, world.tick()), Ok(Guarded::Refused));
        assert_eq!(world.memberships.remove(&target, guard, world.tick()), Ok(Guarded::Refused));
        let promoted = world.memberships.change_role(&target, Role::Owner, guard, world.tick());
        assert_eq!(promoted, Ok(RoleChange::Refused));
    }
    let membership = NewMembership { chatroom_id: room, user_id: eve, at: world.tick() };
    let member = Entrance::By(Guard::holds(matt, Role::Member));
    for entrance in [Entrance::Public, Entrance::By(Guard::may(matt, Right::Add)), member] {
        assert_eq!(world.memberships.add(membership, entrance), Ok(Added::Refused));
    }
    assert_eq!(world.head(room), 3);
}
