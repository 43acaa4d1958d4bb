//! The commands `chit-chat db ...`.

use chit_chat_contract::{Engine, both_engines};
use serde_json::Value;

use crate::database::FreshDatabase;
use crate::program::{Server, chit_chat, fail, run, succeed};

#[both_engines]
fn create_and_drop_are_idempotent(engine: Engine) {
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "drop", "--yes"]);
    assert!(succeed(&place, &["db", "create"]).contains("created"));
    assert!(succeed(&place, &["db", "create"]).contains("already exists"));
    assert!(succeed(&place, &["db", "migrate"]).contains("up to date"));
    assert!(succeed(&place, &["db", "drop", "--yes"]).contains("dropped"));
    assert!(succeed(&place, &["db", "drop", "--yes"]).contains("did not exist"));
}

#[both_engines]
fn drop_without_terminal_requires_yes(engine: Engine) {
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    let (output, text) = run(chit_chat(&["db", "drop"]).env("DATABASE_URL", &place.url));
    assert!(!output.status.success());
    assert!(text.contains("--yes"), "{text}");
    assert!(succeed(&place, &["db", "create"]).contains("already exists"));
}

#[test]
fn open_sqlite_database_is_not_dropped() {
    let place = FreshDatabase::new(Engine::Sqlite);
    let server = Server::start(&place);
    assert!(fail(&place, &["db", "drop", "--yes"]).contains("is open in another process"));
    server.client().sign_up("ann");
    assert_eq!(server.client().get("/readyz")["status"], "ready");
    assert!(server.terminate().success());
    assert!(succeed(&place, &["user", "list"]).contains("ann"));
    assert!(succeed(&place, &["db", "drop", "--yes"]).contains("dropped"));
}

#[both_engines]
fn first_start_migrates(engine: Engine) {
    let place = FreshDatabase::new(engine);
    let server = Server::start(&place);
    assert_eq!(server.client().get("/readyz")["status"], "ready");
    server.client().expect(404, "GET", "/nothing", &Value::Null);
}
