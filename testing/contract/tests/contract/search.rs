//! Searching users and public chatrooms by name.

use chit_chat_contract::{Engine, World, both_engines};
use chit_chat_domain::chatroom::{Guard, ListFilter};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::page::Limit;
use chit_chat_domain::search::{NameQuery, SearchPosition};
use chit_chat_domain::user::{DisplayName, NewUser, UserChanges};

#[both_engines]
fn names_are_matched_literally_and_folded(engine: Engine) {
    let world = World::new(engine);
    world.user("Matt");
    let names = [
        ("user1", "Émile"),
        ("user2", "Σίσυφος"),
        ("user3", "50% off"),
        ("user_4", "Straße"),
        ("user5", "a\\b"),
        ("user6", "İstanbul \u{10fffd}"),
    ];
    for (username, name) in names {
        named(&world, username, name);
    }
    for (query, expected) in [
        ("ATT", &["Matt"][..]),
        ("emi", &["user1"]),
        ("E\u{301}MI", &["user1"]),
        ("ΣΊΣΥΦΟΣ", &["user2"]),
        ("%", &["user3"]),
        ("_", &["user_4"]),
        ("STRASSE", &["user_4"]),
        ("\\", &["user5"]),
        ("50% o", &["user3"]),
        ("istanbul", &["user6"]),
        ("\u{10fffd}", &["user6"]),
        ("t\u{10fffd}", &[]),
        ("off ", &["user3"]),
        ("nobody", &[]),
    ] {
        assert_eq!(found(&world, query, 200), expected, "{query}");
    }
}

#[both_engines]
fn exact_names_come_first(engine: Engine) {
    let world = World::new(engine);
    for (username, name) in [
        ("a1", "Joann"),
        ("a2", "Mary Ann"),
        ("a3", "Ann Annette"),
        ("annabel", "Annabel"),
        ("ann", "Zoe"),
        ("z9", "ANN"),
    ] {
        named(&world, username, name);
    }
    let expected = ["ann", "z9", "a3", "annabel", "a2", "a1"];
    for limit in [1, 2, 3, 200] {
        assert_eq!(found(&world, "ann", limit), expected, "{limit}");
    }
}

#[both_engines]
fn pages_are_bounded_and_complete(engine: Engine) {
    let world = World::new(engine);
    let mut expected: Vec<String> = Vec::new();
    for number in 10..30 {
        let username = format!("u{number}");
        // The text occurs sixteen times, each time followed by something else.
        let name: String = ('a'..='p').flat_map(|letter| ['x', letter]).collect();
        named(&world, &username, &name);
        expected.push(username);
    }
    for limit in [1, 2, 7, 200] {
        let mut names = found(&world, "x", limit);
        names.sort();
        assert_eq!(names, expected, "{limit}");
    }
}

#[both_engines]
fn long_names_are_compared_to_their_end(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("matt");
    let (yes, no) = (format!("{}b", "a".repeat(79)), format!("{}c", "a".repeat(79)));
    let room = world.public_room(matt);
    world.rename(room, matt, &yes);
    for (query, expected) in [(&yes, vec![room]), (&no, vec![]), (&yes[60..].to_owned(), vec![room])] {
        assert_eq!(public(&world, query), expected, "{query}");
    }
}

#[both_engines]
fn users_are_found_by_their_present_names(engine: Engine) {
    let world = World::new(engine);
    let matt = named(&world, "Matt", "Matt Smith");
    let rename = |name: Option<&str>| {
        let name = name.map(|name| DisplayName::parse(name).unwrap());
        let changes = UserChanges { display_name: Some(name), ..UserChanges::default() };
        world.users.update(matt, changes, world.tick()).unwrap().unwrap();
    };
    rename(None);
    assert_eq!(found(&world, "smith", 200), [""; 0]);
    rename(Some("Jones"));
    assert_eq!(found(&world, "jone", 200), ["Matt"]);
    world.delete_account(matt);
    assert_eq!(found(&world, "jone", 200), [""; 0]);
    assert_eq!(world.raw().number("SELECT count(*) AS value FROM name_parts"), 0);
}

#[both_engines]
fn public_chatrooms_are_found_by_their_present_names(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("matt");
    let (room, private) = (world.public_room(matt), world.room(matt, &[]));
    world.rename(room, matt, "Garden");
    world.rename(private, matt, "Garden, secret");
    assert_eq!(public(&world, "garden"), [room]);
    world.rename(room, matt, "Kitchen");
    assert_eq!(public(&world, "garden"), []);
    assert_eq!(public(&world, "KITCHEN"), [room]);
    world.chatrooms.delete(room, Guard::holds(matt, Role::Owner), world.tick()).unwrap();
    assert_eq!(public(&world, "kitchen"), []);
    assert_eq!(world.raw().number("SELECT count(*) AS value FROM name_parts WHERE kind = 1"), 0);
}

#[both_engines]
fn names_stored_before_the_index_are_added_to_it(engine: Engine) {
    let world = World::new(engine);
    let users: Vec<UserId> = (0..5).map(|number| named(&world, &format!("u{number}"), "Zoë Straße")).collect();
    let room = world.public_room(users[0]);
    world.rename(room, users[0], "Straße");
    let private = world.room(users[0], &[]);
    world.rename(private, users[0], "Große Straße");
    let gone = world.user("gone");
    world.delete_account(gone);
    assert_eq!(world.search.index(2), Ok(false), "new names are indexed when they are stored");
    world.raw().run(
        "DELETE FROM name_parts; UPDATE users SET folding = 0, search_text = ''; \
         UPDATE chatrooms SET folding = 0, name_folded = ''",
    );
    assert_eq!(found(&world, "strasse", 200), [""; 0]);
    let rounds = (0..9).take_while(|_| world.search.index(2).unwrap()).count();
    assert_eq!(rounds, 2);
    assert_eq!(found(&world, "strasse", 2), ["u0", "u1", "u2", "u3", "u4"]);
    assert_eq!(public(&world, "STRASSE"), [room]);
    let mine = world
        .chatrooms
        .of_member(users[0], ListFilter::named(NameQuery::parse("GROSSE")), None, Limit::MAX)
        .unwrap();
    assert_eq!(mine.into_iter().map(|mine| mine.chatroom.id).collect::<Vec<_>>(), [private]);
}

/// Signs up a user with a display name.
fn named(world: &World, username: &str, name: &str) -> UserId {
    let display_name = Some(DisplayName::parse(name).unwrap());
    world.sign_up(NewUser { display_name, ..world.draft_user(username) })
}

/// The usernames found, in pages of this limit. Each page is bounded, and each user found once.
fn found(world: &World, text: &str, limit: u64) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut after: Option<SearchPosition<UserId>> = None;
    loop {
        let query = NameQuery::parse(text).unwrap();
        let page = world.search.users(query, after.take(), Limit::parse(limit).unwrap()).unwrap();
        assert!(page.items.len() <= usize::try_from(limit).unwrap());
        for user in page.items {
            let name = user.profile.unwrap().username.as_str().to_owned();
            assert!(!names.contains(&name), "{name} twice");
            names.push(name);
        }
        let Some(next) = page.next else { return names };
        after = Some(next.to_string().parse().unwrap());
    }
}

fn public(world: &World, text: &str) -> Vec<ChatroomId> {
    let found = world.search.public_chatrooms(NameQuery::parse(text).unwrap(), None, Limit::MAX).unwrap();
    assert_eq!(found.next, None);
    found.items.into_iter().map(|room| room.id).collect()
}
