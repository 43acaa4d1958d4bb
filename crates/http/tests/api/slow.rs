//! Slow and excessive clients: disconnected, while others are served.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::Duration;

use actix_web::http::StatusCode;
use chit_chat_contract::Engine;
use chit_chat_http::{BodyTimes, Capacity, Connections, Proxies, Speed};

use crate::app::TestApp;
use crate::sockets::Listening;

const LOGIN: &str = "POST /api/auth/session";
const JSON: &str = "Content-Type: application/json";
const MEBIBYTE: usize = 1024 * 1024;

#[actix_web::test]
async fn missing_body_times_out() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    for (header, start) in
        [("Content-Length: 1000", &b"{"[..]), ("Content-Length: 1000", b""), ("Transfer-Encoding: chunked", b"")]
    {
        let mut client = server.connect();
        client.begin(LOGIN, &[JSON, header], start);
        let late = client.answer().expect_problem(408, "request_timeout");
        assert_eq!(late.header("Connection"), Some("close"));
        client.expect_end();
    }
}

#[actix_web::test]
async fn trickling_body_times_out_and_delays_nobody() {
    const CHUNKED: &str = "Transfer-Encoding: chunked";
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    let gzip = "Content-Encoding: gzip";
    let mut slow = Vec::new();
    for number in 0..100 {
        let mut client = server.connect();
        match number % 4 {
            0 => client.begin(LOGIN, &[JSON, "Content-Length: 5000"], b"{"),
            1 => client.begin(LOGIN, &[JSON, gzip, "Content-Length: 5000"], b"\x1f\x8b\x08\0"),
            2 => client.begin(LOGIN, &[JSON, CHUNKED], b"1\r\n{\r\n"),
            _ => client.begin(LOGIN, &[JSON, gzip, CHUNKED], b"4\r\n\x1f\x8b\x08\0\r\n"),
        }
        client.trickle(if number % 4 < 2 { b" " } else { b"1\r\n \r\n" });
        slow.push(client);
    }
    let mut quick = server.connect();
    quick.begin("GET /readyz", &[], b"");
    quick.answer().expect_status(200);
    for mut client in slow {
        client.answer().expect_problem(408, "request_timeout");
        client.expect_end();
    }
}

#[actix_web::test]
async fn write_is_refused_if_the_session_ends_while_its_body_arrives() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let token = format!("Authorization: Bearer {}", ann.token.clone().unwrap());
    let mut late = server.connect();
    late.begin(&format!("POST {}", room.messages()), &[JSON, &token, "Content-Length: 14"], br#"{"body": "hi""#);
    // Answered by the same thread, so the first head has been read.
    let mut quick = server.connect();
    quick.begin("DELETE /api/auth/session", &[&token], b"");
    quick.answer().expect_status(204);
    late.write("}");
    late.answer().expect_problem(401, "invalid_token");
    let again = app.sign_in("ann").await;
    assert!(again.get(room.messages()).await.items().is_empty());
}

#[actix_web::test]
async fn trickling_second_head_times_out() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    let mut client = server.connect();
    client.begin("GET /healthz", &[], b"");
    client.answer().expect_status(200);
    client.write("GET /healthz HTTP/1.1\r\nX-Endless: ");
    client.trickle(b"x");
    client.expect_end();
}

#[actix_web::test]
async fn body_after_refusal_is_cut_off() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    let mut client = server.connect();
    client.begin("POST /api/chatrooms", &[JSON, "Transfer-Encoding: chunked"], b"1\r\n{\r\n");
    client.answer().expect_problem(401, "unauthenticated");
    client.trickle(b"1\r\n \r\n");
    client.expect_end();
}

