//! Listeners receive every kind of write as it commits. Nothing polls in these tests: each event arrives because
//! the store notified the streams.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use super::event_stream::EventStream;
use crate::app::TestApp;
use crate::people::path_of;
use crate::sockets::Listening;

#[both_engines]
async fn every_log_event_is_streamed(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, eve) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("eve").await);
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, "/api/events", &[]);
    stream.expect_each(&["ready", "caught_up"]);

    let room = ann.create_room("Plans", "public", &[]).await;
    stream.expect("membership.created");
    ann.patch(room.own_path(), json!({"name": "Other plans"})).await.expect_status(200);
    stream.expect("chatroom.updated");
    bob.join(&room).await;
    stream.expect("membership.created");
    ann.make("moderator", &room, &bob).await;
    stream.expect("membership.updated");
    let sent = bob.say(&room, "hello").await;
    stream.expect("message.created");
    bob.post(room.messages(), json!({"body": "yes?", "reply_to": sent["id"]})).await.expect_status(201);
    assert_eq!(stream.expect("message.created")["parent"]["reply_count"], 1);
    bob.edit(&sent, "Hello").await;
    stream.expect("message.updated");
    ann.react(&sent, "👍").await;
    stream.expect("reaction.created");
    ann.take_back(&sent, "👍").await;
    stream.expect("reaction.deleted");
    ann.put(room.pin(&sent)).await.expect_status(204);
    stream.expect("pin.created");
    ann.delete(room.pin(&sent)).await.expect_status(204);
    stream.expect("pin.deleted");
    bob.erase(&sent).await;
    stream.expect("message.deleted");
    let invitation = ann.invite(&room, json!({})).await;
    stream.expect("invitation.created");
    eve.accept(&invitation).await.expect_status(201);
    stream.expect("membership.created");
    let id = invitation["id"].as_str().unwrap();
    ann.delete(room.path(&format!("invitations/{id}"))).await.expect_status(204);
    stream.expect("invitation.deleted");
    ann.ban(&room, &eve).await;
    stream.expect_each(&["ban.created", "membership.deleted"]);
    ann.delete(room.ban(&eve.id)).await.expect_status(204);
    stream.expect("ban.deleted");
    ann.patch(room.own_path(), json!({"slow_mode_seconds": 60})).await.expect_status(200);
    stream.expect("chatroom.updated");
    ann.make("member", &room, &bob).await;
    stream.expect("membership.updated");
    bob.say(&room, "slowly").await;
    stream.expect("message.created");
    bob.leave(&room).await;
    stream.expect("membership.deleted");
    ann.delete(room.own_path()).await.expect_status(204);
    stream.expect("chatroom.deleted");
}

#[both_engines]
async fn direct_chatroom_changes_are_streamed(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, "/api/events", &[]);
    stream.expect_each(&["ready", "caught_up"]);

    let room = bob.open(&ann).await;
    bob.say(&room, "hello").await;
    stream.expect_each(&["membership.created", "message.created"]);
    bob.put(format!("/api/users/me/blocks/{}", ann.id)).await.expect_status(204);
    assert_eq!(stream.expect("chatroom.updated")["data"]["archived"], true);
    bob.delete(format!("/api/users/me/blocks/{}", ann.id)).await.expect_status(204);
    assert_eq!(stream.expect("chatroom.updated")["data"]["archived"], false);
    ann.request(Method::PUT, room.path("read_marker")).json(json!({"seq": 1, "force": true})).send().await;
    stream.expect("read_marker.updated");
    ann.put(room.path("mute")).await.expect_status(204);
    stream.expect("mute.created");
    ann.leave(&room).await;
    stream.expect("chatroom.hidden");
    ann.put(format!("/api/direct/{}", bob.id)).await.expect_status(200);
    stream.expect("chatroom.shown");
    bob.request(Method::DELETE, "/api/users/me")
        .json(json!({"password": crate::app::PASSWORD}))
        .send()
        .await
        .expect_status(204);
    stream.expect("chatroom.updated");
}

#[both_engines]
async fn sign_out_ends_stream(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, "/api/events", &[]);
    stream.expect_each(&["ready", "caught_up"]);
    ann.delete("/api/auth/session").await.expect_status(204);
    stream.expect("unauthenticated");
    stream.expect_end();
}

/// The committing thread continues even if nobody waits for its answer.
#[both_engines]
async fn disconnected_writer_delays_no_listener(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let sent = ann.say(&room, "hello").await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &bob, "/api/events", &[]);
    stream.expect_each(&["ready", "caught_up"]);
    let mut database = app.database();
    database.begin();
    database.lock_rooms("true");
    {
        let mut edit = pin!(ann.patch(path_of(&sent), json!({"body": "Hello"})));
        for _ in 0..100 {
            let is_pending = poll_fn(|context| Poll::Ready(edit.as_mut().poll(context).is_pending())).await;
            assert!(is_pending, "the chatroom is locked");
            actix_web::rt::task::yield_now().await;
        }
    }
    database.run("ROLLBACK");
    stream.expect("message.updated");
}
