//! Changes of usernames, and names that were given up.

use std::time::Duration;

use chit_chat_contract::{Engine, World, both_engines, race};
use chit_chat_domain::clock::Clock;
use chit_chat_domain::id::UserId;
use chit_chat_domain::page::Limit;
use chit_chat_domain::search::NameQuery;
use chit_chat_domain::user::{NewUser, SignedUp, Updated, UserChanges, Username, UsernameChange};

fn to(name: &str) -> UserChanges {
    let new = Username::parse(name).unwrap();
    let reservation = format!("reserved: {}", new.folded());
    UserChanges { username: Some(UsernameChange { new, reservation }), ..UserChanges::default() }
}

fn try_rename(world: &World, user: UserId, name: &str) -> Updated {
    world.users.update(user, to(name), world.tick()).unwrap().unwrap()
}

fn rename(world: &World, user: UserId, name: &str) {
    let Updated::Changed(changed, ended) = try_rename(world, user, name) else { panic!("{name}: not changed") };
    assert_eq!(ended, []);
    assert_eq!(world.users.find(user).unwrap(), Some(changed.clone()));
    assert_eq!(changed.profile.unwrap().username.as_str(), name);
}

fn holder(world: &World, folded: &str) -> Option<UserId> {
    world.users.credentials(folded.into()).unwrap().map(|credentials| credentials.user.id)
}

fn found(world: &World, text: &str) -> Vec<UserId> {
    let page = world.search.users(NameQuery::parse(text).unwrap(), None, Limit::MAX).unwrap();
    page.items.into_iter().map(|user| user.id).collect()
}

fn sign_up(world: &World, name: &str) -> SignedUp {
    world.users.insert(world.draft_user(name)).unwrap()
}

fn reserved(world: &World) -> i64 {
    world.raw().number("SELECT count(*) AS value FROM former_usernames")
}

#[both_engines]
fn new_name_is_found_and_old_one_is_not(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    rename(&world, matt, "Smith.M");
    assert_eq!((holder(&world, "smith.m"), holder(&world, "matt")), (Some(matt), None));
    assert_eq!((found(&world, "smith"), found(&world, "matt")), (vec![matt], vec![]));
    assert_eq!(world.users.list(Some("n".into()), Limit::MAX).unwrap().len(), 1);
    assert_eq!(reserved(&world), 1);
}

#[both_engines]
fn change_of_case_reserves_nothing(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    for name in ["MATT", "MATT", "matt"] {
        rename(&world, matt, name);
        assert_eq!((holder(&world, "matt"), reserved(&world)), (Some(matt), 0));
    }
}

#[both_engines]
fn unchanged_name_moves_no_head(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    rename(&world, matt, "Matt");
    assert_eq!(world.raw().number("SELECT count(*) AS value FROM user_heads"), 0);
    rename(&world, matt, "MATT");
    assert_eq!(world.raw().number("SELECT version AS value FROM user_heads"), 1);
}

#[both_engines]
fn names_of_others_are_taken(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    world.delete_account(zoe);
    for taken in ["BETH", "zoe"] {
        assert_eq!(try_rename(&world, matt, taken), Updated::UsernameTaken);
    }
    rename(&world, beth, "Eve");
    assert_eq!(try_rename(&world, matt, "beth"), Updated::UsernameTaken, "reserved for Beth");
    assert_eq!((holder(&world, "matt"), reserved(&world)), (Some(matt), 1));
    assert_eq!(sign_up(&world, "BETH"), SignedUp::UsernameTaken);
    assert_eq!(world.users.list(None, Limit::MAX).unwrap().len(), 2);
    rename(&world, beth, "Beth");
    assert_eq!((holder(&world, "beth"), holder(&world, "eve")), (Some(beth), None));
    assert_eq!(reserved(&world), 1, "of Eve alone");
}

#[both_engines]
fn refused_name_changes_nothing_else(engine: Engine) {
    let world = World::new(engine);
    let (matt, _) = (world.user("Matt"), world.user("Beth"));
    let before = world.users.find(matt);
    let changes = UserChanges { email: Some(None), display_name: Some(None), ..to("Beth") };
    assert_eq!(world.users.update(matt, changes, world.tick()), Ok(Some(Updated::UsernameTaken)));
    assert_eq!(world.users.find(matt), before);
}

