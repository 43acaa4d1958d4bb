//! The storage quota of a user.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use crate::answer::Answer;
use crate::app::{TestApp, TestConfig};
use crate::people::{Person, Room, path_of};

/// Room for one message of a thousand bytes and a tombstone, but not for two messages.
const QUOTA: u64 = 2_000;

async fn app(engine: Engine) -> TestApp {
    TestApp::with_config(engine, TestConfig { storage_quota: Some(QUOTA), ..TestConfig::default() }).await
}

async fn send(person: &Person, room: &Room, key: &str, text: &str) -> Answer {
    let post = person.request(Method::POST, room.messages()).header("Idempotency-Key", key.to_owned());
    post.json(json!({"body": text})).send().await
}

#[both_engines]
async fn quota_is_enforced_until_messages_are_deleted(engine: Engine) {
    let app = app(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let long = "x".repeat(1_000);
    let first = send(&ann, &room, "1", &long).await.expect_status(201);
    app.follow();
    let second = send(&ann, &room, "2", &long).await.expect_status(201);
    app.follow();
    let refused = send(&ann, &room, "3", "one more").await.expect_problem(403, "storage_full");
    assert!(refused.str("detail").contains("2512 of 2000 bytes"), "{}", refused.str("detail"));
    let reply = json!({"body": "a reply", "reply_to": first.id()});
    ann.post(room.messages(), reply).await.expect_problem(403, "storage_full");
    ann.patch(path_of(&first.body), json!({"body": "shorter"})).await.expect_problem(403, "storage_full");
    let again = send(&ann, &room, "2", &long).await.expect_status(201);
    assert_eq!((again.header("idempotent-replayed"), again.id()), (Some("true"), second.id()));
    bob.say(&room, "bob has a quota of his own").await;
    assert_eq!(bob.get(room.messages()).await.items().len(), 3);
    ann.erase(&first.body).await;
    app.follow();
    send(&ann, &room, "3", "one more").await.expect_status(201);
}

#[both_engines]
async fn quota_counts_messages_of_all_instances(engine: Engine) {
    let app = app(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let other = app.another_instance().await;
    let elsewhere = other.sign_in("ann").await.into_person(ann.id.clone());
    let long = "x".repeat(1_000);
    for key in ["1", "2"] {
        send(&elsewhere, &room, key, &long).await.expect_status(201);
    }
    other.follow();
    app.follow();
    send(&ann, &room, "3", "one more").await.expect_problem(403, "storage_full");
    send(&elsewhere, &room, "3", "no quota there").await.expect_status(201);
}

#[both_engines]
async fn purge_of_chatroom_frees_quota(engine: Engine) {
    let app = app(engine).await;
    let ann = app.sign_up("ann").await;
    let (room, other) = (ann.create_room("A", "private", &[]).await, ann.create_room("B", "private", &[]).await);
    for key in ["1", "2"] {
        send(&ann, &room, key, &"x".repeat(1_000)).await.expect_status(201);
    }
    app.follow();
    send(&ann, &other, "3", "one more").await.expect_problem(403, "storage_full");
    ann.delete(room.own_path()).await.expect_status(204);
    while app.stores.chatrooms.purge(100).unwrap() {}
    app.follow();
    send(&ann, &other, "3", "one more").await.expect_status(201);
}
