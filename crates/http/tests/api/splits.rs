//! Requests that arrive in random pieces: each one is answered, and no wake-up is lost.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::Duration;

use chit_chat_contract::Engine;

use crate::app::TestApp;
use crate::sockets::{Connection, Listening};

const CONNECTIONS: usize = 300;
const THREADS: usize = 4;
const TYPE: &str = "Content-Type: application/json";

/// A request with its answers: those of `Expect` count as well.
const REQUESTS: &[(&str, usize)] = &[
    ("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n", 1),
    ("\r\n\nGET /healthz HTTP/1.1\nHost: test\n\n", 1),
    ("HEAD /api/openapi.json HTTP/1.1\r\nHost: test\r\n\r\n", 1),
    ("GET /api/openapi.json HTTP/1.1\r\nHost: test\r\n\r\n", 1),
    ("GET /api/users/me HTTP/1.1\r\nHost: test\r\n\r\n", 1),
    ("OPTIONS * HTTP/1.1\r\nHost: test\r\n\r\n", 1),
    ("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 1),
    (
        "POST /api/auth/session HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        1,
    ),
    (
        "POST /api/auth/session HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n1;x\r\n{\r\n01\r\n}\r\n0\r\nX: y\r\n\r\n",
        1,
    ),
    (
        "POST /api/auth/session HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\
         Content-Length: 2\r\nExpect: 100-continue\r\n\r\n{}",
        2,
    ),
];

/// A small generator of numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

#[actix_web::test]
async fn requests_in_random_pieces_are_all_answered() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    thread::scope(|scope| {
        for first in 0..THREADS {
            let server = &server;
            scope.spawn(move || (first..CONNECTIONS).step_by(THREADS).for_each(|seed| converse(server, seed)));
        }
    });
}

/// Sends random requests in random pieces, and reads until the server closes.
fn converse(server: &Listening, seed: usize) {
    let mut numbers = Numbers(u64::try_from(seed).unwrap());
    let (mut input, mut requests, mut expected) = (Vec::new(), Vec::new(), 0);
    for _ in 0..=numbers.below(12) {
        let (request, answers) = REQUESTS[numbers.below(REQUESTS.len())];
        input.extend_from_slice(request.as_bytes());
        requests.push(request);
        expected += answers;
    }
    let mut stream = server.connect().into_stream();
    stream.set_nodelay(true).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let writing = thread::spawn(move || {
        let mut rest = &input[..];
        while !rest.is_empty() {
            let largest = [3, 40, 400, 4_000][numbers.below(4)];
            let (piece, next) = rest.split_at(rest.len().min(1 + numbers.below(largest)));
            writer.write_all(piece).unwrap();
            rest = next;
            match numbers.below(12) {
                0 => thread::sleep(Duration::from_millis(1)),
                1..4 => thread::yield_now(),
                _ => {}
            }
        }
        // The others are ended by the server.
        if numbers.below(16) > 0 {
            writer.shutdown(Shutdown::Write).unwrap();
        }
    });
    let mut output = Vec::new();
    match stream.read_to_end(&mut output) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("{seed}: no end"),
        ended => drop(ended),
    }
    writing.join().unwrap();
    let output = String::from_utf8_lossy(&output);
    let is_status = |rest: &&str| rest.as_bytes().get(9).is_some_and(u8::is_ascii_digit);
    let starts = output.match_indices("HTTP/1.").map(|(at, _)| &output[at..]);
    let answers: Vec<_> = starts.filter(is_status).filter_map(|rest| rest.lines().next()).collect();
    assert_eq!(answers.len(), expected, "{seed}: {requests:?} {answers:?}");
}

/// Input after the head of a stream does not end the stream.
#[actix_web::test]
async fn input_behind_a_stream_waits() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let server = Listening::start(&app);
    let token = format!("Authorization: Bearer {}", ann.token.clone().unwrap());
    let mut stream = server.connect().into_stream();
    let next = format!("GET /healthz HTTP/1.1\r\nHost: test\r\nX: {}\r\n\r\n", "x".repeat(4_000));
    stream
        .write_all(format!("GET /api/events HTTP/1.1\r\nHost: test\r\n{token}\r\n\r\n{next}").as_bytes())
        .unwrap();
    let room = ann.create_room("Plans", "private", &[]).await;
    stream.write_all(next.as_bytes()).unwrap();
    let (mut output, mut buffer) = (String::new(), [0; 4_096]);
    while !output.contains(&room.id) {
        let count = stream.read(&mut buffer).expect("the event");
        assert!(count > 0, "{output}");
        output.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    assert_eq!(output.matches("HTTP/1.1").count(), 1, "{output}");
}

/// A stream has no length, so `HEAD` has none either (RFC 9110, section 8.6). The connection stays usable.
#[actix_web::test]
async fn head_of_a_stream_has_no_length() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let token = format!("Authorization: Bearer {}", ann.token.clone().unwrap());
    for path in ["/api/events".to_owned(), room.path("events")] {
        let mut stream = server.connect().into_stream();
        let head = format!("HEAD {path} HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n{token}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
        let mut output = String::new();
        stream.read_to_string(&mut output).unwrap();
        let (answer, next) = output.split_once("\r\n\r\n").unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("text/event-stream"), "{output}");
        assert!(!answer.to_ascii_lowercase().contains("content-length"), "{output}");
        assert!(next.starts_with("HTTP/1.1 200"), "{output}");
    }
}

/// A request for a handler that reads no body, with a body larger than what passes ahead.
#[actix_web::test]
async fn bodies_that_nobody_reads_do_not_hang() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = Listening::start(&app);
    let (body, mut clients) = ("x".repeat(200_000), Vec::new());
    for method in ["GET", "DELETE", "HEAD"] {
        for path in ["/healthz", "/api/users/me", "/nowhere"] {
            let head = format!("{method} {path} HTTP/1.1\r\nHost: test\r\n{TYPE}\r\n");
            for request in [
                format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()),
                format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len()),
            ] {
                let mut client = server.connect();
                client.flood(request.as_bytes(), 1);
                client.flood(b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n", 1);
                assert!(client.has_answer(Duration::from_secs(5)), "{method} {path}");
                clients.push(client);
            }
        }
    }
    clients.iter_mut().for_each(Connection::expect_end);
}