#[actix_web::test]
async fn hundred_megabytes_are_refused_early() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    let mut client = server.connect();
    client.begin(LOGIN, &[JSON, "Content-Length: 104857600"], b"{");
    client.answer().expect_problem(413, "body_too_large");
    client.expect_end();

    let mut client = server.connect();
    client.begin(LOGIN, &[JSON, "Transfer-Encoding: chunked"], b"");
    let chunk = format!("{MEBIBYTE:x}\r\n{}\r\n", " ".repeat(MEBIBYTE));
    assert_eq!(client.flood(chunk.as_bytes(), 2), 2);
    client.answer().expect_problem(413, "body_too_large");
    client.flood(chunk.as_bytes(), 98);
    client.expect_end();
}

#[actix_web::test]
async fn oversized_head_is_refused() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    let headers: Vec<String> = (0..200).map(|number| format!("X-{number}: x")).collect();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let mut client = server.connect();
    client.begin("GET /healthz", &headers, b"");
    assert_eq!(client.answer().status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    client.expect_end();
    for (length, statuses) in [(60_000, &[401][..]), (100_000, &[400, 414]), (1_000_000, &[431])] {
        let mut client = server.connect();
        let query = format!("GET /api/users?q={}", "x".repeat(length));
        client.flood(query.as_bytes(), 1);
        client.flood(b" HTTP/1.1\r\nHost: test\r\n\r\n", 1);
        let status = client.answer().status.as_u16();
        assert!(statuses.contains(&status), "{length}: {status}");
    }
    let mut client = server.connect();
    client.write("GET /healthz HTTP/1.1\r\nHost: test\r\nX-Endless: ");
    client.flood(&[b'x'; 1024], 1024);
    assert_eq!(client.answer().status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

#[actix_web::test]
async fn connections_of_one_address_are_limited() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start_with(&app, Capacity { per_address: 2, ..Capacity::UNLIMITED });
    let mut kept = [server.connect(), server.connect()];
    for client in &mut kept {
        client.begin("GET /healthz", &[], b"");
        client.answer().expect_status(200);
    }
    server.connect().expect_end();
    for client in &mut kept {
        client.begin("GET /healthz", &["Connection: close"], b"");
        client.answer().expect_status(200);
        client.expect_end();
    }
    let mut next = server.connect();
    next.begin("GET /healthz", &[], b"");
    next.answer().expect_status(200);
}

#[actix_web::test]
async fn longest_idle_connection_makes_room() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server =
        Listening::start_with(&app, Capacity { per_worker: 3, idle: Duration::ZERO, ..Capacity::UNLIMITED });
    let mut clients = [server.connect(), server.connect()];
    for client in &mut clients {
        client.begin("GET /healthz", &[], b"");
        client.answer().expect_status(200);
    }
    let [mut first, mut second] = clients;
    let mut third = server.connect();
    third.begin("GET /healthz", &[], b"");
    third.answer().expect_status(200);
    first.expect_end();
    second.begin("GET /healthz", &[], b"");
    second.answer().expect_status(200);
}

#[actix_web::test]
async fn slow_reader_is_disconnected() {
    const REQUESTS: usize = 100;
    let app = TestApp::new(Engine::Sqlite).await;
    let whole = app.nobody().get("/api/openapi.json").await.text.len() * REQUESTS;
    let slowest = Speed { bytes: 16 * 1024, period: Duration::from_secs(1) };
    let connections = Connections::new(Duration::from_secs(60), slowest, Capacity::UNLIMITED, Proxies::default());
    let server = Listening::start_watched(&app, connections, BodyTimes::DEFAULT);
    let read_all = |before: Duration, between: Duration| {
        let mut stream = server.connect().into_stream();
        stream
            .write_all("GET /api/openapi.json HTTP/1.1\r\nHost: test\r\n\r\n".repeat(REQUESTS).as_bytes())
            .unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        thread::sleep(before);
        let (mut buffer, mut read) = (vec![0; 1024 * 1024], 0);
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            read += count;
            thread::sleep(between);
        }
        read
    };
    assert!(read_all(Duration::from_secs(4), Duration::ZERO) < whole);
    assert!(read_all(Duration::ZERO, Duration::from_millis(50)) > whole);
}
