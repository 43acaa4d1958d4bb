//! Data and sessions that survive the end of the program, expected or not.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use chit_chat_contract::{Engine, both_engines, until};
use serde_json::{Value, json};

use crate::client::Client;
use crate::database::FreshDatabase;
use crate::program::{Server, succeed};

#[both_engines]
fn acknowledged_writes_survive_kill(engine: Engine) {
    const WRITERS: usize = 4;
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    let server = Server::start(&place);
    let (ann, _) = server.client().sign_up("ann");
    let room = ann.expect(201, "POST", "/api/chatrooms", &json!({"name": "Plans"}));
    let path = format!("/api/chatrooms/{}", room["id"].as_str().unwrap());
    let acknowledged = Mutex::new(Vec::new());
    let count = || acknowledged.lock().unwrap().len();
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| send_until_killed(&ann, &path, &acknowledged));
        }
        until("many messages are acknowledged", || count() >= 100);
        server.kill();
    });

    let server = Server::start(&place);
    let ann = ann.at(&server.url);
    let log = whole_log(&ann, &path);
    let seqs: Vec<u64> = log.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=ann.get(&path)["last_seq"].as_u64().unwrap()).collect::<Vec<_>>());
    for message in acknowledged.into_inner().unwrap() {
        let found: Vec<_> = log.iter().filter(|event| event["data"]["id"] == message["id"]).collect();
        assert_eq!(found.len(), 1, "{message}");
        assert_eq!(found[0]["data"], message);
    }
    assert!(server.terminate().success());
}

/// Sends messages until the server is gone, and records those that it acknowledged.
pub(crate) fn send_until_killed(ann: &Client, room: &str, acknowledged: &Mutex<Vec<Value>>) {
    let body = json!({"body": "hello"});
    while let Ok((201, text)) = ann.send("POST", &format!("{room}/messages"), &body) {
        acknowledged.lock().unwrap().push(serde_json::from_str(&text).unwrap());
    }
}

pub(crate) fn whole_log(ann: &Client, room: &str) -> Vec<Value> {
    let mut log = Vec::new();
    loop {
        let page = ann.get(&format!("{room}/events?limit=200&after={}", log.len()));
        log.extend(page["items"].as_array().unwrap().iter().cloned());
        if page["next_cursor"].is_null() {
            return log;
        }
    }
}

#[both_engines]
fn tokens_and_ended_sessions_survive_restart(engine: Engine) {
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    let server = Server::start(&place);
    let ((ann, _), (bob, _)) = (server.client().sign_up("ann"), server.client().sign_up("bob"));
    bob.expect(204, "DELETE", "/api/auth/session", &Value::Null);
    assert!(server.terminate().success());
    let server = Server::start(&place);
    assert_eq!(ann.at(&server.url).get("/api/users/me")["username"], "ann");
    bob.at(&server.url).expect(401, "GET", "/api/users/me", &Value::Null);
}

#[both_engines]
fn session_end_reaches_other_instance(engine: Engine) {
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    let (here, there) = (Server::start(&place), Server::start(&place));
    let (ann, _) = here.client().sign_up("ann");
    let elsewhere = ann.at(&there.url);
    elsewhere.get("/api/users/me");
    ann.expect(204, "DELETE", "/api/auth/session", &Value::Null);
    until("the other instance learns of it", || {
        elsewhere.send("GET", "/api/users/me", &Value::Null).unwrap().0 == 401
    });
}

#[test]
fn stop_does_not_wait_for_idle_connections() {
    /// Less than the grace period of requests in flight.
    const LIMIT: Duration = Duration::from_secs(5);
    let place = FreshDatabase::new(Engine::Sqlite);
    succeed(&place, &["db", "create"]);
    let server = Server::start(&place);
    let mut kept = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    kept.write_all(b"GET /readyz HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
    kept.read_exact(&mut [0]).unwrap();
    kept.set_read_timeout(Some(LIMIT)).unwrap();
    let stopping = thread::spawn(|| server.terminate());
    kept.read_to_end(&mut Vec::new()).expect("it is ended");
    assert!(stopping.join().unwrap().success());
}

#[test]
fn last_answer_before_stop_closes_connection() {
    let place = FreshDatabase::new(Engine::Sqlite);
    succeed(&place, &["db", "create"]);
    let server = Server::start(&place);
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut client = TcpStream::connect(&address).unwrap();
    let head = "POST /api/auth/session HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n\
                Content-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    client.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    client.read_exact(&mut go_on).unwrap();
    let stopping = thread::spawn(|| server.terminate());
    until("new connections are refused", || TcpStream::connect(&address).is_err());
    client.write_all(b"{}GET /readyz HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    assert!(stopping.join().unwrap().success());
}
