//! `GET /api/ws`: streams over a WebSocket.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};
use tungstenite::Message;

use super::event_stream::EventStream;
use super::test_socket::TestSocket;
use crate::app::{TestApp, TestConfig};
use crate::limits::{limited, rates};
use crate::people::Person;
use crate::sockets::Listening;

fn token(person: &Person) -> String {
    person.token.clone().unwrap()
}

fn call(server: &Listening, person: &Person) -> TestSocket {
    let mut test_socket = TestSocket::start(server, &token(person), &json!({}));
    test_socket.expect_each(&["ready", "caught_up"]);
    test_socket
}

#[both_engines]
async fn sent_message_is_answered_and_received(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let (mut anns, mut bobs) = (call(&server, &ann), call(&server, &bob));
    let send =
        json!({"type": "send", "ref": "1", "chatroom_id": room.id, "body": "hello", "idempotency_key": "k"});
    anns.say(&send);
    let received = [anns.receive(), anns.receive()];
    let of = |kind: &str| {
        received.iter().find(|it| it["type"] == kind).unwrap_or_else(|| panic!("no {kind}: {received:?}"))
    };
    let (sent, created) = (of("sent"), of("message.created"));
    assert_eq!((&sent["ref"], &sent["replayed"]), (&json!("1"), &json!(false)));
    assert_eq!(sent["message"], created["data"]);
    assert_eq!(bobs.expect("message.created")["data"]["client_key"], "k");
    anns.say(&send);
    let again = anns.expect("sent");
    assert_eq!((&again["replayed"], &again["message"]), (&json!(true), &sent["message"]));
    anns.say(&json!({"type": "typing", "chatroom_id": room.id}));
    assert_eq!(bobs.expect("typing")["actor_id"], ann.id.as_str());
}

