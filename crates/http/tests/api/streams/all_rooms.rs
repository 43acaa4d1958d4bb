//! `GET` and `POST /api/events`: the stream of all chatrooms.

use chit_chat_contract::{Engine, both_engines};
use serde_json::json;
use tungstenite::Message;

use super::event_stream::EventStream;
use super::test_socket::TestSocket;
use crate::app::TestApp;
use crate::sockets::Listening;

const PATH: &str = "/api/events";

#[both_engines]
async fn stream_covers_only_own_chatrooms(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let (one, two) =
        (ann.create_room("One", "private", &[&bob]).await, ann.create_room("Two", "public", &[]).await);
    let foreign = bob.create_room("Three", "public", &[]).await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, PATH, &[]);
    assert_eq!(stream.expect("ready")["data"]["heads"], json!({&one.id: 3, &two.id: 2}));
    stream.expect("caught_up");
    bob.say(&foreign, "unseen").await;
    bob.say(&one, "one").await;
    assert_eq!(stream.expect("message.created")["chatroom_id"], one.id.as_str());
    ann.say(&two, "two").await;
    assert_eq!(stream.expect("message.created")["chatroom_id"], two.id.as_str());
    ann.join(&foreign).await;
    let joined = stream.expect("membership.created");
    assert_eq!((&joined["chatroom_id"], &joined["data"]["user_id"]), (&json!(foreign.id), &json!(ann.id)));
    bob.say(&foreign, "seen").await;
    assert_eq!(stream.expect("message.created")["data"]["body"], "seen");
}

#[both_engines]
async fn leave_ends_chatroom_and_rejoin_starts_it_again(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &bob, PATH, &[]);
    stream.expect_each(&["ready", "caught_up"]);
    ann.remove(&room, &bob).await;
    stream.expect("membership.deleted");
    ann.say(&room, "unseen").await;
    ann.add(&room, &bob).await;
    assert_eq!(stream.event(), (6, "membership.created".to_owned()));
    ann.say(&room, "seen").await;
    assert_eq!(stream.event(), (7, "message.created".to_owned()));
    ann.delete(room.own_path()).await.expect_status(204);
    stream.expect("chatroom.deleted");
    let another = ann.create_room("Others", "private", &[&bob]).await;
    let first = stream.expect("membership.created");
    assert_eq!((&first["chatroom_id"], &first["data"]["user_id"]), (&json!(another.id), &json!(bob.id)));
}

#[both_engines]
async fn reconnect_resumes_every_chatroom(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let (one, two) = (ann.create_room("One", "private", &[]).await, ann.create_room("Two", "private", &[]).await);
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, PATH, &[]);
    stream.expect("ready");
    assert_ne!(stream.last_id, "", "`ready` carries a position");
    stream.expect("caught_up");
    ann.say(&one, "one").await;
    stream.expect("message.created");
    let id = format!("Last-Event-ID: {}", stream.last_id);
    drop(stream);
    ann.say_each(&one, &["two", "three"]).await;
    ann.say(&two, "four").await;
    let positions = json!({&one.id: 3, &two.id: 2});
    for mut stream in
        [EventStream::open(&server, &ann, PATH, &[&id]), EventStream::resume(&server, &ann, &positions)]
    {
        assert_eq!(stream.expect("ready")["data"]["heads"], json!({&one.id: 5, &two.id: 3}));
        let mut missed: Vec<_> =
            (0..3).map(|_| stream.expect("message.created")["data"]["body"].clone()).collect();
        missed.sort_unstable_by_key(ToString::to_string);
        assert_eq!(missed, ["four", "three", "two"]);
        stream.expect("caught_up");
    }
}

