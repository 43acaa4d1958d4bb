//! Large and fragmented WebSocket frames: joined, and counted in the memory for bodies.

use std::io::Write;
use std::time::{Duration, Instant};

use chit_chat_contract::Engine;
use chit_chat_http::{BodyTimes, Budget, Capacity, Connections, Proxies};
use serde_json::json;
use tungstenite::Message;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{Data, OpCode};

use super::test_socket::TestSocket;
use crate::app::TestApp;
use crate::people::Person;
use crate::sockets::{Listening, SLOWEST};

const LARGE: usize = 120_000;
const SENT: usize = 100_000;

fn start(server: &Listening, ann: &Person) -> TestSocket {
    let mut test_socket = TestSocket::start(server, ann.token.as_ref().unwrap(), &json!({}));
    test_socket.expect_each(&["ready", "caught_up"]);
    test_socket
}

/// Sends the head of a large text frame and most of its spaces.
fn begin_frame(test_socket: &mut TestSocket) {
    let stream = test_socket.0.get_mut();
    stream.write_all(&[0x81, 0xff]).unwrap();
    stream.write_all(&u64::try_from(LARGE).unwrap().to_be_bytes()).unwrap();
    stream.write_all(&[0; 4]).unwrap();
    // The server may close meanwhile.
    drop(stream.write_all(&vec![b' '; SENT]));
}

fn fragment(text: &str, kind: Data, is_last: bool) -> Message {
    Message::Frame(Frame::message(text.to_owned(), OpCode::Data(kind), is_last))
}

#[actix_web::test]
async fn unfinished_frames_are_limited() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (ann, ben) = (app.sign_up("ann").await, app.sign_up("ben").await);
    let connections = Connections::new(Duration::from_secs(60), SLOWEST, Capacity::UNLIMITED, Proxies::default());
    // Room for one such frame of a user, and for two of an address.
    let connections = connections.within(Budget::new(16 * 290_000));
    let server = Listening::start_watched(&app, connections, BodyTimes::DEFAULT);
    let mut first = start(&server, &ann);
    begin_frame(&mut first);
    let mut neighbour = start(&server, &ben);
    begin_frame(&mut neighbour);
    for _ in 0..2 {
        // As large as all that is left, so the first frame has arrived.
        let mut stranger = TestSocket::connect(&server, &[]).expect("a handshake");
        begin_frame(&mut stranger);
        stranger.expect_close(1013);
        let mut second = start(&server, &ann);
        begin_frame(&mut second);
        second.expect_close(1013);
    }
    first.0.get_mut().write_all(&vec![b' '; LARGE - SENT]).unwrap();
    assert_eq!(first.expect("refused")["problem"]["code"], "malformed_body");
    let mut third = start(&server, &ann);
    third.0.send(Message::text(" ".repeat(LARGE))).unwrap();
    assert_eq!(third.expect("refused")["problem"]["code"], "malformed_body");
}

/// Strangers of several networks begin large frames at once.
#[cfg(target_os = "linux")]
#[actix_web::test]
async fn first_frames_of_strangers_leave_room_for_users() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let connections = Connections::new(Duration::from_secs(60), SLOWEST, Capacity::UNLIMITED, Proxies::default());
    // Room for one such frame of a user or of the strangers of a network, and for two of an address.
    let connections = connections.within(Budget::new(16 * 290_000));
    let server = Listening::start_watched(&app, connections, BodyTimes::DEFAULT);
    let mut strangers = Vec::new();
    for network in 1..=4 {
        for address in 1..=4 {
            let mut stranger =
                TestSocket::connect(&server.from([127, 2, network, address]), &[]).expect("a handshake");
            begin_frame(&mut stranger);
            strangers.push(stranger);
        }
    }
    let closed = strangers.iter_mut().filter_map(|stranger| stranger.is_closed(1013).then_some(())).count();
    // At most two of different networks have found room.
    assert!(closed >= 14, "{closed} of 16 were closed");
    // Who sent a token with the request is no stranger.
    let token = format!("Bearer {}", ann.token.as_ref().unwrap());
    let mut known =
        TestSocket::connect(&server.from([127, 2, 1, 1]), &[("Authorization", &token)]).expect("a handshake");
    let mut start = json!({"type": "start", "padding": " ".repeat(LARGE)});
    known.say(&start);
    known.expect_each(&["ready", "caught_up"]);
    known.0.send(Message::text(" ".repeat(LARGE))).unwrap();
    assert_eq!(known.expect("refused")["problem"]["code"], "malformed_body");

    drop(strangers);
    start["token"] = json!(ann.token);
    let started = Instant::now();
    loop {
        let mut late = TestSocket::connect(&server, &[]).expect("a handshake");
        late.say(&start);
        if late.receive_until_closed(1013).is_some_and(|frame| frame["type"] == "ready") {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "the memory was not returned");
    }
}

