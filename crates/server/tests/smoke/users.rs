//! The commands `chit-chat user ...`, while a server runs.

use std::io::Write;
use std::process::{Output, Stdio};

use chit_chat_contract::{Engine, TestStore, World, both_engines, until};
use chit_chat_domain::user::{DisplayName, Email, NewUser};
use serde_json::{Value, json};

use crate::client::{Client, PASSWORD};
use crate::database::FreshDatabase;
use crate::program::{Server, chit_chat, fail, run, succeed};

const NEW_PASSWORD: &str = "battery staple";

/// Runs a command with this standard input.
fn run_with_input(place: &FreshDatabase, arguments: &[&str], input: &str) -> Output {
    let mut command = chit_chat(arguments);
    command.env("DATABASE_URL", &place.url).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

fn sign_in(client: &Client, username: &str, password: &str) -> (u16, Value) {
    let login = json!({"username": username, "password": password});
    let (status, text) = client.send("POST", "/api/auth/session", &login).unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

fn wait_for_token_end(client: &Client) {
    until("the token stops", || client.send("GET", "/api/users/me", &Value::Null).unwrap().0 == 401);
}

#[both_engines]
fn operator_creates_accounts_when_sign_up_is_closed(engine: Engine) {
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    let server = Server::start_with(&place, &[("SIGNUP", "closed")]);
    let account = json!({"username": "ann", "password": PASSWORD});
    let refused = server.client().expect(403, "POST", "/api/users", &account);
    assert_eq!(refused["code"], "sign_up_closed");
    let made = run(chit_chat(&["user", "create", "Ann"]).env("DATABASE_URL", &place.url)).0;
    let password = out(&made).trim_end();
    assert!(made.status.success() && !password.contains(char::is_whitespace), "{password}");
    assert_eq!(sign_in(&server.client(), "ann", password).0, 200);
    assert!(fail(&place, &["user", "create", "ANN"]).contains("the username ANN is taken"));
}

#[both_engines]
fn disabled_account_is_locked_out_until_enabled(engine: Engine) {
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    let server = Server::start(&place);
    let (ann, _) = server.client().sign_up("Ann");
    assert!(succeed(&place, &["user", "disable", "aNN"]).contains("Ann is disabled; 1 session ended"));
    wait_for_token_end(&ann);
    let (status, problem) = sign_in(&server.client(), "ann", PASSWORD);
    assert_eq!((status, &problem["code"]), (403, &json!("account_disabled")));
    assert_eq!(sign_in(&server.client(), "ann", "wrong").0, 401);
    assert!(succeed(&place, &["user", "disable", "Ann"]).contains("0 sessions ended"));
    assert!(succeed(&place, &["user", "list", "--disabled"]).contains("Ann"));
    assert!(succeed(&place, &["user", "enable", "ANN"]).contains("Ann is enabled"));
    assert!(!succeed(&place, &["user", "list", "--disabled"]).contains("Ann"));
    assert_eq!(sign_in(&server.client(), "ann", PASSWORD).0, 200);
}

#[both_engines]
fn password_reset_ends_all_sessions(engine: Engine) {
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    let server = Server::start(&place);
    let (ann, _) = server.client().sign_up("ann");
    let reset = run_with_input(
        &place,
        &["user", "reset-password", "ANN", "--password-stdin"],
        &format!("{NEW_PASSWORD}\r\n"),
    );
    assert!(reset.status.success(), "{reset:?}");
    assert!(out(&reset).contains("1 session ended") && !out(&reset).contains(NEW_PASSWORD), "{reset:?}");
    wait_for_token_end(&ann);
    assert_eq!(sign_in(&server.client(), "ann", PASSWORD).0, 401);
    assert_eq!(sign_in(&server.client(), "ann", NEW_PASSWORD).0, 200);
    let made = run(chit_chat(&["user", "reset-password", "ann"]).env("DATABASE_URL", &place.url)).0;
    assert_eq!(sign_in(&server.client(), "ann", NEW_PASSWORD).0, 401);
    assert_eq!(sign_in(&server.client(), "ann", out(&made).trim_end()).0, 200);
}

#[test]
fn password_from_stdin_follows_rules() {
    let place = FreshDatabase::new(Engine::Sqlite);
    succeed(&place, &["db", "create"]);
    for (input, rule) in [
        ("short\n", "at least 8 characters"),
        ("password\n", "too common"),
        ("\nsecond line\n", "must not be empty"),
        ("", "must not be empty"),
        (&"x".repeat(5_000), "at most 1024 characters"),
    ] {
        let refused = run_with_input(&place, &["user", "create", "ann", "--password-stdin"], input);
        assert_eq!(refused.status.code(), Some(1));
        assert!(str::from_utf8(&refused.stderr).unwrap().contains(rule), "{refused:?}");
    }
    assert!(!succeed(&place, &["user", "list"]).contains("ann"));
}

#[both_engines]
fn missing_user_is_named(engine: Engine) {
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    for command in ["disable", "enable", "reset-password"] {
        assert!(fail(&place, &["user", command, "nobody"]).contains("no such user: nobody"));
    }
    assert!(fail(&place, &["user", "create", "not a name"]).contains("the username may contain only"));
}

#[both_engines]
fn user_commands_neither_create_nor_migrate(engine: Engine) {
    let place = FreshDatabase::new(engine);
    let absent = if engine == Engine::Sqlite { "db create" } else { "db migrate" };
    for _ in 0..2 {
        let said = fail(&place, &["user", "list"]);
        assert!(said.contains(absent), "{said}");
    }
    succeed(&place, &["db", "create"]);
    assert!(succeed(&place, &["user", "list"]).starts_with("USERNAME"));
}

#[test]
fn absent_postgres_database_is_explained() {
    let place = FreshDatabase::new(Engine::Postgres);
    succeed(&place, &["db", "drop", "--yes"]);
    for command in [["db", "migrate"], ["user", "list"]] {
        let said = fail(&place, &command);
        assert!(said.contains("run `chit-chat db create`"), "{said}");
    }
}

#[both_engines]
fn list_shows_accounts_of_every_page(engine: Engine) {
    const PEOPLE: usize = 450;
    let world = World::new(engine);
    for n in 0..PEOPLE {
        world.user(&format!("user{n:03}"));
    }
    let lines = |arguments: &[&str]| lines(&world.store, arguments);
    let listed: Vec<Value> =
        lines(&["user", "list", "--json"]).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = listed.iter().map(|user| user["username"].as_str().unwrap()).collect();
    assert_eq!(names, (0..PEOPLE).map(|n| format!("user{n:03}")).collect::<Vec<_>>());
    let table = lines(&["user", "list"]);
    assert_eq!(table.len(), PEOPLE + 1);
    assert_eq!(table.iter().filter(|line| line.starts_with("USERNAME")).count(), 1);
    assert_eq!(lines(&["user", "list", "--search", "USER44"]).len(), 11);
}

#[both_engines]
fn list_shows_columns_for_operators(engine: Engine) {
    let world = World::new(engine);
    let ann = NewUser {
        display_name: Some(DisplayName::restore("Ann \u{202e}Lee".to_owned())),
        email: Email::parse("ann@example.com").ok(),
        ..world.draft_user("Ann")
    };
    let id = world.sign_up(ann);
    world.administration.disable(id, world.tick()).unwrap();
    let line = lines(&world.store, &["user", "list", "--json"]).remove(0);
    let expected = json!({
        "id": id.to_string(), "username": "Ann", "display_name": "Ann \u{202e}Lee", "email": "ann@example.com",
        "created_at": "2026-01-02T03:04:06.678902Z", "disabled_at": "2026-01-02T03:04:07.678903Z",
    });
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), expected);
    let row = lines(&world.store, &["user", "list"]).remove(1);
    let expected = format!("Ann       {id}  2026-01-02 03:04  2026-01-02 03:04  ann@example.com  Ann \u{fffd}Lee");
    assert_eq!(row, expected);
}

/// The output of a command on a database that the test has filled, as lines.
fn lines(store: &TestStore, arguments: &[&str]) -> Vec<String> {
    let (output, text) = run(chit_chat(arguments).env("DATABASE_URL", store.url()));
    assert!(output.status.success(), "{text}");
    out(&output).lines().map(str::to_owned).collect()
}
