//! The program's logs.

use chit_chat_contract::Engine;
use serde_json::{Value, json};

use crate::client::PASSWORD;
use crate::database::FreshDatabase;
use crate::program::{Server, succeed};

#[test]
fn log_lines_name_their_request() {
    let place = FreshDatabase::new(Engine::Postgres);
    succeed(&place, &["db", "create"]);
    let server = Server::start(&place);
    let (ann, _) = server.client().sign_up("ann");
    ann.expect(404, "GET", "/api/nothing", &Value::Null);
    // Makes the next request log an error before its own line.
    succeed(&place, &["db", "drop", "--yes"]);
    let login = json!({"username": "ann", "password": PASSWORD});
    let refused = server.client().expect(503, "POST", "/api/auth/session", &login);

    let log = server.whole_log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let about_requests =
        lines.iter().filter(|line| line["target"].as_str().unwrap().starts_with("chit_chat_http"));
    let ids: Vec<&Value> = about_requests.map(request_id).collect();
    assert!(ids.iter().all(|id| id.is_string()), "{log}");
    let about_this = ids.iter().filter(|id| ***id == refused["request_id"]).count();
    assert_eq!(about_this, 2, "the reason, and the line that every request has: {log}");
}

#[test]
fn every_request_is_logged_in_order() {
    const REQUESTS: usize = 500;
    let place = FreshDatabase::new(Engine::Sqlite);
    let server = Server::start(&place);
    let client = server.client();
    for number in 0..REQUESTS {
        client.expect(404, "GET", &format!("/api/nothing/{number}"), &Value::Null);
    }
    client.expect(200, "GET", "/healthz", &Value::Null);
    let log = server.whole_log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let statuses: Vec<&Value> =
        lines.iter().filter(|line| line["message"] == "request").map(|line| &line["status"]).collect();
    assert_eq!(statuses.len(), REQUESTS + 1, "{log}");
    assert_eq!((statuses[REQUESTS - 1], statuses[REQUESTS]), (&json!(404), &json!(200)));
    assert_eq!(lines.last().unwrap()["message"], "stopped");
}

/// The request id of the line itself, or of its span.
fn request_id(line: &Value) -> &Value {
    line.get("request_id").unwrap_or(&line["span"]["request_id"])
}
