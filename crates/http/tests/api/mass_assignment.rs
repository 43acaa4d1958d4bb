//! Clients cannot set fields that only the server may set, and responses contain no hidden ones.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{PASSWORD, TestApp};
use crate::people::path_of;

/// All fields of resources that clients may not set.
fn forged() -> Value {
    let id = Uuid::now_v7();
    json!({
        "id": id, "user_id": id, "author_id": id, "chatroom_id": id, "creator": id, "owner_id": id,
        "seq": 1, "last_seq": 99, "revision": 99, "joined_seq": 1, "role": "owner", "roles": ["owner"],
        "created_at": "2001-01-01T00:00:00Z", "edited_at": "2001-01-01T00:00:00Z",
        "deleted_at": "2001-01-01T00:00:00Z", "deleted": true, "client_key": "k", "password_hash": "x",
        "admin": true, "last_message": {}, "read_seq": 1, "muted": true, "unread_count": 7,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "calls read better without an ampersand")]
fn with(fields: Value) -> Value {
    let mut body = forged();
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

/// Asserts that the resource has none of the forged values.
fn assert_genuine(resource: &Value) {
    for (name, value) in forged().as_object().unwrap() {
        if let Some(found) = resource.get(name) {
            assert_ne!(found, value, "{name}: {resource}");
        }
    }
}

#[both_engines]
async fn account_ignores_unassignable_fields(engine: Engine) {
    let app = TestApp::new(engine).await;
    let account = with(json!({"username": "ann", "password": PASSWORD}));
    let made = app.nobody().post("/api/users", account).await.expect_status(201);
    assert_genuine(&made.body);
    let ann = app.sign_in("ann").await;
    let patch = with(json!({"display_name": "Ann"}));
    let patched = ann.patch("/api/users/me", patch).await.expect_status(200);
    assert_genuine(&patched.body);
    assert_eq!((&patched["id"], &patched["username"]), (&made["id"], &json!("ann")));
    assert_eq!(patched["created_at"], made["created_at"]);
}

#[both_engines]
async fn chatroom_and_membership_ignore_unassignable_fields(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let made = ann.post("/api/chatrooms", with(json!({"name": "Plans"}))).await.expect_status(201);
    assert_genuine(&made.body);
    assert_eq!(made["last_seq"], 2);
    let path = format!("/api/chatrooms/{}", made.id());
    let patched = ann.patch(&path, with(json!({"name": "New"}))).await.expect_status(200);
    assert_genuine(&patched.body);
    assert_eq!((&patched["id"], &patched["last_seq"]), (&made["id"], &json!(3)));
    let put = ann.request(actix_web::http::Method::PUT, format!("{path}/memberships/{}", bob.id));
    let added = put.json(forged()).send().await.expect_status(201);
    assert_eq!((&added["role"], &added["user_id"]), (&json!("member"), &json!(bob.id)));
    let role = with(json!({"role": "member"}));
    assert_genuine(&ann.patch(format!("{path}/memberships/{}", bob.id), role).await.expect_status(200).body);
}

#[both_engines]
async fn message_ignores_unassignable_fields(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let sent = ann.post(room.messages(), with(json!({"body": "x", "author_id": bob.id}))).await.expect_status(201);
    assert_genuine(&sent.body);
    assert_eq!(sent["author_id"], ann.id);
    let edit = with(json!({"body": "y", "author_id": bob.id}));
    let edited = ann.patch(path_of(&sent.body), edit).await.expect_status(200);
    assert_genuine(&edited.body);
    for kept in ["id", "seq", "author_id", "chatroom_id", "created_at"] {
        assert_eq!(edited[kept], sent[kept], "{kept}");
    }
}

#[both_engines]
async fn answers_hold_no_hash_and_no_email_of_others(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    ann.patch("/api/users/me", json!({"email": "ann@example.com"})).await.expect_status(200);
    let room = ann.create_room("Plans", "public", &[&bob]).await;
    let message = path_of(&ann.say(&room, "hello").await);
    for path in [
        "/api/users".to_owned(),
        format!("/api/users?ids={}", ann.id),
        format!("/api/users/{}", ann.id),
        "/api/users/me".to_owned(),
        "/api/users/me/messages".to_owned(),
        "/api/chatrooms".to_owned(),
        "/api/chatrooms?visibility=public".to_owned(),
        room.own_path(),
        room.memberships(),
        room.messages(),
        room.path("events"),
        message,
        "/api/auth/sessions".to_owned(),
    ] {
        let text = bob.get(&path).await.expect_status(200).text.to_lowercase();
        for secret in ["$2b$", "hash", "password", "example.com", "refresh", "secret", "reserv"] {
            assert!(!text.contains(secret), "{path} shows {secret}: {text}");
        }
    }
    let own = ann.get("/api/users/me").await.expect_status(200).text;
    assert!(own.contains("example.com") && !own.contains("$2b$"));
}
