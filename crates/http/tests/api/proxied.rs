//! Clients behind a trusted proxy: each has a share of what is held for long, and all together count as one holder of
//! connections.

use std::time::{Duration, Instant};

use chit_chat_contract::Engine;
use chit_chat_http::{BodyTimes, Capacity, Connections, Proxies};

use crate::answer::Answer;
use crate::app::TestApp;
use crate::room::{full_at, is_served};
use crate::sockets::{Connection, Listening, SLOWEST};

const PROXY: [u8; 4] = [127, 0, 9, 1];
const DIRECT: [u8; 4] = [127, 0, 2, 1];
const LONG: Duration = Duration::from_secs(60);
/// The time within which an answer or an end would arrive.
const SOON: Duration = Duration::from_millis(300);
/// The share of an address.
const SHARE: usize = 3;
const MANY: &str = "192.0.2.1";
const ONE: &str = "198.51.100.1";

fn proxies() -> Proxies {
    Proxies::new(vec!["127.0.9.0/24".parse().unwrap()])
}

/// A server on which an address has a small share, behind a proxy.
fn with_shares(app: &TestApp) -> Listening {
    let capacity = Capacity { per_address: SHARE, ..Capacity::UNLIMITED };
    let times = BodyTimes { limit: LONG, ..BodyTimes::DEFAULT };
    Listening::start_watched(app, Connections::new(LONG, SLOWEST, capacity, proxies()), times).from(PROXY)
}

/// Sends the head of a request of this client.
fn ask(server: &Listening, client: &str, request: &str, headers: &[&str], body: &[u8]) -> Connection {
    let (mut connection, forwarded) = (server.connect(), format!("X-Forwarded-For: {client}"));
    connection.begin(request, &[&[forwarded.as_str()], headers].concat(), body);
    connection
}

fn stream(server: &Listening, client: &str, token: &str) -> Connection {
    ask(server, client, "GET /api/events", &[&format!("Authorization: Bearer {token}")], b"")
}

fn open_stream(server: &Listening, client: &str, token: &str) -> Connection {
    let mut connection = stream(server, client, token);
    connection.expect_text("event: caught_up");
    connection
}

fn healthz(server: &Listening, client: &str) -> Answer {
    ask(server, client, "GET /healthz", &[], b"").answer()
}

#[actix_web::test]
async fn client_behind_a_proxy_has_its_share_of_streams() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let token = ann.token.clone().unwrap();
    let server = with_shares(&app);
    let mut open: Vec<_> = (0..SHARE).map(|_| open_stream(&server, MANY, &token)).collect();
    let refused = stream(&server, MANY, &token).answer().expect_problem(429, "too_many_streams");
    assert_eq!(refused.header("Retry-After"), Some("1"));
    let upgrade = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
    let key = ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="];
    let socket = ask(&server, MANY, "GET /api/ws", &[&upgrade[..], &key].concat(), b"").answer();
    socket.expect_problem(429, "too_many_streams");
    healthz(&server, MANY).expect_problem(429, "too_many_requests");
    healthz(&server, ONE).expect_status(200);
    drop(open_stream(&server, ONE, &token));
    open.pop();
    let start = Instant::now();
    while healthz(&server, MANY).status != 200 {
        assert!(start.elapsed() < LONG, "the share is still taken");
    }
}

#[actix_web::test]
async fn client_behind_a_proxy_has_its_share_of_unfinished_bodies() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = with_shares(&app);
    let body = |client| {
        let headers = ["Content-Type: application/json", "Content-Length: 500"];
        ask(&server, client, "POST /api/auth/session", &headers, b"{")
    };
    let mut unfinished: Vec<_> = (0..10).map(|_| body(MANY)).collect();
    let mut refused = 0;
    for connection in &mut unfinished {
        if connection.has_answer(SOON) {
            connection.answer().expect_problem(429, "too_many_requests");
            refused += 1;
        }
    }
    assert_eq!(refused, 10 - SHARE);
    assert!(!body(ONE).has_answer(SOON));
    // Finished requests do not count.
    for _ in 0..2 * SHARE {
        healthz(&server, ONE).expect_status(200);
    }
}

#[actix_web::test]
async fn largest_client_of_a_proxy_makes_room_for_others() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let token = ann.token.clone().unwrap();
    let server = full_at(&app, 8, proxies());
    let proxy = server.from(PROXY);
    let mut of_one = [open_stream(&proxy, ONE, &token), open_stream(&proxy, ONE, &token)];
    let mut of_many: Vec<_> = (0..5).map(|_| open_stream(&proxy, MANY, &token)).collect();
    // The oldest of the largest client goes, for a direct newcomer and for one of the proxy.
    let mut newcomer = server.from(DIRECT).connect();
    assert!(is_served(&mut newcomer));
    of_many.remove(0).expect_end();
    let mut further = open_stream(&proxy, "203.0.113.1", &token);
    of_many.remove(0).expect_end();
    for connection in of_one.iter_mut().chain(&mut of_many).chain([&mut further]) {
        assert!(!connection.has_answer(SOON));
    }
    assert!(is_served(&mut newcomer));
}

#[actix_web::test]
async fn proxies_leave_the_last_place_to_others() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let token = ann.token.clone().unwrap();
    let server = full_at(&app, 5, proxies());
    let proxy = server.from(PROXY);
    let mut clients: Vec<_> = (1..=4).map(|n| open_stream(&proxy, &format!("203.0.{n}.1"), &token)).collect();
    for _ in 0..10 {
        proxy.connect().expect_end();
    }
    assert!(clients.iter_mut().all(|client| !client.has_answer(SOON)));
    let mut newcomer = server.from(DIRECT).connect();
    assert!(is_served(&mut newcomer));
    let ended: usize = clients.iter_mut().map(|client| usize::from(client.has_answer(SOON))).sum();
    assert_eq!(ended, 1);
}
