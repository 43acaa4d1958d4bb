//! Connections closed by a PostgreSQL server, as during a restart.

use std::time::Instant;

use chit_chat_contract::{Crowd, Engine, World, all_stored, until};
use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Appended, NewMessage};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::user::SignedUp;

#[test]
fn read_reconnects() {
    let world = World::new(Engine::Postgres);
    let matt = world.user("Matt");
    end_connections(&world);
    assert!(world.users.find(matt).unwrap().is_some());
    end_connections(&world);
    assert_eq!(world.readiness.is_current(), Ok(true));
}

#[test]
fn slow_read_is_cut_and_its_connection_is_kept() {
    let world = World::new(Engine::Postgres);
    let matt = world.user("Matt");
    let mut held = world.raw();
    held.begin();
    held.run("LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
    let started = Instant::now();
    let cut = world.users.find(matt);
    assert!(matches!(cut, Err(StoreError::Unavailable(_))), "{cut:?}");
    assert!((4..9).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    held.run("COMMIT");
    assert!(world.users.find(matt).unwrap().is_some());
}

#[test]
fn send_reconnects_and_is_stored_once() {
    let world = World::new(Engine::Postgres);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    for n in 0..8 {
        end_connections(&world);
        assert!(matches!(world.send(world.draft(room, matt, &n.to_string())), Appended::Stored(_)));
    }
    assert_eq!(world.log(room).len(), 10);
}

#[test]
fn write_reconnects() {
    let world = World::new(Engine::Postgres);
    world.user("Matt");
    end_connections(&world);
    assert_eq!(world.users.insert(world.draft_user("Beth")), Ok(SignedUp::Created));
}

#[test]
fn send_that_loses_connection_while_waiting_is_stored_once() {
    let world = World::new(Engine::Postgres);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let mut held = world.raw();
    held.begin();
    held.run("SELECT id FROM chatrooms FOR UPDATE");
    let draft: NewMessage = world.draft(room, matt, "hello");
    let sending = world.messages.append(draft, Guard::holds(matt, Role::Member));
    end_waiting_connections(&world);
    held.run("COMMIT");
    assert!(matches!(sending.wait(), Ok(Appended::Stored(_))));
    assert_eq!(world.log(room).len(), 3);
}

#[test]
fn batch_that_loses_connection_while_waiting_is_stored_once() {
    let crowd = Crowd::new(Engine::Postgres, 3, 2);
    let mut held = crowd.world.block_writes();
    let sends = crowd.world.queue_sends(&crowd.world.store, crowd.drafts(100));
    held.start_batch();
    end_waiting_connections(&crowd.world);
    held.release();
    crowd.assert_logged(&all_stored(sends));
}

/// Terminates the connections that wait for a lock.
fn end_waiting_connections(world: &World) {
    let mut observer = world.raw();
    until("a connection that waits is ended", || {
        observer.number(
            "SELECT count(pg_terminate_backend(pid)) AS value FROM pg_stat_activity \
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        ) > 0
    });
}

/// Terminates every other connection to the database.
pub(crate) fn end_connections(world: &World) {
    let mut raw = world.raw();
    let others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    raw.number(&format!("SELECT count(pg_terminate_backend(pid)) AS value {others}"));
    until("the connections are closed", || raw.number(&format!("SELECT count(*) AS value {others}")) == 0);
}
