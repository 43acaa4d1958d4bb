//! The file of policies.

use std::fs;

use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use crate::database::FreshDatabase;
use crate::program::{Server, chit_chat, run};

const FILE: &str = "
    [words]
    reject = ['casino']
    mask = ['darn']
    [links]
    account_age_hours = 24
    [repeats]
    most = 2
    seconds = 3600
";

#[both_engines]
fn policies_of_the_file_are_enforced(engine: Engine) {
    let place = FreshDatabase::new(engine);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policies.toml");
    fs::write(&file, FILE).unwrap();
    let server = Server::start_with(&place, &[("MESSAGE_POLICIES_FILE", file.to_str().unwrap())]);
    let (ann, _) = server.client().sign_up("ann");
    let room = ann.expect(201, "POST", "/api/chatrooms", &json!({"name": "Plans", "visibility": "private"}));
    let messages = format!("/api/chatrooms/{}/messages", room["id"].as_str().unwrap());
    let send = |status: u16, text: &str| ann.expect(status, "POST", &messages, &json!({"body": text}));
    assert_eq!(send(201, "Darn it")["body"], "**** it");
    for (text, reason) in [("the CASINO", "forbidden_word"), ("https://example.com", "link_too_early")] {
        assert_eq!(send(403, text)["reason_code"], reason, "{text}");
    }
    send(201, "hello");
    send(201, "Hello");
    assert_eq!(send(403, "hello ")["reason_code"], "repeated_text");
}

#[test]
fn mistake_in_the_file_is_named() {
    let place = FreshDatabase::new(Engine::Sqlite);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policies.toml");
    for (content, mistake) in [(None, "cannot be read"), (Some("[word]"), "unknown field `word`")] {
        if let Some(content) = content {
            fs::write(&file, content).unwrap();
        }
        let mut command = chit_chat(&["serve"]);
        let (output, text) = run(command.env("DATABASE_URL", &place.url).env("MESSAGE_POLICIES_FILE", &file));
        assert!(!output.status.success());
        assert!(text.contains("MESSAGE_POLICIES_FILE=") && text.contains(mistake), "{text}");
    }
}
