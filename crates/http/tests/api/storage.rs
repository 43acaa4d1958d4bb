//! The storage quota of a user.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::app::{TestApp, TestConfig};
use crate::people::{Person, Room, path_of, reaction_path};

/// Space for two chatrooms, one message of a thousand bytes and a tombstone, but not for two messages.
const QUOTA: u64 = 3_000;

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
    assert!(refused.str("detail").contains(" of 3000 bytes"), "{}", refused.str("detail"));
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

#[both_engines]
async fn topics_fill_quota(engine: Engine) {
    let app = app(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    for n in 0..2 {
        ann.patch(room.own_path(), json!({"topic": format!("{n}{}", "🦀".repeat(249))})).await.expect_status(200);
    }
    app.follow();
    ann.patch(room.own_path(), json!({"topic": "one more"})).await.expect_problem(403, "storage_full");
    send(&ann, &room, "1", "nor a message").await.expect_problem(403, "storage_full");
    assert_eq!(ann.patch(room.own_path(), json!({"name": "Plans"})).await.expect_status(200)["name"], "Plans");
}

/// A chatroom of ann, whose quota is used up, with bob and a message of hers; and one of bob.
struct Full {
    app: TestApp,
    ann: Person,
    bob: Person,
    cem: Person,
    room: Room,
    of_bob: Room,
    message: Value,
    invitation: Value,
}

impl Full {
    async fn new(engine: Engine) -> Self {
        let app = app(engine).await;
        let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
        let room = ann.create_room("Plans", "public", &[&bob]).await;
        let of_bob = bob.create_room("Of bob", "public", &[&ann]).await;
        ann.open(&bob).await;
        let message = ann.say(&room, &"x".repeat(1_000)).await;
        ann.react(&message, "👍").await;
        ann.put(room.pin(&message)).await.expect_status(204);
        let invitation = ann.invite(&room, json!({})).await;
        app.follow();
        Self { app, ann, bob, cem, room, of_bob, message, invitation }
    }
}

#[both_engines]
async fn nothing_grows_beyond_quota(engine: Engine) {
    let full = Full::new(engine).await;
    let Full { app, ann, bob, cem, room, message, .. } = &full;
    let (public, invited) =
        (cem.create_room("Of cem", "public", &[]).await, cem.create_room("Private", "private", &[]).await);
    let code = cem.invite(&invited, json!({})).await["code"].as_str().unwrap().to_owned();
    let heart = reaction_path(message, "❤️");
    let other = bob.say(room, "pin me").await;
    let writes = [
        (Method::POST, "/api/chatrooms".to_owned(), json!({"name": "x"})),
        (Method::PATCH, room.own_path(), json!({"name": "x"})),
        (Method::PUT, format!("/api/direct/{}", cem.id), json!({})),
        (Method::PUT, public.membership("me"), json!({})),
        (Method::POST, format!("/api/invitations/{code}/accept"), json!({})),
        (Method::PUT, room.membership(&cem.id), json!({})),
        (Method::PATCH, room.membership(&bob.id), json!({"role": "moderator"})),
        (Method::POST, room.path("invitations"), json!({})),
        (Method::POST, room.messages(), json!({"body": "x"})),
        (Method::PATCH, path_of(message), json!({"body": "x"})),
        (Method::PUT, heart, json!({})),
        (Method::PUT, room.pin(&other), json!({})),
    ];
    let before = app.database().number("SELECT CAST(count(*) AS BIGINT) AS value FROM events");
    for (method, path, body) in writes {
        ann.request(method, path).json(body).send().await.expect_problem(403, "storage_full");
    }
    assert_eq!(app.database().number("SELECT CAST(count(*) AS BIGINT) AS value FROM events"), before);
}

#[both_engines]
async fn endings_and_private_state_work_beyond_quota(engine: Engine) {
    let full = Full::new(engine).await;
    let Full { ann, bob, room, of_bob, message, invitation, .. } = &full;
    let revoked = room.path(&format!("invitations/{}", invitation["id"].as_str().unwrap()));
    let blocked = format!("/api/users/me/blocks/{}", bob.id);
    let writes = [
        (Method::PUT, format!("/api/direct/{}", bob.id), json!({}), 200),
        (Method::PUT, room.membership("me"), json!({}), 200),
        (Method::PUT, room.path("read_marker"), json!({"seq": 1}), 200),
        (Method::PUT, room.path("mute"), json!({}), 204),
        (Method::POST, room.path("typing"), json!({}), 204),
        (Method::DELETE, reaction_path(message, "👍"), json!({}), 204),
        (Method::DELETE, room.pin(message), json!({}), 204),
        (Method::DELETE, revoked, json!({}), 204),
        (Method::PUT, room.ban(&bob.id), json!({}), 201),
        (Method::DELETE, room.ban(&bob.id), json!({}), 204),
        // No longer a member: this could go on without end.
        (Method::PUT, room.ban(&bob.id), json!({}), 403),
        (Method::DELETE, of_bob.membership("me"), json!({}), 204),
        (Method::PUT, blocked.clone(), json!({}), 204),
        (Method::DELETE, blocked, json!({}), 204),
        (Method::PATCH, "/api/users/me".to_owned(), json!({"display_name": "Ann"}), 200),
        (Method::DELETE, path_of(message), json!({}), 204),
        (Method::DELETE, room.own_path(), json!({}), 204),
        (Method::DELETE, "/api/auth/session".to_owned(), json!({}), 204),
    ];
    for (method, path, body, status) in writes {
        ann.request(method, path).json(body).send().await.expect_status(status);
    }
}

#[both_engines]
async fn account_shows_storage_to_its_owner_only(engine: Engine) {
    let app = app(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let storage = async || ann.get("/api/users/me").await["storage"].clone();
    assert_eq!(storage().await, json!({"used": 0, "allowed": QUOTA}));
    let room = ann.create_room("Plans", "public", &[]).await;
    let before = storage().await["used"].as_i64().unwrap();
    assert!(before > 2 * 256, "the chatroom and the membership");
    ann.say(&room, "hello").await;
    let after = json!({"used": before + 256 + 5, "allowed": QUOTA});
    assert_eq!(storage().await, after);
    app.follow();
    assert_eq!(storage().await, after, "saved");
    assert_eq!(ann.patch("/api/users/me", json!({})).await["storage"], after);
    assert_eq!(bob.get(format!("/api/users/{}", ann.id)).await["storage"], Value::Null);
    let unlimited = TestApp::new(engine).await.sign_up("ann").await;
    assert_eq!(unlimited.get("/api/users/me").await["storage"], json!({"used": 0, "allowed": null}));
}