#[both_engines]
fn reserved_name_is_free_after_thirty_days(engine: Engine) {
    for by_sign_up in [true, false] {
        let world = World::new(engine);
        let (matt, beth) = (world.user("Matt"), world.user("Beth"));
        rename(&world, matt, "Smith");
        let free_at = world.clock.now().plus(Username::RESERVED_FOR);
        let early = free_at.minus(Duration::from_micros(1));
        let draft = |created_at| NewUser { created_at, ..world.draft_user("matt") };
        assert_eq!(world.users.insert(draft(early)), Ok(SignedUp::UsernameTaken));
        assert_eq!(world.users.update(beth, to("matt"), early), Ok(Some(Updated::UsernameTaken)));
        if by_sign_up {
            assert_eq!(world.users.insert(draft(free_at)), Ok(SignedUp::Created));
        } else {
            assert!(matches!(world.users.update(beth, to("matt"), free_at), Ok(Some(Updated::Changed(..)))));
        }
        let former = world.users.update(matt, to("Matt"), free_at);
        assert_eq!(former, Ok(Some(Updated::UsernameTaken)));
    }
}

#[both_engines]
fn upkeep_deletes_expired_reservations(engine: Engine) {
    let world = World::new(engine);
    let users: Vec<UserId> = (0..5).map(|n| world.user(&format!("user{n}"))).collect();
    for (n, user) in users.iter().enumerate() {
        rename(&world, *user, &format!("other{n}"));
    }
    let last = world.clock.now().plus(Username::RESERVED_FOR);
    while world.upkeep.forget(last.minus(Duration::from_micros(1)), 2).unwrap() {}
    assert_eq!(reserved(&world), 1);
    while world.upkeep.forget(last, 2).unwrap() {}
    assert_eq!(reserved(&world), 0);
    assert_eq!(sign_up(&world, "user0"), SignedUp::Created);
}

#[both_engines]
fn names_reserved_for_one_user_are_limited(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("name0");
    for n in 1..=Username::MAX_FORMER {
        rename(&world, matt, &format!("name{n}"));
    }
    assert_eq!(try_rename(&world, matt, "another"), Updated::RenamedTooOften);
    rename(&world, matt, "name3");
    rename(&world, matt, "NAME3");
    assert_eq!(try_rename(&world, matt, "another"), Updated::RenamedTooOften);
    world.clock.advance(Username::RESERVED_FOR);
    rename(&world, matt, "another");
}

#[both_engines]
fn racing_changes_to_one_name_give_it_once(engine: Engine) {
    let world = World::new(engine);
    for round in 0..5 {
        let wanted = format!("wanted{round}");
        let users: Vec<UserId> = (0..8).map(|n| world.user(&format!("user{round}.{n}"))).collect();
        let got = race(10, |n| match users.get(n) {
            Some(user) => matches!(try_rename(&world, *user, &wanted), Updated::Changed(..)),
            None => sign_up(&world, &wanted) == SignedUp::Created,
        });
        assert_eq!(got.iter().filter(|got| **got).count(), 1, "{got:?}");
        assert!(holder(&world, &wanted).is_some());
    }
}

#[both_engines]
fn name_given_up_in_a_race_goes_to_nobody(engine: Engine) {
    let world = World::new(engine);
    for round in 0..20 {
        let [old, new, thief] = ["old", "new", "thief"].map(|name| format!("{name}{round}"));
        let (user, other) = (world.user(&old), world.user(&thief));
        let outcomes = race(3, |n| match n {
            0 => matches!(try_rename(&world, user, &new), Updated::Changed(..)),
            1 => matches!(try_rename(&world, other, &old), Updated::Changed(..)),
            _ => sign_up(&world, &old) == SignedUp::Created,
        });
        assert_eq!(outcomes, [true, false, false]);
        rename(&world, user, &old);
    }
}

#[both_engines]
fn racing_swap_of_names_does_not_deadlock(engine: Engine) {
    let world = World::new(engine);
    for round in 0..10 {
        let names = ["a", "b"].map(|name| format!("{name}{round}"));
        let users = names.each_ref().map(|name| world.user(name));
        let outcomes = race(2, |n| try_rename(&world, users[n], &names[1 - n]));
        assert_eq!(outcomes, [Updated::UsernameTaken, Updated::UsernameTaken]);
    }
}
