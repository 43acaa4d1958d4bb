//! `GET /api/chatrooms/{chatroom_id}/events` with `Accept: text/event-stream`: the stream of one chatroom.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};

use super::event_stream::EventStream;
use crate::app::TestApp;
use crate::sockets::Listening;

#[both_engines]
async fn log_is_replayed_and_followed(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "public", &[]).await;
    let sent = ann.say(&room, "hello").await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, &room.path("events?after=1"), &[]);
    assert_eq!(stream.event(), (2, "membership.created".to_owned()));
    assert_eq!(stream.last_id, "2");
    let hello = stream.expect("message.created");
    assert_eq!(hello["data"], sent);
    assert_eq!(stream.expect("caught_up")["data"]["heads"][&room.id], 3);
    bob.join(&room).await;
    assert_eq!(stream.event(), (4, "membership.created".to_owned()));
    ann.say(&room, "welcome").await;
    assert_eq!(stream.event(), (5, "message.created".to_owned()));
    ann.edit(&sent, "Hello").await;
    assert_eq!(stream.event(), (6, "message.updated".to_owned()));
    ann.erase(&sent).await;
    assert_eq!(stream.event(), (7, "message.deleted".to_owned()));
    ann.patch(room.own_path(), serde_json::json!({"name": "Other plans"})).await.expect_status(200);
    assert_eq!(stream.event(), (8, "chatroom.updated".to_owned()));
    assert_eq!(stream.last_id, "8");
}

#[both_engines]
async fn reconnect_resumes_after_last_id(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let events = room.path("events");
    let mut first = EventStream::open(&server, &ann, &events, &[]);
    first.expect("caught_up");
    assert_eq!(first.last_id, "2", "a stream without events has a position too");
    drop(first);
    ann.say_each(&room, &["one", "two"]).await;
    let mut second = EventStream::open(&server, &ann, &events, &["Last-Event-ID: 2"]);
    assert_eq!(second.event().0, 3);
    assert_eq!(second.event().0, 4);
    second.expect("caught_up");
    // `Last-Event-ID` takes precedence over the position in the URL.
    let mut third = EventStream::open(&server, &ann, &room.path("events?after=0"), &["Last-Event-ID: 4"]);
    third.expect("caught_up");
    ann.say(&room, "three").await;
    assert_eq!((second.event().0, third.event().0), (5, 5));
}

#[actix_web::test]
async fn invalid_position_is_reset() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    for (header, head) in [("Last-Event-ID: 99", 2), ("Last-Event-ID: -1", 3), ("Last-Event-ID: nonsense", 4)] {
        let mut stream = EventStream::open(&server, &ann, &room.path("events"), &[header]);
        assert_eq!(stream.expect("reset")["data"]["heads"][&room.id], head, "{header}");
        stream.expect("caught_up");
        ann.say(&room, "hello").await;
        assert_eq!(stream.event().0, head + 1, "{header}");
    }
}

#[both_engines]
async fn membership_end_ends_stream(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "public", &[&bob]).await;
    bob.leave(&room).await;
    bob.join(&room).await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &bob, &room.path("events?after=0"), &[]);
    stream.expect_each(&["chatroom.created", "membership.created", "membership.created"]);
    // Ends an earlier membership of bob, not the current one.
    stream.expect_each(&["membership.deleted", "membership.created", "caught_up"]);
    ann.remove(&room, &bob).await;
    ann.say(&room, "he is gone").await;
    assert_eq!(stream.expect("membership.deleted")["data"]["reason"], "removed");
    stream.expect_end();
}

#[both_engines]
async fn chatroom_deletion_ends_stream(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, &room.path("events"), &[]);
    stream.expect("caught_up");
    ann.delete(room.own_path()).await.expect_status(204);
    stream.expect("chatroom.deleted");
    stream.expect_end();
}

#[both_engines]
async fn typing_is_rate_limited_and_never_replayed(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, &room.path("events"), &[]);
    stream.expect("caught_up");
    for _ in 0..5 {
        bob.post(room.path("typing"), serde_json::json!({})).await.expect_status(204);
    }
    bob.say(&room, "hello").await;
    let typing = stream.expect("typing");
    assert_eq!((&typing["actor_id"], &typing["chatroom_id"]), (&bob.id.clone().into(), &room.id.clone().into()));
    assert_eq!(typing.get("seq"), None);
    stream.expect("message.created");
    assert_eq!(stream.last_id, "4");
    let mut later = EventStream::open(&server, &ann, &room.path("events?after=3"), &[]);
    later.expect_each(&["message.created", "caught_up"]);
}

#[both_engines]
async fn http_1_0_stream_is_not_chunked(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let server = Listening::start(&app);
    for headers in [&[][..], &["Connection: keep-alive"]] {
        let room = ann.create_room("Plans", "private", &[]).await;
        let mut stream = EventStream::open_plainly(&server, &ann, &room.path("events?after=0"), headers);
        stream.expect_each(&["chatroom.created", "membership.created", "caught_up"]);
        ann.say(&room, "hello").await;
        stream.expect("message.created");
        ann.delete(room.own_path()).await.expect_status(204);
        stream.expect("chatroom.deleted");
        stream.expect_end();
    }
}

#[actix_web::test]
async fn accept_decides_between_stream_and_page() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let path = room.path("events");
    for (accept, kind) in [
        ("text/event-stream", "text/event-stream"),
        ("application/json;q=0.5, text/event-stream;q=0.6", "text/event-stream"),
        ("application/json;q=0, */*", "text/event-stream"),
        ("text/event-stream;q=0.5, application/json", "application/json"),
        ("text/event-stream;q=0", "application/json"),
        ("application/json;q=0", "application/json"),
        ("*/*;q=0.1", "application/json"),
        ("image/png", "application/json"),
    ] {
        let answer = ann.request(Method::GET, &path).header("Accept", accept).send().await.expect_status(200);
        assert_eq!(answer.header("Content-Type"), Some(kind), "{accept}");
    }
}
