//! The end of a WebSocket, and its reasons.

use std::time::{Duration, Instant};

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};
use tungstenite::Message;

use super::call;
use crate::app::TestApp;
use crate::sockets::Listening;
use crate::streams::test_socket::TestSocket;

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
