//! Listeners without access, and listeners that lose it.

use std::time::Duration;

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use super::event_stream::EventStream;
use crate::app::{PASSWORD, TestApp};
use crate::sockets::Listening;
use crate::streams::slow::send_without_api;

const STREAM: &str = "text/event-stream";

#[both_engines]
async fn stranger_is_refused(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, eve) = (app.sign_up("ann").await, app.sign_up("eve").await);
    let hidden = ann.create_room("Plans", "private", &[]).await;
    let open = ann.create_room("Plaza", "public", &[]).await;
    let listen = |client: &crate::client::Client, path: String| {
        client.request(Method::GET, path).header("Accept", STREAM).send()
    };
    listen(&eve, hidden.path("events")).await.expect_problem(404, "chatroom_not_found");
    listen(&eve, open.path("events")).await.expect_problem(403, "not_a_member");
    listen(&app.nobody(), open.path("events")).await.expect_problem(401, "unauthenticated");
    listen(&ann, open.path("events?after=x")).await.expect_problem(422, "invalid_value");
    app.nobody().get("/api/events").await.expect_problem(401, "unauthenticated");
    let typing = json!({});
    eve.post(hidden.path("typing"), typing.clone()).await.expect_problem(404, "chatroom_not_found");
    eve.post(open.path("typing"), typing).await.expect_problem(403, "not_a_member");
    let head = ann.request(Method::HEAD, "/api/events").send().await.expect_status(200);
    assert_eq!(head.header("Content-Type"), Some(STREAM));
}

#[both_engines]
async fn session_end_ends_streams(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let other = app.sign_in("ann").await;
    let server = Listening::start(&app);
    let mut mine = EventStream::open(&server, &ann, "/api/events", &[]);
    let mut one = EventStream::open(&server, &ann, &room.path("events"), &[]);
    let mut others = EventStream::open(&server, &other, "/api/events", &[]);
    mine.expect_each(&["ready", "caught_up"]);
    one.expect("caught_up");
    others.expect_each(&["ready", "caught_up"]);
    ann.delete("/api/auth/session").await.expect_status(204);
    for stream in [&mut mine, &mut one] {
        stream.expect("unauthenticated");
        stream.expect_end();
    }
    other.post(room.messages(), json!({"body": "still here"})).await.expect_status(201);
    others.expect("message.created");
}

#[both_engines]
async fn token_expiry_ends_streams(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, "/api/events", &[]);
    stream.expect_each(&["ready", "caught_up"]);
    app.clock.set_forward(3_601);
    send_without_api(&app, &ann, &room, "too late");
    stream.expect("unauthenticated");
    stream.expect_end();
}

#[both_engines]
async fn account_deletion_ends_streams(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let mut anns = EventStream::open(&server, &ann, &room.path("events"), &[]);
    anns.expect("caught_up");
    let mut bobs = EventStream::open(&server, &bob, "/api/events", &[]);
    bobs.expect_each(&["ready", "caught_up"]);
    let delete = bob.request(Method::DELETE, "/api/users/me").json(json!({"password": PASSWORD}));
    delete.send().await.expect_status(204);
    app.follow();
    ann.say(&room, "unseen").await;
    assert_eq!(anns.expect("membership.deleted")["data"]["reason"], "account_deleted");
    anns.expect("message.created");
    while let Some(event) = bobs.next() {
        assert!(["membership.deleted", "unauthenticated"].contains(&event.kind.as_str()), "{event:?}");
    }
}

#[actix_web::test]
async fn server_stop_ends_streams() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut mine = EventStream::open(&server, &ann, "/api/events", &[]);
    let mut one = EventStream::open(&server, &ann, &room.path("events"), &[]);
    mine.expect_each(&["ready", "caught_up"]);
    one.expect("caught_up");
    app.state.streams.close();
    for stream in [&mut mine, &mut one] {
        stream.expect("retry 0");
        stream.expect_end();
    }
    let mut late = EventStream::open(&server, &ann, "/api/events", &[]);
    while late.next().is_some() {}
}

#[actix_web::test]
async fn server_stop_ends_streams_while_tokens_are_refused() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, "/api/events", &[]);
    stream.expect_each(&["ready", "caught_up"]);
    app.follow();
    std::thread::sleep(Duration::from_millis(2_100));
    app.state.streams.close();
    stream.expect("retry 0");
    stream.expect_end();
}
