//! Databases that can be read and not written to.

use std::fs;
use std::path::PathBuf;

use chit_chat_contract::{Engine, World};
use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::Appended;
use chit_chat_domain::store_error::StoreError;

use crate::connections::end_connections;

const NOW: Timestamp = Timestamp::from_micros(0);

fn send(world: &World, room: ChatroomId, user: UserId) -> Result<Appended, StoreError> {
    world.messages.append(world.draft(room, user, "hello"), Guard::holds(user, Role::Member)).wait()
}

/// Makes all new connections to the database read-only, or no longer.
fn set_read_only(world: &World, read_only: bool) {
    let setting = if read_only { "SET default_transaction_read_only = on" } else { "RESET ALL" };
    let mut raw = world.raw();
    raw.run("SET default_transaction_read_only = off");
    raw.run(&format!("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I {setting}', current_database()); END $$"));
}

#[test]
fn read_only_server_is_read_and_found_writable_again() {
    let world = World::new(Engine::Postgres);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    assert!(world.readiness.is_writable());
    set_read_only(&world, true);
    end_connections(&world);
    assert!(matches!(send(&world, room, matt), Err(StoreError::Unwritable(_))));
    let signed_up = world.users.insert(world.draft_user("Beth"));
    assert!(matches!(signed_up, Err(StoreError::Unwritable(_))), "{signed_up:?}");
    assert!(!world.readiness.is_writable());
    assert!(world.readiness.try_writing(NOW).is_err());
    assert_eq!(world.readiness.is_current(), Ok(true));
    assert!(world.users.find(matt).unwrap().is_some());
    set_read_only(&world, false);
    // The connections were given up, so that new ones find that it is writable.
    assert_eq!(world.readiness.try_writing(NOW), Ok(()));
    assert!(world.readiness.is_writable());
    assert!(matches!(send(&world, room, matt), Ok(Appended::Stored(_))));
}

#[test]
fn trying_to_write_leaves_nothing() {
    let world = World::new(Engine::Postgres);
    world.user("Matt");
    set_read_only(&world, true);
    end_connections(&world);
    assert!(world.users.insert(world.draft_user("Beth")).is_err());
    set_read_only(&world, false);
    assert_eq!(world.readiness.try_writing(NOW), Ok(()));
    assert_eq!(world.raw().number("SELECT count(*) AS value FROM instances"), 0);
}

#[test]
fn write_to_deleted_file_is_not_acknowledged() {
    lose_file(|file| fs::remove_file(file).unwrap());
}

#[test]
fn write_to_replaced_file_is_not_acknowledged() {
    lose_file(|file| {
        let copy = file.with_extension("copy");
        fs::copy(&file, &copy).unwrap();
        fs::rename(&copy, &file).unwrap();
    });
}

#[test]
fn write_to_deleted_log_is_not_acknowledged() {
    lose_file(|file| fs::remove_file(format!("{}-wal", file.display())).unwrap());
}

fn lose_file(lose: impl FnOnce(PathBuf)) {
    let world = World::new(Engine::Sqlite);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    lose(world.url().trim_start_matches("sqlite://").into());
    for _ in 0..2 {
        let sent = send(&world, room, matt);
        assert!(
            matches!(&sent, Err(StoreError::Unwritable(why)) if why.contains("deleted or replaced")),
            "{sent:?}"
        );
        assert!(!world.readiness.is_writable());
        assert!(world.readiness.try_writing(NOW).is_err());
    }
    // Those that read may still have the old file, or find none; they never create an empty one.
    if let Err(error) = world.users.find(matt) {
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    }
}
