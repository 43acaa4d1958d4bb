//! A full server: the largest holder of connections makes room for a newcomer, and nobody else.

use std::time::Duration;

use chit_chat_contract::Engine;
use chit_chat_http::{BodyTimes, Capacity, Connections, Proxies};

use crate::app::TestApp;
use crate::sockets::{Connection, Listening, SLOWEST};

/// The places of the only worker.
const PLACES: usize = 12;
const SOON: Duration = Duration::from_secs(3);
const LONG: Duration = Duration::from_secs(60);
const HEAD: &str = "GET /healthz HTTP/1.1\r\nHost: test\r\nX-Endless: ";
const BODY: &str = "POST /api/auth/session HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\
                    Content-Length: 500\r\n\r\n{";

/// A server on which nothing is idle for long.
pub(crate) fn full_at(app: &TestApp, places: usize, proxies: Proxies) -> Listening {
    let capacity = Capacity { per_worker: places, idle: LONG, ..Capacity::UNLIMITED };
    let times = BodyTimes { limit: LONG, ..BodyTimes::DEFAULT };
    Listening::start_watched(app, Connections::new(LONG, SLOWEST, capacity, proxies), times)
}

/// Asks for something, and returns whether an answer arrives soon.
pub(crate) fn is_served(client: &mut Connection) -> bool {
    client.write("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n");
    client.has_answer(SOON) && client.try_answer().is_some_and(|answer| answer.status == 200)
}

fn served(server: &Listening) -> Connection {
    let mut client = server.connect();
    assert!(is_served(&mut client));
    client
}

/// Connections that have sent the start of a request, which has arrived.
fn unfinished(server: &Listening, start: &str, count: usize) -> Vec<Connection> {
    let begin = |_| {
        let mut client = served(server);
        client.write(start);
        client
    };
    (0..count).map(begin).collect()
}

fn closed(clients: &mut [Connection]) -> usize {
    clients.iter_mut().map(|client| usize::from(client.has_answer(Duration::from_millis(20)))).sum()
}

#[actix_web::test]
async fn unfinished_requests_of_large_holders_make_room() {
    let app = TestApp::new(Engine::Sqlite).await;
    for start in [HEAD, BODY] {
        let server = full_at(&app, PLACES, Proxies::default());
        let (one, other) = (server.from([127, 0, 1, 1]), server.from([127, 0, 2, 1]));
        let mut small = served(&server.from([127, 0, 3, 1]));
        let mut held = unfinished(&one, start, 5);
        held.extend(unfinished(&other, start, 5));
        let mut newcomers: Vec<_> = (0..3).map(|_| served(&server.from([127, 0, 4, 1]))).collect();
        assert_eq!(closed(&mut held), 3);
        assert!(is_served(&mut small) && newcomers.iter_mut().all(is_served));
    }
}

#[actix_web::test]
async fn young_idle_connection_of_the_largest_holder_makes_room_first() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = full_at(&app, PLACES, Proxies::default());
    let (one, other) = (server.from([127, 0, 1, 1]), server.from([127, 0, 2, 1]));
    let mut others = served(&other);
    let mut heads = unfinished(&one, HEAD, 9);
    let mut idle = served(&one);
    let mut newcomer = served(&other);
    idle.expect_end();
    assert_eq!(closed(&mut heads), 0);
    assert!(is_served(&mut others) && is_served(&mut newcomer));
}

#[actix_web::test]
async fn largest_holder_is_refused_when_all_places_are_taken() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = full_at(&app, PLACES, Proxies::default());
    let (one, other) = (server.from([127, 0, 1, 1]), server.from([127, 0, 2, 1]));
    let mut others = served(&other);
    let mut heads = unfinished(&one, HEAD, 10);
    for _ in 0..20 {
        one.connect().expect_end();
    }
    assert!(is_served(&mut others));
    assert_eq!(closed(&mut heads), 0);
    let mut newcomer = served(&other);
    assert!(is_served(&mut others) && is_served(&mut newcomer));
    assert_eq!(closed(&mut heads), 1);
}

#[actix_web::test]
async fn addresses_of_one_network_are_one_holder() {
    let app = TestApp::new(Engine::Sqlite).await;
    let server = full_at(&app, PLACES, Proxies::default());
    let small = server.from([127, 0, 2, 1]);
    let mut others: Vec<_> = (0..3).map(|_| served(&small)).collect();
    let mut spread: Vec<_> =
        (1..=8).flat_map(|host| unfinished(&server.from([127, 0, 1, host]), HEAD, 1)).collect();
    let mut newcomer = served(&small);
    assert_eq!(closed(&mut spread), 1);
    assert!(others.iter_mut().all(is_served) && is_served(&mut newcomer));
}

#[actix_web::test]
async fn only_long_idle_connections_of_a_proxy_make_room() {
    let app = TestApp::new(Engine::Sqlite).await;
    let proxies = || Proxies::new(vec!["127.0.9.0/24".parse().unwrap()]);
    let server = full_at(&app, PLACES, proxies());
    let (one, proxy) = (server.from([127, 0, 1, 1]), server.from([127, 0, 9, 1]));
    let mut proxied: Vec<_> = (0..4).map(|_| served(&proxy)).collect();
    let mut heads = unfinished(&one, HEAD, 7);
    let mut further = served(&proxy);
    assert_eq!(closed(&mut heads), 1);
    let mut newcomer = served(&server.from([127, 0, 2, 1]));
    assert_eq!(closed(&mut heads), 2);
    assert!(proxied.iter_mut().all(is_served) && is_served(&mut further) && is_served(&mut newcomer));

    let capacity = Capacity { per_worker: 3, idle: Duration::ZERO, ..Capacity::UNLIMITED };
    let connections = Connections::new(LONG, SLOWEST, capacity, proxies());
    let server = Listening::start_watched(&app, connections, BodyTimes::DEFAULT);
    let mut proxied: Vec<_> = (0..2).map(|_| served(&server.from([127, 0, 9, 1]))).collect();
    let _newcomer = served(&server.from([127, 0, 2, 1]));
    assert_eq!(closed(&mut proxied), 1);
}
