//! The handshake and the first frame of a WebSocket.

use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use super::{call, token};
use crate::app::{TestApp, TestConfig};
use crate::limits::{limited, rates};
use crate::sockets::Listening;
use crate::streams::test_socket::TestSocket;

#[both_engines]
async fn socket_resumes_from_positions(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    ann.say_each(&room, &["one", "two"]).await;
    let server = Listening::start(&app);
    let mut test_socket = TestSocket::start(&server, &token(&ann), &json!({&room.id: 3}));
    assert_eq!(test_socket.expect("ready")["data"]["heads"], json!({&room.id: 4}));
    assert_eq!(test_socket.expect("message.created")["data"]["body"], "two");
    test_socket.expect("caught_up");
    let mut ahead = TestSocket::start(&server, &token(&ann), &json!({&room.id: 9}));
    ahead.expect_each(&["ready", "reset", "caught_up"]);
}

#[actix_web::test]
async fn unauthorized_socket_receives_reason_and_closes() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let server = Listening::start(&app);
    for (first, code, close) in [
        (json!({"type": "start"}), "unauthenticated", 3000),
        (json!({"type": "start", "token": "x"}), "invalid_token", 3000),
        (json!({"type": "send"}), "malformed_body", 1008),
        (json!({"type": "start", "token": token(&ann), "after": {"x": 1}}), "invalid_value", 1008),
    ] {
        let mut test_socket = TestSocket::connect(&server, &[]).expect("a handshake");
        test_socket.say(&first);
        assert_eq!(test_socket.expect("refused")["problem"]["code"], code);
        test_socket.expect_close(close);
    }
    let bearer = format!("Bearer {}", token(&ann));
    let mut known = TestSocket::connect(&server, &[("Authorization", &bearer)]).expect("a handshake");
    known.say(&json!({"type": "start"}));
    known.expect_each(&["ready", "caught_up"]);
    let refused = TestSocket::connect(&server, &[("Authorization", "Bearer x")]).err().expect("no handshake");
    assert_eq!(refused.status(), 401);
    let foreign =
        TestSocket::connect(&server, &[("Sec-WebSocket-Protocol", "chat, soap")]).err().expect("no handshake");
    assert_eq!(foreign.status(), 400);
}

#[actix_web::test]
async fn foreign_origin_is_refused() {
    let origins = "https://chat.example".parse().unwrap();
    let app = TestApp::with_config(Engine::Sqlite, TestConfig { origins, ..TestConfig::default() }).await;
    let server = Listening::start(&app);
    for (origin, allowed) in [
        ("https://chat.example", true),
        ("https://Chat.Example:443", true),
        ("http://chat.example", false),
        ("https://chat.example:8443", false),
        ("http://test", true),
        ("http://TEST:80", true),
        ("https://test:443", true),
        ("http://test:443", false),
        ("https://evil.example", false),
        ("null", false),
    ] {
        let outcome = TestSocket::connect(&server, &[("Origin", origin)]);
        assert_eq!(outcome.is_ok(), allowed, "{origin}");
        if let Err(response) = outcome {
            assert_eq!(response.status(), 403);
        }
    }
}

#[actix_web::test]
async fn other_websocket_version_requires_version_13() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    let socket = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
    let version = |version| [&socket[..], &[version]].concat();
    for (headers, status, code) in [
        (version("Sec-WebSocket-Version: 8"), 426, "upgrade_required"),
        (version("Sec-WebSocket-Version: 0"), 426, "upgrade_required"),
        (version("Sec-WebSocket-Version: 14"), 426, "upgrade_required"),
        (version("Sec-WebSocket-Version: 13, 8"), 426, "upgrade_required"),
        (version("Sec-WebSocket-Version:"), 426, "upgrade_required"),
        (socket.to_vec(), 426, "upgrade_required"),
        (vec!["Upgrade: h2c", "Connection: Upgrade"], 426, "upgrade_required"),
        (vec!["Connection: Upgrade", "Sec-WebSocket-Version: 13"], 426, "upgrade_required"),
        (vec!["Connection: close"], 426, "upgrade_required"),
        (vec![socket[0], socket[1], "Sec-WebSocket-Version: 13"], 400, "bad_request"),
    ] {
        let mut client = server.connect();
        client.begin("GET /api/ws", &headers, b"");
        let answer = client.answer().expect_problem(status, code);
        let is_required = status == 426;
        assert_eq!(answer.header("Sec-WebSocket-Version"), is_required.then_some("13"), "{headers:?}");
        assert_eq!(answer.header("Upgrade"), is_required.then_some("websocket"));
        let options = answer.header("Connection").unwrap_or_default();
        assert_eq!(options.contains("upgrade"), is_required, "{options}");
    }
}

#[actix_web::test]
async fn upgrade_is_ignored_in_http_1_0() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    let mut client = server.connect();
    client.write(
        "GET /api/ws HTTP/1.0\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    client.answer().expect_problem(426, "upgrade_required");
}

#[actix_web::test]
async fn opening_counts_as_a_read() {
    let rates = chit_chat_http::Rates { reads_per_user: "2/1h".parse().unwrap(), ..rates() };
    let app = TestApp::with_config(Engine::Sqlite, limited(rates)).await;
    let ann = app.sign_up("ann").await;
    let server = Listening::start(&app);
    for _ in 0..2 {
        call(&server, &ann);
    }
    let mut refused = TestSocket::start(&server, &token(&ann), &json!({}));
    assert_eq!(refused.receive()["problem"]["code"], "rate_limited");
    refused.expect_close(1013);
}
