//! Changes that only the user's own devices receive.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use super::event_stream::EventStream;
use super::test_socket::TestSocket;
use crate::app::TestApp;
use crate::people::{Person, Room};
use crate::sockets::Listening;

const PATH: &str = "/api/events";

async fn mark(person: &Person, room: &Room, seq: i64) {
    let mark = json!({"seq": seq, "force": true});
    person.request(Method::PUT, room.path("read_marker")).json(mark).send().await.expect_status(200);
}

/// Asserts that this is no entry of a log: it has no seq and no actor.
fn is_own(frame: &Value, room: &Room, data: &Value) {
    assert_eq!((&frame["chatroom_id"], &frame["data"]), (&json!(room.id), data));
    assert!(frame["at"].is_string());
    assert_eq!(crate::answer::fields(frame), ["at", "chatroom_id", "data", "type"]);
}

#[both_engines]
async fn read_and_mute_reach_only_own_devices(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let mut mine = EventStream::open(&server, &bob, PATH, &[]);
    let mut resumed = EventStream::resume(&server, &bob, &json!({&room.id: 3}));
    let mut test_socket = TestSocket::start(&server, bob.token.as_deref().unwrap(), &json!({}));
    let mut anns = EventStream::open(&server, &ann, PATH, &[]);
    let mut of_room = EventStream::open(&server, &bob, &room.path("events"), &[]);
    for stream in [&mut mine, &mut resumed, &mut anns] {
        stream.expect_each(&["ready", "caught_up"]);
    }
    test_socket.expect_each(&["ready", "caught_up"]);
    of_room.expect("caught_up");
    let marker = |seq: i64| json!({"chatroom_id": room.id, "seq": seq});
    mark(&bob, &room, 2).await;
    for stream in [&mut mine, &mut resumed] {
        is_own(&stream.expect("read_marker.updated"), &room, &marker(2));
    }
    is_own(&test_socket.expect("read_marker.updated"), &room, &marker(2));
    let mute = json!({"chatroom_id": room.id});
    bob.put(room.path("mute")).await.expect_status(204);
    for stream in [&mut mine, &mut resumed] {
        is_own(&stream.expect("mute.created"), &room, &mute);
    }
    is_own(&test_socket.expect("mute.created"), &room, &mute);
    bob.delete(room.path("mute")).await.expect_status(204);
    mark(&bob, &room, 2).await;
    for stream in [&mut mine, &mut resumed] {
        is_own(&stream.expect("mute.deleted"), &room, &mute);
    }
    is_own(&test_socket.expect("mute.deleted"), &room, &mute);
    ann.say(&room, "hello").await;
    for stream in [&mut mine, &mut resumed, &mut anns, &mut of_room] {
        assert_eq!(stream.event(), (4, "message.created".to_owned()));
    }
    test_socket.expect("message.created");
}

#[both_engines]
async fn read_and_mute_reach_other_instances(engine: Engine) {
    let here = TestApp::new(engine).await;
    let there = here.another_instance().await;
    let (ann, bob) = (here.sign_up("ann").await, here.sign_up("bob").await);
    let (one, two) =
        (ann.create_room("One", "private", &[&bob]).await, ann.create_room("Two", "private", &[&bob]).await);
    let server = Listening::start(&there);
    let mut stream = EventStream::open(&server, &bob, PATH, &[]);
    stream.expect_each(&["ready", "caught_up"]);
    mark(&bob, &two, 1).await;
    there.follow();
    is_own(&stream.expect("read_marker.updated"), &two, &json!({"chatroom_id": two.id, "seq": 1}));
    bob.put(one.path("mute")).await.expect_status(204);
    there.follow();
    is_own(&stream.expect("mute.created"), &one, &json!({"chatroom_id": one.id}));
}

#[both_engines]
async fn read_and_mute_have_no_seq_and_move_no_cursor(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &bob, PATH, &[]);
    stream.expect_each(&["ready", "caught_up"]);
    ann.say(&room, "one").await;
    stream.expect("message.created");
    let before = stream.last_id.clone();
    mark(&bob, &room, 4).await;
    stream.expect("read_marker.updated");
    bob.put(room.path("mute")).await.expect_status(204);
    stream.expect("mute.created");
    assert_eq!(stream.last_id, before);
    ann.say(&room, "two").await;
    let id = format!("Last-Event-ID: {before}");
    let mut again = EventStream::open(&server, &bob, PATH, &[&id]);
    again.expect("ready");
    assert_eq!(again.event(), (5, "message.created".to_owned()), "read markers are not sent again");
    again.expect("caught_up");
    assert_eq!(bob.log(&room).await.len(), 5);
}