#[actix_web::test]
async fn invalid_cursor_is_reset() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    for (header, head) in [("Last-Event-ID: nonsense", 2), ("Last-Event-ID: AQ4", 3), ("Last-Event-ID: 42", 4)] {
        let mut stream = EventStream::open(&server, &ann, PATH, &[header]);
        stream.expect("ready");
        assert_eq!(stream.expect("reset")["data"]["heads"], json!({&room.id: head}), "{header}");
        stream.expect("caught_up");
        ann.say(&room, "hello").await;
        assert_eq!(stream.event().0, head + 1, "{header}");
    }
}

#[actix_web::test]
async fn position_beyond_head_is_reset_and_foreign_one_refused() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut stream = EventStream::resume(&server, &ann, &json!({&room.id: 3}));
    stream.expect_each(&["ready", "reset", "caught_up"]);
    // Chatrooms of others are ignored, whether they exist or not.
    let unknown = uuid::Uuid::now_v7().to_string();
    let mut stream = EventStream::resume(&server, &ann, &json!({unknown: 7, &room.id: 1}));
    assert_eq!(stream.expect("ready")["data"]["heads"], json!({&room.id: 2}));
    stream.expect_each(&["membership.created", "caught_up"]);
    for after in [json!({"x": 1}), json!({&room.id: -1})] {
        ann.post(PATH, json!({"after": after})).await.expect_problem(422, "invalid_value");
    }
    for body in [json!({"after": [1]}), json!({"after": {&room.id: "2"}}), json!(7)] {
        ann.post(PATH, body).await.expect_problem(400, "malformed_body");
    }
}

/// Otherwise a client would resume from an old id, and the missing chatroom would start only then.
#[actix_web::test]
async fn incomplete_id_is_empty() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    for number in 0..139 {
        ann.create_room(&format!("Room {number}"), "private", &[]).await;
    }
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, PATH, &[]);
    stream.expect_each(&["ready", "caught_up"]);
    assert!(stream.last_id.len() > 4_000);
    ann.create_room("One more", "private", &[]).await;
    stream.expect("membership.created");
    assert_eq!(stream.last_id, "");
}

#[actix_web::test]
async fn chatroom_named_twice_is_refused() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let (id, upper) = (&room.id, room.id.to_uppercase());
    for (first, second) in [(id, id), (id, &upper)] {
        let after = format!(r#"{{"{first}": 1, "{second}": 2}}"#);
        let refused = ann.post_bytes(PATH, format!(r#"{{"after": {after}}}"#)).await;
        let refused = refused.expect_problem(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/after");
        assert_eq!(refused["errors"][0]["reason"], format!("must not name the chatroom {second} twice"));
        let mut test_socket = TestSocket::connect(&server, &[]).expect("a handshake");
        let token = ann.token.as_ref().unwrap();
        let start = format!(r#"{{"type": "start", "token": "{token}", "after": {after}}}"#);
        test_socket.0.send(Message::text(start)).unwrap();
        let problem = &test_socket.expect("refused")["problem"];
        assert_eq!((&problem["code"], &problem["errors"]), (&json!("invalid_value"), &refused["errors"]));
        test_socket.expect_close(1008);
    }
    ann.get(room.path("events?after=1&after=2")).await.expect_problem(422, "invalid_value");
}

/// JSON does not tell 1 from 1.0.
#[actix_web::test]
async fn whole_position_may_have_a_fraction_of_zero() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    for one in [json!(1), json!(1.0), serde_json::from_str("1e0").unwrap(), serde_json::from_str("10e-1").unwrap()]
    {
        let after = json!({&room.id: one});
        let mut stream = EventStream::resume(&server, &ann, &after);
        stream.expect("ready");
        assert_eq!(stream.event().0, 2, "{after}");
        let mut test_socket = TestSocket::start(&server, ann.token.as_ref().unwrap(), &after);
        test_socket.expect("ready");
        assert_eq!(test_socket.receive()["seq"], 2, "{after}");
    }
    for not_whole in [json!(1.5), json!("1"), json!(1e300), json!(null)] {
        let after = json!({"after": {&room.id: not_whole}});
        ann.post(PATH, after).await.expect_problem(400, "malformed_body");
    }
}
