//! Invalid configurations: errors name the variable and contain no secret. Also a key in a file.

use std::net::TcpListener;

use chit_chat_contract::Engine;

use crate::database::FreshDatabase;
use crate::program::{SECRET, Server, VARIABLES, chit_chat, run, succeed};

/// A database URL on which no server listens.
const NOWHERE: &str = "postgres://me:hunter2@127.0.0.1:1/chat";

/// The output of a server that refuses to start.
#[track_caller]
fn refusal(variables: &[(&str, &str)]) -> String {
    let mut command = chit_chat(&["serve"]);
    let (output, text) = run(command.envs(variables.iter().copied()));
    assert!(!output.status.success(), "{variables:?}: {text}");
    assert!(!text.contains("hunter2"), "shows the password: {text}");
    text
}

#[test]
fn signing_key_is_required_on_postgres() {
    let text = refusal(&[("DATABASE_URL", NOWHERE)]);
    assert!(text.contains("JWT_SECRET") && text.contains("32 bytes"), "{text}");
}

#[test]
fn weak_signing_key_is_rejected() {
    let place = FreshDatabase::new(Engine::Sqlite);
    for url in [NOWHERE, &place.url] {
        for weak in ["hunter2", "hunter2,", &format!("{SECRET},hunter2"), &"hunter2".repeat(5)] {
            let text = refusal(&[("DATABASE_URL", url), ("JWT_SECRET", weak)]);
            assert!(text.contains("JWT_SECRET") && text.contains("32 bytes"), "{text}");
            assert!(text.contains("openssl rand -base64 32"), "{text}");
        }
    }
}

#[test]
fn invalid_database_url_is_named() {
    for wrong in ["mysql://me:hunter2@db/chat", "sqlite://", "data/chat.db", "postgres:hunter2"] {
        let text = refusal(&[("DATABASE_URL", wrong), ("JWT_SECRET", SECRET)]);
        assert!(text.contains("DATABASE_URL must be sqlite://PATH or postgres://"), "{text}");
    }
}

#[test]
fn unsupported_tls_is_rejected_without_showing_password() {
    let url = format!("{NOWHERE}?sslmode=require");
    let text = refusal(&[("DATABASE_URL", &url), ("JWT_SECRET", SECRET)]);
    assert!(cfg!(feature = "tls") || text.contains("TLS"), "{text}");
}

#[test]
fn unreachable_database_is_an_error() {
    let text = refusal(&[("DATABASE_URL", NOWHERE), ("JWT_SECRET", SECRET)]);
    assert!(text.contains("127.0.0.1"), "{text}");
}

#[test]
fn invalid_address_is_named() {
    let place = FreshDatabase::new(Engine::Sqlite);
    for wrong in ["127.0.0.1", "8080", "127.0.0.1:port", "127.0.0.1:99999", " "] {
        let text = refusal(&[("DATABASE_URL", &place.url), ("LISTEN", wrong)]);
        assert!(text.contains("LISTEN must be an address and a port"), "{text}");
    }
}

#[test]
fn address_in_use_is_named() {
    let place = FreshDatabase::new(Engine::Sqlite);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let text = refusal(&[("DATABASE_URL", &place.url), ("LISTEN", &address)]);
    assert!(text.contains("LISTEN") && text.contains(&address), "{text}");
}

#[test]
fn invalid_sign_up_policy_is_named() {
    for wrong in ["shut", "clos", " "] {
        let text = refusal(&[("SIGNUP", wrong)]);
        assert!(text.contains("SIGNUP must be open or closed"), "{text}");
    }
}

#[test]
fn invalid_log_filter_is_named() {
    for wrong in ["chit_chat=loud", ",", "x=", "info,,x="] {
        let text = refusal(&[("LOG", wrong)]);
        assert!(text.contains("LOG must be error, warn, info"), "{text}");
    }
}

#[test]
fn signing_key_file_survives_restart_on_postgres() {
    let place = FreshDatabase::new(Engine::Postgres);
    succeed(&place, &["db", "create"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys/jwt-secret");
    let variables = [("JWT_SECRET", ""), ("JWT_SECRET_FILE", file.to_str().unwrap())];
    let server = Server::start_with(&place, &variables);
    let (ann, _) = server.client().sign_up("ann");
    assert!(server.terminate().success());
    let server = Server::start_with(&place, &variables);
    assert_eq!(ann.at(&server.url).get("/api/users/me")["username"], "ann");
}

#[test]
fn invalid_limit_is_named_and_explained() {
    for (variable, wrong, right) in [
        ("RATE_LIMITS", "maybe", "RATE_LIMITS must be on or off"),
        ("LOGIN_FAILURES_PER_NAME", "10", "COUNT/PERIOD"),
        ("LOGIN_FAILURES_PER_ADDRESS", "0/15m", "COUNT/PERIOD"),
        ("SIGN_UPS_PER_ADDRESS", "20/1d", "COUNT/PERIOD"),
        ("WRITES_PER_USER", "/1m", "COUNT/PERIOD"),
        ("TRUSTED_PROXIES", "my-proxy", "10.0.0.0/8"),
        ("CORS_ORIGINS", "chat.example.com", "https://chat.example.com"),
        ("MESSAGE_MAX_CHARACTERS", "0", "MESSAGE_MAX_CHARACTERS must be a number from 1 to 40000"),
        ("MESSAGE_MAX_CHARACTERS", "40001", "MESSAGE_MAX_CHARACTERS must be a number from 1 to 40000"),
        ("MAX_CONNECTIONS", "0", "MAX_CONNECTIONS must be a number from 1 to 1000000"),
    ] {
        let text = refusal(&[(variable, wrong)]);
        let flag = format!("--{}", variable.to_lowercase().replace('_', "-"));
        assert!(text.contains(&flag) && text.contains(right), "{variable}: {text}");
    }
}

#[test]
fn empty_variable_counts_as_absent() {
    let place = FreshDatabase::new(Engine::Sqlite);
    let needed = ["DATABASE_URL", "LISTEN"];
    let others = VARIABLES.into_iter().filter(|variable| !needed.contains(variable));
    let empty: Vec<_> = others.map(|variable| (variable, "")).collect();
    let server = Server::start_with(&place, &empty);
    server.client().sign_up("ann");
    assert!(server.log().contains("listening on"), "{}", server.log());

    let folder = tempfile::tempdir().unwrap();
    let mut command = chit_chat(&["user", "list"]);
    let (_, text) = run(command.envs(needed.map(|variable| (variable, ""))).current_dir(folder.path()));
    assert!(text.contains("./data/chit-chat.db does not exist"), "{text}");
    let (output, text) = run(&mut chit_chat(&["--listen", "", "user", "list"]));
    assert!(!output.status.success() && text.contains("LISTEN must be"), "{text}");
}
