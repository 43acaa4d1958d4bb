//! Streams and sockets that are opened with a key.

use chit_chat_contract::{Engine, both_engines};
use chit_chat_domain::scope::{Scope, Scopes};
use serde_json::{Value, json};

use super::event_stream::EventStream;
use super::test_socket::TestSocket;
use crate::app::TestApp;
use crate::sockets::Listening;

fn all() -> Value {
    json!(Scopes::OF_USERS.iter().map(Scope::as_str).collect::<Vec<_>>())
}

#[both_engines]
async fn revocation_ends_streams_and_sockets_of_every_instance(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let elsewhere = app.another_instance().await;
    let key = ann.token(&app, json!({"name": "ci", "scopes": all()})).await;
    let token = key.client.token.clone().unwrap();
    let servers = [Listening::start(&app), Listening::start(&elsewhere)];
    let mut streams = servers.each_ref().map(|it| EventStream::open(it, &key.client, "/api/events", &[]));
    let mut sockets = servers.each_ref().map(|it| TestSocket::start(it, &token, &json!({})));
    for (stream, socket) in streams.iter_mut().zip(&mut sockets) {
        stream.expect_each(&["ready", "caught_up"]);
        socket.expect_each(&["ready", "caught_up"]);
    }
    ann.delete(format!("/api/users/me/tokens/{}", key.id)).await.expect_status(204);
    elsewhere.follow();
    for (stream, socket) in streams.iter_mut().zip(&mut sockets) {
        stream.expect("unauthenticated");
        stream.expect_end();
        socket.expect("unauthenticated");
        socket.expect_close(3000);
    }
}

#[both_engines]
async fn limited_key_hears_only_its_chatrooms(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let plans = ann.create_room("Plans", "private", &[]).await;
    let other = ann.create_room("Other", "private", &[]).await;
    let entered = json!({"name": "ci", "scopes": all(), "chatrooms": [plans.id]});
    let key = ann.token(&app, entered).await.client;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &key, "/api/events", &[]);
    let mut socket = TestSocket::start(&server, key.token.as_deref().unwrap(), &json!({}));
    let ready = stream.expect("ready");
    assert_eq!(ready["data"]["heads"].as_object().unwrap().keys().collect::<Vec<_>>(), [&plans.id]);
    stream.expect("caught_up");
    socket.expect_each(&["ready", "caught_up"]);
    ann.create_room("Later", "private", &[]).await;
    ann.say(&other, "unseen").await;
    ann.say(&plans, "seen").await;
    for event in [stream.expect("message.created"), socket.expect("message.created")] {
        assert_eq!(event["chatroom_id"], json!(plans.id));
    }
    socket.say(&json!({"type": "send", "ref": "1", "chatroom_id": other.id, "body": "x"}));
    assert_eq!(socket.expect("refused")["problem"]["code"], "chatroom_not_found");
}

#[both_engines]
async fn sockets_need_scopes_for_events_and_for_messages(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let start = async |scope: &str| {
        let key = ann.token(&app, json!({"name": "ci", "scopes": [scope]})).await.client;
        TestSocket::start(&server, key.token.as_deref().unwrap(), &json!({}))
    };
    let mut writer = start("messages:write").await;
    assert_eq!(writer.expect("refused")["problem"]["code"], "insufficient_scope");
    let mut reader = start("events:read").await;
    reader.expect_each(&["ready", "caught_up"]);
    reader.say(&json!({"type": "send", "ref": "1", "chatroom_id": room.id, "body": "x"}));
    assert_eq!(reader.expect("refused")["problem"]["code"], "insufficient_scope");
}

#[both_engines]
async fn stream_reconnects_before_the_end_of_its_key_could_be_missed(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let key = ann.token(&app, json!({"name": "ci", "scopes": all()})).await.client;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &key, "/api/events", &[]);
    stream.expect_each(&["ready", "caught_up"]);
    app.clock.set_forward(3_601);
    app.state.streams.wake_sessions(|_| true);
    stream.expect("retry 0");
    stream.expect_end();
    EventStream::open(&server, &key, "/api/events", &[]).expect_each(&["ready", "caught_up"]);
}
