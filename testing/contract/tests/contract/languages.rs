//! PostgreSQL with messages in other languages: failures are recognized by SQLSTATE, not by text.

use std::io::{self, Write};
use std::thread;

use chit_chat_contract::{Engine, World, id_literal, until};
use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::Appended;
use chit_chat_domain::store_error::StoreError;

const ENGLISH: &str = "C";
const GERMAN: &str = "de_DE.UTF-8";

#[test]
fn deadlock_is_retried() {
    for world in worlds() {
        let matt = world.user("Matt");
        let mut rooms = [world.room(matt, &[]), world.room(matt, &[])];
        rooms.sort_unstable();
        let [first, second] = rooms.map(|room| format!("id = {}", id_literal(Engine::Postgres, room)));
        let mut other = world.raw();
        // The other transaction never checks for deadlocks, so it is never the victim.
        other.run("SET deadlock_timeout = '1h'");
        other.begin();
        other.lock_rooms(&second);
        thread::scope(|scope| {
            let deletion = scope.spawn(|| world.delete_account(matt));
            world.wait_for_blocked(1);
            // The deletion has locked the first chatroom and waits for the second; it cannot continue before it
            // fails.
            other.lock_rooms(&first);
            assert!(!deletion.is_finished());
            other.run("COMMIT");
            deletion.join().unwrap();
        });
        assert!(world.users.find(matt).unwrap().unwrap().profile.is_none());
    }
}

#[test]
fn lock_timeout_is_contention() {
    for world in worlds() {
        let matt = world.user("Matt");
        let room = world.room(matt, &[]);
        let mut other = world.raw();
        other.begin();
        other.lock_rooms("TRUE");
        let sending = world.messages.append(world.draft(room, matt, "hello"), Guard::holds(matt, Role::Member));
        assert_eq!(sending.wait().unwrap_err(), StoreError::Contention);
    }
}

#[test]
fn canceled_statement_is_unavailable() {
    for world in worlds() {
        let matt = world.user("Matt");
        world.room(matt, &[]);
        let mut other = world.raw();
        other.begin();
        other.lock_rooms("TRUE");
        let deleted = thread::scope(|scope| {
            let deletion = scope.spawn(|| world.try_delete_account(matt));
            // `statement_timeout` has the same SQLSTATE, but takes ten seconds.
            signal_waiting(&world, "pg_cancel_backend");
            deletion.join().unwrap()
        });
        assert!(matches!(deleted, Err(StoreError::Unavailable(_))), "{deleted:?}");
    }
}

#[test]
fn terminated_connection_is_replaced() {
    for world in worlds() {
        let matt = world.user("Matt");
        let room = world.room(matt, &[]);
        let mut other = world.raw();
        other.begin();
        other.lock_rooms("TRUE");
        let sending = world.messages.append(world.draft(room, matt, "hello"), Guard::holds(matt, Role::Member));
        signal_waiting(&world, "pg_terminate_backend");
        other.run("COMMIT");
        assert!(matches!(sending.wait(), Ok(Appended::Stored(_))));
    }
}

/// Calls the function with the process of each connection that waits for a lock.
fn signal_waiting(world: &World, function: &str) {
    let mut observer = world.raw();
    until("a waiting connection is signalled", || {
        observer.number(&format!(
            "SELECT count({function}(pid)) AS value FROM pg_stat_activity \
             WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )) > 0
    });
}

/// A world for each language that this server supports.
fn worlds() -> impl Iterator<Item = World> {
    [ENGLISH, GERMAN].into_iter().filter_map(world_in)
}

/// A world whose server uses this language; `None`, with a line in the output, if the server does not support it.
#[expect(clippy::explicit_write, reason = "`cargo test` hides what eprintln! prints when a test passes")]
fn world_in(language: &str) -> Option<World> {
    let world = World::new(Engine::Postgres);
    // The setting applies to new sessions; the store has opened none yet.
    let chosen = world.raw().attempt(&format!(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET lc_messages = %L', current_database(), '{language}'); \
         END $$"
    ));
    let spoken = chosen.and_then(|()| {
        let refusal = world.raw().attempt("SELECT 1 / 0").unwrap_err();
        let expected = if language == GERMAN { "Division durch Null" } else { "division by zero" };
        if refusal == expected { Ok(()) } else { Err(format!("it still says '{refusal}'")) }
    });
    match spoken {
        Ok(()) => Some(world),
        Err(why) => {
            writeln!(io::stderr(), "SKIPPED: this PostgreSQL does not speak {language}: {why}").unwrap();
            None
        }
    }
}
