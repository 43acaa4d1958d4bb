//! Several requests on one connection: one is read at a time, and answered in order.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::thread;

use chit_chat_contract::Engine;
use serde_json::json;

use crate::app::TestApp;
use crate::sockets::Listening;

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n";
const JSON: &str = "Content-Type: application/json";

/// A request that writes, and its answer as text.
fn send(path: &str, token: &str, body: &str, is_chunked: bool) -> String {
    let head = format!("POST {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\n{JSON}\r\n");
    let body = json!({"body": body}).to_string();
    if is_chunked {
        let (first, second) = body.split_at(5);
        format!(
            "{head}Transfer-Encoding: chunked\r\n\r\n5\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
            second.len()
        )
    } else {
        format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
    }
}

#[actix_web::test]
async fn pipelined_requests_are_answered_in_order() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let token = ann.token.clone().unwrap();
    let server = Listening::start(&app);
    let input: String =
        (0..20).map(|number| send(&room.messages(), &token, &number.to_string(), number % 2 == 0)).collect();
    for piece in [1, 7, 100, 1_000, input.len()] {
        let mut stream = server.connect().into_stream();
        let input = input.clone().into_bytes();
        let mut writer = stream.try_clone().unwrap();
        let writing = thread::spawn(move || {
            input.chunks(piece).for_each(|piece| writer.write_all(piece).unwrap());
            writer.shutdown(Shutdown::Write).unwrap();
        });
        let mut output = String::new();
        stream.read_to_string(&mut output).unwrap();
        writing.join().unwrap();
        let bodies: Vec<_> = output
            .match_indices("\"body\":\"")
            .map(|(at, text)| output[at + text.len()..].split('"').next().unwrap().to_owned())
            .collect();
        assert_eq!(bodies, (0..20).map(|number| number.to_string()).collect::<Vec<_>>(), "{piece}");
    }
}

#[actix_web::test]
async fn nothing_is_answered_after_connection_close() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let token = ann.token.clone().unwrap();
    let server = Listening::start(&app);
    let late = send(&room.messages(), &token, "late", false);
    for last in
        ["GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", "GET /healthz HTTP/1.0\r\n\r\n"]
    {
        let mut stream = server.connect().into_stream();
        stream.write_all(format!("{HEALTH}{last}{late}{HEALTH}").as_bytes()).unwrap();
        let mut output = String::new();
        stream.read_to_string(&mut output).unwrap();
        assert_eq!(output.matches("HTTP/1.").count(), 2, "{output}");
    }
    assert!(ann.get(room.messages()).await.items().is_empty());
}

#[actix_web::test]
async fn upgrades_to_other_protocols_are_ignored() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let token = format!("Authorization: Bearer {}", ann.token.clone().unwrap());
    let server = Listening::start(&app);
    let upgrades: [&[&str]; 4] = [
        &["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"],
        &["Connection: Upgrade", "Upgrade: websocket"],
        &["Upgrade: websocket"],
        &["Connection: upgrade"],
    ];
    for upgrade in upgrades {
        let mut client = server.connect();
        for number in 0..2 {
            client.begin("GET /healthz", upgrade, b"");
            let answer = client.answer().expect_status(200);
            assert!(answer.header("Connection").is_none_or(|value| value == "keep-alive"), "{upgrade:?}");
            let body = json!({"body": format!("{number}")}).to_string();
            let length = format!("Content-Length: {}", body.len());
            let headers = [upgrade, &[JSON, &token, &length]].concat();
            client.begin(&format!("POST {}", room.messages()), &headers, body.as_bytes());
            client.answer().expect_status(201);
        }
    }
}

#[actix_web::test]
async fn large_bodies_arrive_whole() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let token = format!("Authorization: Bearer {}", ann.token.clone().unwrap());
    let server = Listening::start(&app);
    let mut client = server.connect();
    let padding = "x".repeat(900_000);
    let body = json!({"body": "large", "unknown": padding}).to_string();
    client.begin(
        &format!("POST {}", room.messages()),
        &[JSON, &token, &format!("Content-Length: {}", body.len())],
        body.as_bytes(),
    );
    client.answer().expect_status(201);
    client.begin(&format!("POST {}", room.messages()), &[JSON, &token, "Transfer-Encoding: chunked"], b"");
    for chunk in body.as_bytes().chunks(1_000) {
        client.write(format!("{:x}\r\n", chunk.len()));
        client.write(chunk);
        client.write("\r\n");
    }
    client.write("0\r\n\r\n");
    client.answer().expect_status(201);
    client.begin("GET /healthz", &[], b"");
    client.answer().expect_status(200);
}

/// actix closes a connection whose request body nobody read.
#[actix_web::test]
async fn unread_body_ends_the_connection() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    let chunk = format!("{:x}\r\n{}\r\n", 100_000, "x".repeat(100_000));
    for (header, body) in
        [("Transfer-Encoding: chunked", format!("{chunk}{chunk}0\r\n\r\n")), ("Content-Length: 9", "x".to_owned())]
    {
        let mut client = server.connect();
        client.begin("GET /healthz", &[header], body.as_bytes());
        client.answer().expect_status(200);
        client.expect_end();
    }
}
