//! Deleting rows that no use case needs any longer.

use std::time::Duration;

use chit_chat_contract::{Engine, World, both_engines, done, idempotency, race};
use chit_chat_domain::chatroom::{ChatroomChanges, Creation, Guard, NewChatroom, Right, SlowMode};
use chit_chat_domain::clock::Clock;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Appended, SlowModeOutcome};
use chit_chat_domain::upkeep::CREATION_KEY_RETENTION;

const LONGEST_SLOW_MODE: Duration = Duration::from_secs(SlowMode::LONGEST as u64);

/// A chatroom with the longest slow mode.
fn slow_room(world: &World, owner: UserId, members: &[UserId]) -> ChatroomId {
    let room = world.room(owner, members);
    let slow_mode = SlowMode::parse(SlowMode::LONGEST.into()).ok();
    let changes = ChatroomChanges { slow_mode, ..ChatroomChanges::default() };
    done(world.chatrooms.update(room, changes, Guard::holds(owner, Role::Owner), world.tick()).unwrap());
    room
}

fn say_in_turn(world: &World, room: ChatroomId, author: UserId) -> SlowModeOutcome {
    let draft = world.draft(room, author, "hello");
    world.messages.append_in_slow_mode(draft, Guard::may(author, Right::Speak)).unwrap()
}

fn was_stored(outcome: &SlowModeOutcome) -> bool {
    matches!(outcome, SlowModeOutcome::Taken(Appended::Stored(_)))
}

fn count(world: &World, table: &str) -> i64 {
    world.raw().number(&format!("SELECT count(*) AS value FROM {table}"))
}

#[both_engines]
fn turn_is_forgotten_when_it_no_longer_matters(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let room = slow_room(&world, matt, &[beth, zoe]);
    assert!(was_stored(&say_in_turn(&world, room, beth)));
    let sent_at = world.clock.now();
    assert!(was_stored(&say_in_turn(&world, room, zoe)));
    let almost = sent_at.plus(LONGEST_SLOW_MODE).minus(Duration::from_micros(1));
    assert_eq!(world.upkeep.forget(almost, 100), Ok(false));
    assert_eq!(count(&world, "turns"), 2);
    assert!(matches!(say_in_turn(&world, room, beth), SlowModeOutcome::TooSoon(_)));
    let at = sent_at.plus(LONGEST_SLOW_MODE);
    assert_eq!(world.upkeep.forget(at, 100), Ok(true));
    assert_eq!(count(&world, "turns"), 1, "that of the user who sent later");
    assert_eq!(world.upkeep.forget(at, 100), Ok(false));
    assert!(matches!(say_in_turn(&world, room, zoe), SlowModeOutcome::TooSoon(_)));
}

#[both_engines]
fn turns_are_forgotten_in_batches_oldest_first(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let members: Vec<UserId> = (0..7).map(|n| world.user(&format!("user{n}"))).collect();
    let room = slow_room(&world, matt, &members);
    for user in &members {
        assert!(was_stored(&say_in_turn(&world, room, *user)));
    }
    let later = world.clock.now().plus(LONGEST_SLOW_MODE);
    let mut left = 7;
    while world.upkeep.forget(later, 3).unwrap() {
        let now = count(&world, "turns");
        assert!(left - now <= 3 && now < left, "{left} became {now}");
        left = now;
    }
    assert_eq!(left, 0);
}

#[both_engines]
fn key_of_creation_is_kept_a_day_beyond_its_chatroom(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let draft = |key| NewChatroom { idempotency: Some(idempotency(key, "x")), ..world.draft_room(matt, &[]) };
    let (deleted, kept) = (world.create(draft("deleted")), world.create(draft("kept")));
    let again = |key| {
        let id = ChatroomId::from(world.ids.next());
        world.chatrooms.create_with_members(NewChatroom { id, ..draft(key) }).unwrap()
    };
    let years = world.clock.now().plus(1_000 * CREATION_KEY_RETENTION);
    assert_eq!(world.upkeep.forget(years, 100), Ok(false), "both chatrooms exist");
    world.delete_room(deleted.id, matt);
    let deleted_at = world.clock.now();
    assert_eq!(world.upkeep.forget(years, 100), Ok(false), "the chatroom is not purged yet");
    while world.chatrooms.purge(100).unwrap() {}
    let a_day_later = deleted_at.plus(CREATION_KEY_RETENTION);
    assert_eq!(world.upkeep.forget(a_day_later.minus(Duration::from_micros(1)), 100), Ok(false));
    assert_eq!(again("deleted"), Creation::Duplicate(deleted.id, idempotency("deleted", "x")));
    assert_eq!(world.upkeep.forget(a_day_later, 100), Ok(true));
    assert_eq!(world.upkeep.forget(years, 100), Ok(false));
    assert!(matches!(again("deleted"), Creation::Created(_)));
    assert_eq!(again("kept"), Creation::Duplicate(kept.id, idempotency("kept", "x")));
}

#[both_engines]
fn racing_upkeeps_do_not_conflict(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let matt = world.user("Matt");
    let members: Vec<UserId> = (0..30).map(|n| world.user(&format!("user{n}"))).collect();
    let room = slow_room(&world, matt, &members);
    for user in &members {
        assert!(was_stored(&say_in_turn(&world, room, *user)));
    }
    let later = world.clock.now().plus(LONGEST_SLOW_MODE);
    race(4, |n| {
        let stores = if n % 2 == 0 { &*world.store } else { &another };
        while stores.upkeep.forget(later, 2).unwrap() {}
    });
    assert_eq!(count(&world, "turns"), 0);
}