#[actix_web::test]
async fn fragments_are_joined() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut test_socket = start(&server, &ann);
    let frame = json!({"type": "send", "chatroom_id": room.id, "body": "in pieces"}).to_string();
    for (index, piece) in frame.as_bytes().chunks(2).enumerate() {
        let kind = if index == 0 { Data::Text } else { Data::Continue };
        test_socket.0.send(fragment(str::from_utf8(piece).unwrap(), kind, false)).unwrap();
        if index == 10 {
            test_socket.0.send(Message::Ping(vec![1].into())).unwrap();
        }
    }
    test_socket.0.send(fragment("", Data::Continue, true)).unwrap();
    let sent = loop {
        let frame = test_socket.receive();
        if frame["type"] == "sent" {
            break frame;
        }
    };
    assert_eq!(sent["message"]["body"], "in pieces");

    for kind in [Data::Text, Data::Continue, Data::Continue] {
        drop(test_socket.0.send(fragment(&"x".repeat(60_000), kind, false)));
    }
    while test_socket.receive_until_closed(1009).is_some() {}
    let mut binary = start(&server, &ann);
    binary.0.send(fragment("x", Data::Binary, false)).unwrap();
    binary.expect_close(1003);
    let mut garbled = start(&server, &ann);
    garbled.0.send(fragment("x", Data::Continue, true)).unwrap();
    garbled.expect_close(1002);
}

#[actix_web::test]
async fn fragments_are_limited() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let server = Listening::start(&app);
    let mut many = start(&server, &ann);
    many.0.send(fragment("{", Data::Text, false)).unwrap();
    for _ in 0..100 {
        // The server may close meanwhile.
        drop(many.0.send(fragment(" ", Data::Continue, false)));
    }
    many.expect_close(1008);

    let mut empty = start(&server, &ann);
    empty.0.send(fragment("", Data::Text, false)).unwrap();
    empty.expect_close(1008);
    let mut empty = start(&server, &ann);
    empty.0.send(fragment("{", Data::Text, false)).unwrap();
    empty.0.send(fragment("", Data::Continue, false)).unwrap();
    empty.expect_close(1008);
}

#[actix_web::test]
async fn first_frame_is_in_one_piece() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let server = Listening::start(&app);
    let token = format!("Bearer {}", ann.token.as_ref().unwrap());
    for headers in [&[] as &[_], &[("Authorization", token.as_str())]] {
        let mut test_socket = TestSocket::connect(&server, headers).expect("a handshake");
        test_socket.0.send(fragment(r#"{"type": "#, Data::Text, false)).unwrap();
        test_socket.expect_close(1008);
    }
}

/// A client need not wait for the answer to its handshake.
#[actix_web::test]
async fn frames_sent_with_the_handshake_arrive() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let server = Listening::start(&app);
    let start = json!({"type": "start", "token": ann.token}).to_string();
    let mut input = b"GET /api/ws HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        .to_vec();
    input.extend([0x81, 0xfe]);
    input.extend(u16::try_from(start.len()).unwrap().to_be_bytes());
    input.extend([0; 4]);
    input.extend(start.as_bytes());
    for piece in [1, 50, input.len()] {
        let mut client = server.connect();
        input.chunks(piece).for_each(|piece| client.write(piece));
        client.expect_text("caught_up");
    }
}
