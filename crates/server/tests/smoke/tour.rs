//! A conversation between two users.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::client::PASSWORD;
use crate::database::FreshDatabase;
use crate::program::{Server, succeed};

#[both_engines]
fn conversation_works_and_log_holds_no_secrets(engine: Engine) {
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    let server = Server::start(&place);
    let nobody = server.client();
    assert_eq!(nobody.get("/readyz"), json!({"status": "ready"}));
    let ((ann, _), (bob, bob_id)) = (nobody.sign_up("ann"), nobody.sign_up("bob"));
    let room = ann.expect(201, "POST", "/api/chatrooms", &json!({"name": "Plans", "member_ids": [bob_id]}));
    let path = format!("/api/chatrooms/{}", room["id"].as_str().unwrap());
    let messages = format!("{path}/messages");
    let first = ann.expect(201, "POST", &messages, &json!({"body": "helo whisper"}));
    bob.expect(201, "POST", &messages, &json!({"body": "👋 whisper"}));
    bob.expect(200, "PATCH", &path, &json!({"name": "Big plans"}));
    let edited = format!("{messages}/{}", first["id"].as_str().unwrap());
    ann.expect(200, "PATCH", &edited, &json!({"body": "hello whisper"}));
    nobody.expect(401, "GET", &messages, &Value::Null);
    let page = bob.get(&messages);
    let bodies: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|message| &message["body"]).collect();
    assert_eq!(bodies, ["hello whisper", "👋 whisper"]);
    assert_eq!(bob.get(&path)["name"], "Big plans");
    assert_eq!(ann.send("HEAD", &messages, &Value::Null).unwrap(), (200, String::new()));

    let log = server.whole_log();
    assert!(log.contains("/api/chatrooms/{chatroom_id}/messages"), "requests are logged: {log}");
    for secret in [PASSWORD, "whisper", ann.token()] {
        assert!(!log.contains(secret), "the log holds {secret}: {log}");
    }
}
