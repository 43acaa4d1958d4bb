//! The memory for bodies and responses: a share for each user and address.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use chit_chat_contract::Engine;
use chit_chat_http::{BodyTimes, Budget, Capacity, Connections, Proxies};
use serde_json::json;

use crate::app::TestApp;
use crate::people::Person;
use crate::sockets::{Listening, SLOWEST};

const JSON: &str = "Content-Type: application/json";

/// A server with room for so many bytes of each user, and twice as many of each address.
fn server(app: &TestApp, share: usize) -> Listening {
    server_behind(Proxies::default(), app, share)
}

fn server_behind(proxies: Proxies, app: &TestApp, share: usize) -> Listening {
    let connections = Connections::new(Duration::from_secs(60), SLOWEST, Capacity::UNLIMITED, proxies);
    Listening::start_watched(app, connections.within(Budget::new(16 * share)), BodyTimes::DEFAULT)
}

#[actix_web::test]
async fn unread_responses_are_limited() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    for _ in 0..60 {
        ann.post(room.messages(), json!({"body": "x".repeat(4_000)})).await.expect_status(201);
    }
    let page = format!("{}?limit=200", room.messages());
    let length = ann.get(&page).await.text.len();
    let (page, token) = (format!("GET {page}"), format!("Authorization: Bearer {}", ann.token.clone().unwrap()));
    let server = server(&app, length * 3 / 2);
    let mut unread = server.connect().into_stream();
    // More than the kernel takes.
    unread.write_all(format!("{page} HTTP/1.1\r\nHost: test\r\n{token}\r\n\r\n").repeat(200).as_bytes()).unwrap();
    let mut other = server.connect();
    let started = Instant::now();
    loop {
        other.begin(&page, &[&token], b"");
        let answer = other.answer();
        if answer.status.as_u16() == 503 {
            answer.expect_problem(503, "overloaded");
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "never refused");
        thread::sleep(Duration::from_millis(20));
    }
    for shared in ["GET /healthz", "GET /api/openapi.json"] {
        other.begin(shared, &[], b"");
        other.answer().expect_status(200);
    }
    drop(unread);
    let mut other = server.connect();
    while started.elapsed() < Duration::from_secs(10) {
        other.begin(&page, &[&token], b"");
        if other.answer().status.as_u16() == 200 {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("the memory was not returned");
}

#[actix_web::test]
async fn streams_of_many_chatrooms_are_limited() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    for number in 0..70 {
        ann.create_room(&format!("Room {number}"), "private", &[]).await;
    }
    bob.create_room("Plans", "private", &[]).await;
    let token = |person: &Person| format!("Authorization: Bearer {}", person.token.clone().unwrap());
    // Room for one stream of 70 chatrooms.
    let server = server(&app, 30_000);
    let opened = |token: &str| {
        let mut stream = server.connect().into_stream();
        stream.write_all(format!("GET /api/events HTTP/1.1\r\nHost: test\r\n{token}\r\n\r\n").as_bytes()).unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        (status, stream)
    };
    let (status, first) = opened(&token(&ann));
    assert_eq!(&status, b"HTTP/1.1 200");
    let mut other = server.connect();
    other.begin("GET /api/events", &[&token(&ann)], b"");
    other.answer().expect_problem(503, "overloaded");
    let streams: Vec<_> = (0..10).map(|_| opened(&token(&bob))).collect();
    assert!(streams.iter().all(|(status, _)| status == b"HTTP/1.1 200"), "few chatrooms need no room");
    drop(first);
    let started = Instant::now();
    while &opened(&token(&ann)).0 != b"HTTP/1.1 200" {
        assert!(started.elapsed() < Duration::from_secs(10), "the memory was not returned");
        thread::sleep(Duration::from_millis(20));
    }
}

#[actix_web::test]
async fn arriving_bodies_are_limited() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let token = format!("Authorization: Bearer {}", ann.token.clone().unwrap());
    let server = server(&app, 1_000_000);
    let mut body = br#"{"body": "hi", "unknown": ""#.to_vec();
    body.resize(400_000, b'x');
    let mut clients = [server.connect(), server.connect(), server.connect()];
    for client in &mut clients {
        let headers = [JSON, &token, "Content-Length: 600000"];
        client.begin(&format!("POST {}", room.messages()), &headers, &body);
    }
    let refused = clients.iter_mut().position(|client| client.has_answer(Duration::from_secs(3)));
    let mut refused = clients.into_iter().nth(refused.expect("one is refused")).unwrap();
    let answer = refused.answer().expect_problem(503, "overloaded");
    assert_eq!(answer.header("Connection"), Some("close"));
    refused.expect_end();
    let mut small = server.connect();
    small.begin(&format!("POST {}", room.messages()), &[JSON, &token, "Content-Length: 14"], br#"{"body": "hi"}"#);
    small.answer().expect_status(201);
}

