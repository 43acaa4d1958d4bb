//! Answers on a `WebSocket` repeat little of what a client sends, and hold little memory if nobody reads them.

use chit_chat_contract::Engine;
use serde_json::{Value, json};
use tungstenite::Message;

use super::test_socket::TestSocket;
use crate::app::TestApp;
use crate::sockets::Listening;

const LONGEST_REF: usize = 256;

#[actix_web::test]
async fn answers_repeat_little_of_a_frame() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut test_socket = TestSocket::start(&server, ann.token.as_ref().unwrap(), &json!({}));
    test_socket.expect_each(&["ready", "caught_up"]);
    let long = "x".repeat(100_000);
    let (kept, dropped) = ("r".repeat(LONGEST_REF), "é".repeat(LONGEST_REF / 2) + "r");
    for (frame, reference, code) in [
        (json!({"type": "typing", "ref": kept, "chatroom_id": "x"}), json!(kept), "chatroom_not_found"),
        (json!({"type": "typing", "ref": dropped, "chatroom_id": room.id}), Value::Null, "invalid_value"),
        (json!({"type": "send", "ref": long, "chatroom_id": room.id, "body": "x"}), Value::Null, "invalid_value"),
        (json!({"type": "sing", "ref": long}), Value::Null, "malformed_body"),
        (json!({"type": long, "ref": "r"}), json!("r"), "malformed_body"),
        (json!({"type": "send", "ref": "r", "body": {&long: 1}}), json!("r"), "malformed_body"),
        (json!({"type": "typing", "ref": "r", "chatroom_id": long}), json!("r"), "chatroom_not_found"),
    ] {
        test_socket.say(&frame);
        let Message::Text(text) = test_socket.0.read().unwrap() else { panic!("no text") };
        let refused: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&refused["ref"], &refused["problem"]["code"]), (&reference, &json!(code)), "{refused}");
        assert!(text.len() < 1_000, "{} bytes: {refused}", text.len());
        if code == "invalid_value" {
            assert_eq!(refused["problem"]["errors"][0]["pointer"], "/ref");
        }
    }
    assert_eq!(ann.get(room.messages()).await.expect_status(200).each("body"), Vec::<Value>::new());
}

#[actix_web::test]
async fn problems_quote_little_of_a_body() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let long = "x".repeat(100_000);
    for ids in [json!(long), json!([{&long: 1}])] {
        let body = json!({"name": "Plans", "visibility": "private", "member_ids": ids});
        let answer = ann.post("/api/chatrooms", body).await.expect_problem(400, "malformed_body");
        assert!(answer.text.len() < 1_000, "{} bytes", answer.text.len());
    }
}

#[cfg(target_os = "linux")]
mod memory {
    use std::fs;
    use std::io::Write;
    use std::time::Duration;

    use actix_web::rt::task::spawn_blocking;
    use chit_chat_http::{BodyTimes, Budget, Capacity, Connections, Proxies};
    use socket2::SockRef;

    use super::*;
    use crate::sockets::SLOWEST;

    const SOCKETS: u64 = 20;
    const FRAMES: usize = 100;
    /// The time after which the server is taken not to read any more.
    const BLOCKED: Duration = Duration::from_secs(1);
    /// The memory that each socket may hold, in KiB, and everything else together, the threads of the clients too.
    const OF_EACH: u64 = 200;
    const OF_ALL: u64 = 12 * 1024;

    /// The answer to a retry has the whole message, which was edited.
    #[actix_web::test]
    async fn unread_answers_hold_little_memory() {
        let app = TestApp::new(Engine::Sqlite).await;
        let ann = app.sign_up("ann").await;
        let room = ann.create_room("Plans", "private", &[]).await;
        let send =
            json!({"type": "send", "ref": "r", "chatroom_id": room.id, "body": "hi", "idempotency_key": "k"});
        let connections =
            Connections::new(Duration::from_secs(60), SLOWEST, Capacity::UNLIMITED, Proxies::default());
        let connections = connections.within(Budget::new(16 * 1024 * 1024));
        let server = Listening::start_watched(&app, connections, BodyTimes::DEFAULT);
        let token = ann.token.clone().unwrap();
        let mut first = start(&server, &token);
        first.say(&send);
        let message = loop {
            let frame = first.receive();
            if frame["type"] == "sent" {
                break frame["message"].clone();
            }
        };
        ann.edit(&message, &"🎉".repeat(4_000)).await;
        let sockets: Vec<_> = (0..SOCKETS).map(|_| start(&server, &token)).collect();
        let before = resident();
        let floods = sockets.into_iter().map(|socket| {
            let send = send.to_string();
            spawn_blocking(move || flood(socket, &send))
        });
        let mut sockets = Vec::new();
        for flood in floods.collect::<Vec<_>>() {
            sockets.push(flood.await.unwrap());
        }
        let grown = resident().saturating_sub(before);
        let most = SOCKETS * OF_EACH + OF_ALL;
        assert!(grown <= most, "grown by {grown} KiB, which is more than {most} KiB");
        drop(sockets);
    }

    fn start(server: &Listening, token: &str) -> TestSocket {
        let mut test_socket = TestSocket::start(server, token, &json!({}));
        test_socket.expect_each(&["ready", "caught_up"]);
        SockRef::from(test_socket.0.get_ref()).set_recv_buffer_size(4_096).unwrap();
        test_socket
    }

    fn flood(mut test_socket: TestSocket, text: &str) -> TestSocket {
        let stream = test_socket.0.get_mut();
        stream.set_write_timeout(Some(BLOCKED)).unwrap();
        let mut frame = vec![0x81, 0xfe];
        frame.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        let frames = frame.repeat(FRAMES);
        // Fails when the server takes no more.
        drop((0..1_000).try_for_each(|_| stream.write_all(&frames)));
        test_socket
    }

    /// The resident memory of this process in KiB, which is the server's as well.
    fn resident() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}