#[both_engines]
async fn concurrent_sends_keep_order(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut test_socket = call(&server, &ann);
    for number in 0..100 {
        test_socket.say(&json!({"type": "send", "ref": number.to_string(), "chatroom_id": room.id, "body": number.to_string()}));
    }
    let (mut sent, mut received) = (BTreeSet::new(), Vec::new());
    while sent.len() < 100 || received.len() < 100 {
        let frame = test_socket.receive();
        match frame["type"].as_str().unwrap() {
            "sent" => assert!(sent.insert(frame["ref"].as_str().unwrap().to_owned())),
            "message.created" => received.push(frame["data"]["body"].as_str().unwrap().to_owned()),
            other => panic!("unexpected {other}"),
        }
    }
    assert_eq!(received, (0..100).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[both_engines]
async fn unstarted_socket_receives_server_stop(engine: Engine) {
    let app = TestApp::new(engine).await;
    let server = Listening::start(&app);
    let mut test_socket = TestSocket::connect(&server, &[]).expect("a handshake");
    app.state.streams.close();
    test_socket.expect_close(1012);
}

#[actix_web::test]
async fn pings_do_not_delay_server_stop() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    let mut test_socket = TestSocket::connect(&server, &[]).expect("a handshake");
    app.state.streams.close();
    let end = loop {
        // The connection may be closed already.
        drop(test_socket.0.send(Message::Ping("there?".into())));
        match test_socket.0.read().unwrap() {
            Message::Pong(_) => {}
            end => break end,
        }
    };
    assert!(matches!(&end, Message::Close(Some(frame)) if u16::from(frame.code) == 1012), "{end:?}");
}

#[both_engines]
async fn stored_sends_are_answered_before_close(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let (mut test_socket, mut other) = (call(&server, &ann), call(&server, &ann));
    let mut held = app.database();
    held.begin();
    held.lock_rooms("TRUE");
    for _ in 0..10 {
        test_socket.say(&json!({"type": "send", "chatroom_id": room.id, "body": "hello"}));
    }
    test_socket.say(&json!({"type": "sing"}));
    test_socket.expect("refused");
    app.state.streams.close();
    other.expect_close(1012);
    held.run("COMMIT");
    let mut sent = 0;
    while let Some(frame) = test_socket.receive_until_closed(1012) {
        sent += i64::from(frame["type"] == "sent");
    }
    let head = ann.get(room.own_path()).await.expect_status(200).body["last_seq"].as_i64().unwrap();
    assert_eq!(sent, head - 2, "so many were stored");
}

#[both_engines]
async fn replies_and_mentions_keep_order_among_sends(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let parent = ann.say(&room, "parent").await;
    let server = Listening::start(&app);
    let mut test_socket = call(&server, &ann);
    let body = |number: usize| ["plain", "@bob", "reply", "@all"][number % 4].to_owned() + &format!(" {number}");
    for number in 0..60 {
        let reply_to = if number % 4 == 2 { &parent["id"] } else { &Value::Null };
        test_socket
            .say(&json!({"type": "send", "chatroom_id": room.id, "body": body(number), "reply_to": reply_to}));
    }
    let mut received = Vec::new();
    while received.len() < 60 {
        let frame = test_socket.receive();
        if frame["type"] == "message.created" {
            received.push(frame["data"]["body"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(received, (0..60).map(body).collect::<Vec<_>>());
}

#[both_engines]
async fn refused_send_explains_and_keeps_socket_open(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, eve) = (app.sign_up("ann").await, app.sign_up("eve").await);
    let hidden = ann.create_room("Plans", "private", &[]).await;
    let open = ann.create_room("Plaza", "public", &[]).await;
    let server = Listening::start(&app);
    let mut test_socket = call(&server, &eve);
    let send = |room: &str, body: &str| json!({"type": "send", "ref": "r", "chatroom_id": room, "body": body});
    let mut keyed = send(&open.id, "x");
    keyed["idempotency_key"] = json!("é");
    for (frame, reference, code) in [
        (send(&hidden.id, "x"), json!("r"), "chatroom_not_found"),
        (send("7", "x"), json!("r"), "chatroom_not_found"),
        (send(&open.id, "x"), json!("r"), "not_a_member"),
        (send(&open.id, ""), json!("r"), "invalid_value"),
        (keyed, json!("r"), "invalid_value"),
        (json!({"type": "typing", "ref": "r", "chatroom_id": hidden.id}), json!("r"), "chatroom_not_found"),
        (json!({"type": "typing", "ref": "r", "chatroom_id": open.id}), json!("r"), "not_a_member"),
        (json!({"type": "sing"}), Value::Null, "malformed_body"),
        (json!({"type": "send", "ref": "r"}), json!("r"), "malformed_body"),
        (json!({"type": "send"}), Value::Null, "malformed_body"),
        (json!(7), Value::Null, "malformed_body"),
    ] {
        test_socket.say(&frame);
        let refused = test_socket.expect("refused");
        assert_eq!((&refused["ref"], &refused["problem"]["code"]), (&reference, &json!(code)), "{frame}");
    }
    eve.join(&open).await;
    test_socket.expect("membership.created");
}

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

#[both_engines]
async fn session_end_and_server_stop_close_socket(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let server = Listening::start(&app);
    let (mut anns, mut bobs) = (call(&server, &ann), call(&server, &bob));
    ann.delete("/api/auth/session").await.expect_status(204);
    anns.expect("unauthenticated");
    anns.expect_close(3000);
    app.state.streams.close();
    bobs.expect_close(1012);
}

#[both_engines]
async fn ended_session_sends_nothing_more(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut test_socket = call(&server, &ann);
    ann.delete("/api/auth/session").await.expect_status(204);
    let send = json!({"type": "send", "chatroom_id": room.id, "body": "too late"}).to_string();
    for text in ["{}", &send].repeat(100) {
        if test_socket.0.send(Message::text(text)).is_err() {
            break;
        }
    }
    let mut last = Value::Null;
    while let Ok(Message::Text(text)) = test_socket.0.read() {
        last = serde_json::from_str(&text).unwrap();
        assert_ne!(last["type"], "sent");
    }
    assert!(last["type"] == "unauthenticated" || last["problem"]["code"] == "invalid_token", "{last}");
    let again = app.sign_in("ann").await;
    assert_eq!(again.get(room.messages()).await.expect_status(200).each("body"), Vec::<Value>::new());
}

#[both_engines]
async fn socket_refuses_sends_while_ended_sessions_are_unknown(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut test_socket = call(&server, &ann);
    app.follow();
    let start = Instant::now();
    while ann.get("/api/users/me").await.status == 200 {
        assert!(start.elapsed() < Duration::from_secs(20), "still trusted");
    }
    test_socket.say(&json!({"type": "send", "ref": "r", "chatroom_id": room.id, "body": "hello"}));
    assert_eq!(test_socket.expect("refused")["problem"]["code"], "unavailable");
    app.follow();
    test_socket.say(&json!({"type": "send", "ref": "r", "chatroom_id": room.id, "body": "hello"}));
    while test_socket.receive()["type"] != "sent" {}
}

#[actix_web::test]
async fn frames_are_text_and_bounded() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let server = Listening::start(&app);
    let mut binary = call(&server, &ann);
    binary.0.send(Message::binary(vec![1, 2, 3])).unwrap();
    binary.expect_close(1003);
    let mut large = call(&server, &ann);
    large.0.send(Message::text("x".repeat(200 * 1024))).unwrap();
    large.expect_close(1009);
    let mut early = TestSocket::connect(&server, &[]).expect("a handshake");
    early.0.send(Message::text("x".repeat(200 * 1024))).unwrap();
    early.expect_close(1009);
}

#[actix_web::test]
async fn sends_count_as_writes() {
    let rates = chit_chat_http::Rates { writes_per_user: "4/1h".parse().unwrap(), ..rates() };
    let app = TestApp::with_config(Engine::Sqlite, limited(rates)).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut test_socket = call(&server, &ann);
    let send = json!({"type": "send", "chatroom_id": room.id, "body": "x"});
    let mut outcomes = Vec::new();
    for _ in 0..5 {
        test_socket.say(&send);
    }
    while outcomes.len() < 5 {
        let frame = test_socket.receive();
        if ["sent", "refused"].contains(&frame["type"].as_str().unwrap()) {
            outcomes.push(frame["problem"]["code"].clone());
        }
    }
    assert_eq!(outcomes.iter().filter(|code| **code == "rate_limited").count(), 2, "{outcomes:?}");
    let mut others = EventStream::open(&server, &ann, &room.path("events"), &[]);
    others.expect("caught_up");
    // Resuming a stream does not count as a write, although it is a POST.
    EventStream::resume(&server, &ann, &json!({})).expect("ready");
    ann.post(room.path("typing"), json!({})).await.expect_problem(429, "rate_limited");
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