#[actix_web::test]
async fn large_heads_are_limited() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = server(&app, 100_000);
    let padding = "x".repeat(60_000);
    let mut clients: Vec<_> = (0..5).map(|_| server.connect()).collect();
    for client in &mut clients {
        client.begin("GET /healthz", &["X-First: y"], b"");
        client.answer().expect_status(200);
        client.write(format!("GET /healthz HTTP/1.1\r\nHost: test\r\nX-Padding: {padding}"));
    }
    let closed =
        clients.iter_mut().filter_map(|client| client.has_answer(Duration::from_secs(1)).then_some(())).count();
    assert!((1..=3).contains(&closed), "{closed} of 5 were closed");
    drop(clients);
    let started = Instant::now();
    loop {
        let mut client = server.connect();
        client.flood(format!("GET /healthz HTTP/1.1\r\nHost: test\r\nX-Padding: {padding}\r\n\r\n").as_bytes(), 1);
        if client.try_answer().is_some_and(|answer| answer.status.as_u16() == 200) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "the memory was not returned");
    }
}

/// Trusts the address of all clients as a proxy.
fn proxy() -> Proxies {
    Proxies::new(vec!["127.0.0.1/32".parse().unwrap()])
}

fn large_head() -> String {
    format!("X-Padding: {}", "x".repeat(60_000))
}

#[actix_web::test]
async fn unfinished_heads_through_a_proxy_leave_room_for_bodies() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = server_behind(proxy(), &app, 100_000);
    let start = "GET /healthz HTTP/1.1\r\nHost: test\r\n";
    let mut unfinished: Vec<_> = (0..40).map(|_| server.connect()).collect();
    for client in &mut unfinished {
        client.flood(format!("{start}{}", large_head()).as_bytes(), 1);
    }
    // Smaller ones fill what the last large one leaves.
    let smaller: Vec<_> = (0..20).map(|_| server.connect()).collect();
    for client in &smaller {
        client.flood(format!("{start}X-Padding: {}", "x".repeat(20_000)).as_bytes(), 1);
    }
    let closed = unfinished
        .iter_mut()
        .filter_map(|client| client.has_answer(Duration::from_millis(20)).then_some(()))
        .count();
    assert!((25..40).contains(&closed), "{closed} of 40 were closed");
    let token = format!("Authorization: Bearer {}", ann.token.clone().unwrap());
    let mut body = br#"{"body": "hi"}"#.to_vec();
    body.resize(40_000, b' ');
    let mut client = server.connect();
    let headers = [JSON, &token, "X-Forwarded-For: 192.0.2.1", "Content-Length: 40000"];
    client.begin(&format!("POST {}", room.messages()), &headers, &body);
    client.answer().expect_status(201);
}

#[actix_web::test]
async fn large_head_through_a_proxy_counts_for_its_client() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = server_behind(proxy(), &app, 50_000);
    let padding = large_head();
    let unfinished_body = |client: &str| {
        let mut connection = server.connect();
        let headers = [&padding, JSON, client, "Content-Length: 500"];
        connection.begin("POST /api/auth/session", &headers, b"{");
        connection
    };
    let one = "X-Forwarded-For: 192.0.2.1";
    let mut held = [unfinished_body(one), unfinished_body(one)];
    let mut refused = unfinished_body(one);
    refused.answer().expect_problem(503, "overloaded");
    let mut other = server.connect();
    other.begin("GET /healthz", &[&padding, "X-Forwarded-For: 192.0.2.2"], b"");
    other.answer().expect_status(200);
    assert!(held.iter_mut().all(|client| !client.has_answer(Duration::from_millis(100))));
    drop(held);
    let started = Instant::now();
    loop {
        let mut client = server.connect();
        client.begin("GET /healthz", &[&padding, one], b"");
        if client.answer().status.as_u16() == 200 {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "the memory was not returned");
    }
}
