//! Creating, changing and deleting chatrooms.

use chit_chat_contract::{Engine, World, both_engines, done, idempotency};
use chit_chat_domain::chatroom::{
    Chatroom, ChatroomChanges, ChatroomName, Creation, Guard, ListFilter, NewChatroom, Settings, Visibility,
};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::page::Limit;
use chit_chat_domain::search::NameQuery;

#[both_engines]
fn create_stores_owner_and_members(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, rohan) = (world.user("Matt"), world.user("Beth"), world.user("Rohan"));
    let name = ChatroomName::parse("Tea & 🫖").unwrap();
    let draft = NewChatroom { name: name.clone(), ..world.draft_room(matt, &[beth, rohan]) };
    let (id, created_at) = (draft.id, draft.created_at);
    let room = world.create(draft);
    assert_eq!(
        room,
        Chatroom {
            id,
            name: Some(name),
            visibility: Visibility::Private,
            settings: Settings::default(),
            created_at,
            last_seq: 4,
        }
    );
    for (user, role, joined_seq) in [(matt, Role::Owner, 2), (beth, Role::Member, 3), (rohan, Role::Member, 4)] {
        let access = world.access(id, user);
        let mine = access.membership.unwrap();
        assert_eq!((mine.chatroom_id, mine.user_id, mine.role), (id, user, role));
        assert_eq!((mine.joined_at, mine.joined_seq), (created_at, joined_seq));
        assert_eq!(access.chatroom, room);
    }
}

#[both_engines]
fn outsider_finds_public_chatrooms_only(engine: Engine) {
    let world = World::new(engine);
    let (matt, eve) = (world.user("Matt"), world.user("Eve"));
    let (public, private) = (world.public_room(matt), world.room(matt, &[]));
    let nobody = UserId::from(world.ids.next());
    for outsider in [eve, nobody] {
        assert_eq!(world.access(public, outsider).membership, None);
        assert_eq!(world.chatrooms.access(private, outsider), Ok(None));
    }
    assert_eq!(world.chatrooms.access(ChatroomId::from(world.ids.next()), matt), Ok(None));
}

#[both_engines]
fn create_with_missing_users_is_rejected(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, gone) = (world.user("Matt"), world.user("Beth"), world.user("Gone"));
    let nobody = UserId::from(world.ids.next());
    world.delete_account(gone);
    let keyed = Some(idempotency("k", "x"));
    let draft = NewChatroom { idempotency: keyed.clone(), ..world.draft_room(matt, &[beth, gone, nobody]) };
    assert_eq!(world.chatrooms.create_with_members(draft), Ok(Creation::NoSuchUsers(vec![gone, nobody])));
    assert_eq!(world.memberships.chatrooms_of(beth, 100), Ok(vec![]));
    world.create(NewChatroom { idempotency: keyed, ..world.draft_room(matt, &[beth]) });
}

#[both_engines]
fn create_adds_hundred_members(engine: Engine) {
    let world = World::new(engine);
    let people: Vec<UserId> = (0..101).map(|n| world.user(&format!("user_{n}"))).collect();
    let room = world.room(people[0], &people[1..]);
    let listed = world.memberships.list(room, 0, Limit::MAX).unwrap();
    assert_eq!(listed.into_iter().map(|member| member.membership.user_id).collect::<Vec<_>>(), people);
    assert_eq!(world.log(room).len(), 102);
}

#[both_engines]
fn create_with_equal_key_returns_first_chatroom(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let keyed =
        |user, key, text| NewChatroom { idempotency: Some(idempotency(key, text)), ..world.draft_room(user, &[]) };
    let first = world.create(keyed(matt, "k", "x"));
    let again = |draft| world.chatrooms.create_with_members(draft);
    for text in ["x", "y"] {
        let repeat = again(keyed(matt, "k", text));
        assert_eq!(repeat, Ok(Creation::Duplicate(first.id, idempotency("k", "x"))));
    }
    assert_eq!(world.memberships.chatrooms_of(matt, 100), Ok(vec![first.id]));
    assert!(matches!(again(keyed(beth, "k", "x")), Ok(Creation::Created(_))));
    assert!(matches!(again(keyed(matt, "K", "x")), Ok(Creation::Created(_))));
}

#[both_engines]
fn created_before_finds_only_creators_chatroom_with_key(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let keyed =
        |user, key| NewChatroom { idempotency: Some(idempotency(key, "x")), ..world.draft_room(user, &[]) };
    let find = |draft: NewChatroom| world.chatrooms.created_before(&draft).unwrap();
    assert_eq!(find(keyed(matt, "k")), None, "and none is created");
    let first = world.create(keyed(matt, "k"));
    assert_eq!(find(keyed(matt, "k")), Some(Creation::Duplicate(first.id, idempotency("k", "x"))));
    let unkeyed = find(world.draft_room(matt, &[]));
    assert_eq!((find(keyed(matt, "l")), find(keyed(beth, "k")), unkeyed), (None, None, None));
}

