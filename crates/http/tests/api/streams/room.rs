//! Streams on a full server: those of the largest holder end like those of a server that stops.

use std::time::{Duration, Instant};

use chit_chat_contract::Engine;
use chit_chat_http::Proxies;
use serde_json::json;

use super::event_stream::EventStream;
use super::test_socket::TestSocket;
use crate::app::TestApp;
use crate::room::{full_at, is_served};

#[actix_web::test]
async fn streams_of_the_largest_holder_make_room() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let server = full_at(&app, 8, Proxies::default());
    let (one, other) = (server.from([127, 0, 1, 1]), server.from([127, 0, 2, 1]));
    let mut own = EventStream::open(&other, &ann, "/api/events", &[]);
    own.expect_each(&["ready", "caught_up"]);
    let mut streams: Vec<_> = (0..6).map(|_| EventStream::open(&one, &ann, "/api/events", &[])).collect();
    for stream in &mut streams {
        stream.expect_each(&["ready", "caught_up"]);
    }
    let mut newcomers: Vec<_> = (0..3).map(|_| server.from([127, 0, 3, 1]).connect()).collect();
    assert!(newcomers.iter_mut().all(is_served));
    for stream in streams.iter_mut().take(3) {
        stream.expect("retry 0");
        stream.expect_end();
    }
    let room = ann.create_room("Plans", "private", &[]).await;
    ann.post(room.messages(), json!({"body": "hi"})).await.expect_status(201);
    for stream in streams.iter_mut().skip(3).chain([&mut own]) {
        stream.expect("membership.created");
    }
}

#[actix_web::test]
async fn sockets_of_the_largest_holder_make_room() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let server = full_at(&app, 4, Proxies::default());
    let token = ann.token.clone().unwrap();
    let one = server.from([127, 0, 1, 1]);
    let mut sockets: Vec<_> = (0..3).map(|_| TestSocket::start(&one, &token, &json!({}))).collect();
    for socket in &mut sockets {
        socket.expect_each(&["ready", "caught_up"]);
    }
    let mut newcomer = server.from([127, 0, 2, 1]).connect();
    assert!(is_served(&mut newcomer));
    sockets[0].expect_close(1012);
    let mut further = server.from([127, 0, 3, 1]).connect();
    assert!(is_served(&mut further) && is_served(&mut newcomer));
}

/// The server does not read from the connection of a stream whose client has sent more.
#[actix_web::test]
async fn stream_behind_which_more_waits_makes_room() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let server = full_at(&app, 4, Proxies::default());
    let one = server.from([127, 0, 1, 1]);
    let token = format!("Authorization: Bearer {}", ann.token.clone().unwrap());
    let open = |_| {
        let mut client = one.connect();
        client.begin("GET /api/events", &[&token], b"");
        client.expect_text("caught_up");
        client.write("GET /healthz HTTP/1.1\r\n");
        client
    };
    let mut held: Vec<_> = (0..3).map(open).collect();
    let started = Instant::now();
    assert!(is_served(&mut server.from([127, 0, 2, 1]).connect()));
    held[0].expect_text("retry: ");
    held[0].expect_end();
    assert!(started.elapsed() < Duration::from_secs(5), "ended after {:?}", started.elapsed());
}
