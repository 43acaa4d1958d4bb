//! `Idempotency-Key`: a repeated request takes effect once.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::app::TestApp;
use crate::people::{Person, Room, path_of};

const REPLAYED: &str = "Idempotent-Replayed";

async fn send(person: &Person, room: &Room, key: &str, body: &str) -> Answer {
    let post = person.request(Method::POST, room.messages()).header("Idempotency-Key", key);
    post.json(json!({"body": body})).send().await
}

async fn create(person: &Person, key: &str, room: Value) -> Answer {
    person.request(Method::POST, "/api/chatrooms").header("Idempotency-Key", key).json(room).send().await
}

#[both_engines]
async fn repeated_message_is_stored_once(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let first = send(&ann, &room, "k 1~!", "hello").await.expect_status(201);
    assert_eq!(first["client_key"], "k 1~!");
    assert_eq!(first.header(REPLAYED), None);
    for _ in 0..2 {
        let again = send(&ann, &room, "k 1~!", "hello").await.expect_status(201);
        assert_eq!(again.body, first.body);
        assert_eq!(again.header(REPLAYED), Some("true"));
        for same in ["Location", "ETag"] {
            assert_eq!(again.header(same), first.header(same));
        }
    }
    assert_eq!(ann.read(&room).await, ["hello"]);
    assert_eq!(ann.get(room.own_path()).await["last_seq"], first["seq"], "repeats take no place in the log");
    assert_eq!(ann.get(path_of(&first.body)).await.body, first.body);
}

#[both_engines]
async fn equal_key_with_other_body_is_rejected(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    send(&ann, &room, "k", "hello").await.expect_status(201);
    for other in ["hello ", "Hello", "bye"] {
        send(&ann, &room, "k", other).await.expect_problem(422, "idempotency_key_reused");
    }
    send(&ann, &room, "K", "bye").await.expect_status(201);
    assert_eq!(ann.read(&room).await, ["hello", "bye"]);
}

#[both_engines]
async fn repeated_message_is_answered_as_it_is_now(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let first = send(&ann, &room, "k", "hello").await.expect_status(201).body;
    let edited = ann.edit(&first, "bye").await;
    let again = send(&ann, &room, "k", "hello").await.expect_status(201);
    assert_eq!((&again.body, again.header("ETag")), (&edited, Some("\"2\"")));
    send(&ann, &room, "k", "bye").await.expect_problem(422, "idempotency_key_reused");
    ann.erase(&first).await;
    let again = send(&ann, &room, "k", "hello").await.expect_status(201);
    assert_eq!((&again["id"], &again["body"]), (&first["id"], &Value::Null));
    assert_eq!(again.header(REPLAYED), Some("true"));
    send(&ann, &room, "k", "bye").await.expect_problem(422, "idempotency_key_reused");
}

#[both_engines]
async fn key_is_scoped_to_author_and_chatroom(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let other = ann.create_room("Other", "private", &[&bob]).await;
    send(&ann, &room, "k", "one").await.expect_status(201);
    for (person, room) in [(&bob, &room), (&ann, &other)] {
        let answer = send(person, room, "k", "two").await.expect_status(201);
        assert_eq!(answer.header(REPLAYED), None);
    }
}

#[both_engines]
async fn repeat_by_former_member_is_refused(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    send(&bob, &room, "k", "hello").await.expect_status(201);
    bob.leave(&room).await;
    send(&bob, &room, "k", "hello").await.expect_problem(404, "chatroom_not_found");
}

#[both_engines]
async fn invalid_key_is_rejected(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let longest = "k".repeat(255);
    send(&ann, &room, &longest, "x").await.expect_status(201);
    for key in ["", "é", "a\tb", &"k".repeat(256)] {
        let answer = send(&ann, &room, key, "x").await.expect_problem(422, "invalid_value");
        assert_eq!(answer["errors"][0]["parameter"], "Idempotency-Key", "{key}");
        create(&ann, key, json!({"name": "x"})).await.expect_problem(422, "invalid_value");
    }
    assert_eq!(ann.read(&room).await, ["x"]);
}

#[both_engines]
async fn repeated_chatroom_is_created_once(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = || json!({"name": "Plans", "visibility": "private", "member_ids": [bob.id]});
    let first = create(&ann, "k", room()).await.expect_status(201);
    assert_eq!(first.header(REPLAYED), None);
    let again = create(&ann, "k", room()).await.expect_status(201);
    assert_eq!((&again.body, again.header(REPLAYED)), (&first.body, Some("true")));
    assert_eq!(again.header("Location"), first.header("Location"));
    let path = format!("/api/chatrooms/{}", first.id());
    bob.patch(&path, json!({"name": "New plans"})).await.expect_status(200);
    assert_eq!(create(&ann, "k", room()).await.expect_status(201)["name"], "New plans");
    for other in
        [json!({"name": "Plans"}), json!({"name": "Plans", "visibility": "public", "member_ids": [bob.id]})]
    {
        create(&ann, "k", other).await.expect_problem(422, "idempotency_key_reused");
    }
    create(&bob, "k", json!({"name": "Bob's"})).await.expect_status(201);
    assert_eq!(ann.get("/api/chatrooms").await.items().len(), 1);
}

#[both_engines]
async fn refused_message_releases_its_key(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "public", &[]).await;
    send(&bob, &room, "k", "too early").await.expect_problem(403, "not_a_member");
    send(&ann, &room, "k", "").await.expect_invalid("body");
    bob.join(&room).await;
    assert_eq!(send(&bob, &room, "k", "in time").await.expect_status(201).header(REPLAYED), None);
    assert_eq!(send(&ann, &room, "k", "welcome").await.expect_status(201).header(REPLAYED), None);
}