#[both_engines]
fn create_with_key_of_deleted_chatroom_creates_none(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let draft = NewChatroom { idempotency: Some(idempotency("k", "x")), ..world.draft_room(matt, &[]) };
    let first = world.create(draft.clone());
    world.delete_room(first.id, matt);
    while world.chatrooms.purge(100).unwrap() {}
    let again =
        world.chatrooms.create_with_members(NewChatroom { id: ChatroomId::from(world.ids.next()), ..draft });
    assert_eq!(again, Ok(Creation::Duplicate(first.id, idempotency("k", "x"))));
}

#[both_engines]
fn update_changes_only_named_fields(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.create(world.draft_room(matt, &[]));
    let change = |name: Option<&str>, visibility| {
        let name = name.and_then(|name| ChatroomName::parse(name).ok());
        let changes = ChatroomChanges { name, visibility, ..ChatroomChanges::default() };
        done(world.chatrooms.update(room.id, changes, Guard::holds(matt, Role::Owner), world.tick()).unwrap())
    };
    let renamed = change(Some("Новое имя"), None);
    let name = ChatroomName::parse("Новое имя").ok();
    assert_eq!(renamed, Chatroom { name, last_seq: 3, ..room.clone() });
    let opened = change(None, Some(Visibility::Public));
    assert_eq!(opened, Chatroom { visibility: Visibility::Public, last_seq: 4, ..renamed });
    assert_eq!(world.access(room.id, matt).chatroom, opened);
}

#[both_engines]
fn update_without_right_changes_nothing(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, eve) = (world.user("Matt"), world.user("Beth"), world.user("Eve"));
    let room = world.create(world.draft_room(matt, &[beth]));
    let changes = ChatroomChanges { name: ChatroomName::parse("Mine").ok(), ..ChatroomChanges::default() };
    for guard in [Guard::holds(eve, Role::Member), Guard::holds(beth, Role::Owner)] {
        assert_eq!(world.chatrooms.update(room.id, changes.clone(), guard, world.tick()), Ok(Guarded::Refused));
        assert_eq!(world.chatrooms.delete(room.id, guard, world.tick()), Ok(Guarded::Refused));
    }
    assert_eq!(world.access(room.id, matt).chatroom, room);
    let nowhere = ChatroomId::from(world.ids.next());
    let guard = Guard::holds(matt, Role::Owner);
    assert_eq!(world.chatrooms.update(nowhere, changes, guard, world.tick()), Ok(Guarded::Refused));
    assert_eq!(world.chatrooms.delete(nowhere, guard, world.tick()), Ok(Guarded::Refused));
}

#[both_engines]
fn delete_hides_chatroom_from_everybody(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let draft = NewChatroom { visibility: Visibility::Public, ..world.draft_room(matt, &[beth]) };
    let room = world.create(draft).id;
    world.delete_room(room, matt);
    for user in [matt, beth] {
        assert_eq!(world.chatrooms.access(room, user), Ok(None));
        assert_eq!(world.memberships.find(room, user), Ok(None));
        assert_eq!(mine(&world, user, None), []);
        assert_eq!(world.memberships.chatrooms_of(user, 100), Ok(vec![]));
    }
    assert_eq!(world.chatrooms.public(None, Limit::MAX), Ok(vec![]));
    assert_eq!(world.memberships.list(room, 0, Limit::MAX), Ok(vec![]));
    let again = world.chatrooms.delete(room, Guard::holds(matt, Role::Owner), world.tick());
    assert_eq!(again, Ok(Guarded::Refused));
}

#[both_engines]
fn public_chatrooms_are_paged_newest_first(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let mut rooms: Vec<ChatroomId> = (0..4).map(|_| world.public_room(matt)).collect();
    world.room(matt, &[]);
    rooms.reverse();
    let listed = |after, limit| {
        let rooms = world.chatrooms.public(after, Limit::parse(limit).unwrap()).unwrap();
        rooms.into_iter().map(|room| room.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, 200), rooms);
    assert_eq!(listed(None, 2), rooms[..3]);
    assert_eq!(listed(Some(rooms[2]), 2), rooms[3..]);
    assert_eq!(listed(Some(rooms[3]), 2), []);
}

#[both_engines]
fn search_matches_name_literally(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    for name in ["tea time", "Чай", "100%", "snake_case", "back\\slash", "it's"] {
        let room = world.public_room(matt);
        world.rename(room, matt, name);
    }
    for (query, expected) in [
        ("TEA", &["tea time"][..]),
        ("ЧАЙ", &["Чай"]),
        ("%", &["100%"]),
        ("_", &["snake_case"]),
        ("\\", &["back\\slash"]),
        ("'", &["it's"]),
        ("nothing", &[]),
    ] {
        let public =
            world.search.public_chatrooms(NameQuery::parse(query).unwrap(), None, Limit::MAX).unwrap().items;
        let names: Vec<_> =
            public.iter().filter_map(|room| room.name.as_ref()).map(ChatroomName::as_str).collect();
        assert_eq!(names, expected, "{query}");
        assert_eq!(mine(&world, matt, Some(query)), public, "{query}");
    }
}

fn mine(world: &World, user: UserId, query: Option<&str>) -> Vec<Chatroom> {
    let mine = world
        .chatrooms
        .of_member(user, ListFilter::named(query.and_then(NameQuery::parse)), None, Limit::MAX)
        .unwrap();
    mine.into_iter().map(|my| my.chatroom).collect()
}
