//! Metrics: their address, and the documentation of each.

use std::net::TcpListener;

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::client::Client;
use crate::database::FreshDatabase;
use crate::program::{Server, succeed};

const DOCUMENTED: &str = include_str!("../../../../docs/METRICS.md");

#[both_engines]
fn metrics_are_counted_and_documented(engine: Engine) {
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    let server = Server::start(&place);
    let (ann, _) = server.client().sign_up("ann");
    let room = ann.expect(201, "POST", "/api/chatrooms", &json!({"name": "Plans"}));
    let messages = format!("/api/chatrooms/{}/messages", room["id"].as_str().unwrap());
    for _ in 0..3 {
        ann.expect(201, "POST", &messages, &json!({"body": "hello"}));
    }
    ann.expect(405, "POST", "/metrics", &Value::Null);
    let metrics = scrape(&ann);
    let route = "/api/chatrooms/{chatroom_id}/messages";
    assert_has(&metrics, &format!("http_requests_total{{method=\"POST\",route=\"{route}\",status=\"201\"}} 3"));
    assert_has(&metrics, "chit_chat_sends_total{outcome=\"stored\"} 3");
    assert_has(&metrics, "chit_chat_password_duration_seconds_count 2");
    assert_has(&metrics, "chit_chat_sends_waiting 0");
    assert!(!metrics.contains(room["id"].as_str().unwrap()), "{metrics}");
    let names = metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    for name in names.filter(|name| !name.starts_with("process_")) {
        assert!(DOCUMENTED.contains(&format!("`{name}`")), "{name} is not in docs/METRICS.md");
    }
}

#[test]
fn separate_port_serves_only_metrics() {
    let place = FreshDatabase::new(Engine::Sqlite);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Server::start_with(&place, &[("METRICS_LISTEN", &format!("127.0.0.1:{port}"))]);
    server.client().expect(404, "GET", "/metrics", &Value::Null);
    let aside = server.client().at(&format!("http://127.0.0.1:{port}"));
    assert_has(&scrape(&aside), "http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1");
    aside.expect(404, "GET", "/healthz", &Value::Null);
}

fn scrape(client: &Client) -> String {
    let (status, text) = client.send("GET", "/metrics", &Value::Null).unwrap();
    assert_eq!(status, 200);
    text
}

#[track_caller]
fn assert_has(metrics: &str, line: &str) {
    assert!(metrics.lines().any(|found| found == line), "{line} is not in\n{metrics}");
}
