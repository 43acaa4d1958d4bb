//! The commands `chit-chat key ...`, while a server runs.

use chit_chat_contract::{Engine, both_engines, until};
use serde_json::Value;

use crate::database::FreshDatabase;
use crate::program::{Server, chit_chat, fail, run, succeed};

const KEYS: &str = "/api/admin/keys";

/// Runs a command that prints a key, and returns it.
fn printed(place: &FreshDatabase, arguments: &[&str]) -> String {
    let output = run(chit_chat(arguments).env("DATABASE_URL", &place.url)).0;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let key = String::from_utf8(output.stdout).unwrap();
    assert!(key.starts_with("cck_s") && key.lines().count() == 1, "{key}");
    key.trim_end().to_owned()
}

#[both_engines]
fn operator_creates_rotates_and_revokes_keys(engine: Engine) {
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    let server = Server::start(&place);
    let first = server.client().with_token(&printed(&place, &["key", "create", "--name", "backend"]));
    first.expect(200, "GET", KEYS, &Value::Null);
    let listed: Value = serde_json::from_str(&succeed(&place, &["key", "list", "--json"])).unwrap();
    let id = listed["id"].as_str().unwrap();
    assert_eq!((&listed["name"], listed["scopes"].as_array().unwrap().len()), (&"backend".into(), 7));
    let second = server.client().with_token(&printed(&place, &["key", "rotate", id, "--overlap", "0s"]));
    let refused = |client: &crate::client::Client| client.send("GET", KEYS, &Value::Null).unwrap().0 == 401;
    until("the replaced key stops", || refused(&first));
    second.expect(200, "GET", KEYS, &Value::Null);
    assert!(succeed(&place, &["key", "revoke", id]).contains("is revoked"));
    until("the revoked key stops", || refused(&second));
    assert!(fail(&place, &["key", "revoke", id]).contains("no such key"));
    assert!(fail(&place, &["key", "rotate", "x"]).contains("no such key: x"));
    assert!(fail(&place, &["key", "create", "--name", "x", "--scope", "users:read"]).contains("scopes"));
}
