//! Personal tokens: as a credential, and their life.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use chit_chat_domain::clock::{Clock, Timestamp};
use chit_chat_domain::id::{KeyId, SecretId, UserId};
use chit_chat_domain::key::{
    ApiKey, KeyKind, KeyName, KeyOwner, KeySecret, KeyText, MockKeyRepository, Reach, StoredSecret,
};
use chit_chat_domain::scope::{Scope, Scopes};
use chit_chat_domain::secrets::Secrets;
use chit_chat_domain::stores::Stores;
use chit_chat_http::Rates;
use chit_chat_system::SystemSecrets;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};
use crate::limits::{limited, rates};
use crate::mocks;

const TOKENS: &str = "/api/users/me/tokens";

fn all() -> Value {
    json!(Scopes::OF_USERS.iter().map(Scope::as_str).collect::<Vec<_>>())
}

fn unlimited() -> Value {
    json!({"name": "ci", "scopes": all()})
}

#[both_engines]
async fn secret_is_shown_once_and_acts_as_user(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let made = ann.post(TOKENS, json!({"name": " ci ", "scopes": ["users:read", "messages:write"]})).await;
    let made = made.expect_status(201);
    assert_eq!(made.header("Location"), Some(format!("{TOKENS}/{}", made.id()).as_str()));
    assert_eq!(made.header("Cache-Control"), Some("no-store"));
    assert_eq!((made.str("name"), &made["scopes"]), ("ci", &json!(["messages:write", "users:read"])));
    let secret = made.str("secret").to_owned();
    assert!(KeyText::parse(&secret).is_some_and(|key| key.kind() == KeyKind::Personal), "{secret}");
    let me = app.bearer(&secret).get("/api/users/me").await.expect_status(200);
    assert_eq!(me.id(), ann.id);
    let listed = ann.get(TOKENS).await.expect_status(200);
    assert_eq!((listed.items().len(), &listed["items"][0]["id"]), (1, &json!(made.id())));
    assert!(!listed.text.contains(&secret) && listed["items"][0].get("secret").is_none());
    let room = ann.create_room("Plans", "private", &[]).await;
    let said = app.bearer(&secret).post(room.messages(), json!({"body": "hi"})).await.expect_status(201);
    assert_eq!(said["author_id"], json!(ann.id));
}

#[both_engines]
async fn use_is_recorded_once_a_minute(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let token = ann.token(&app, unlimited()).await;
    let last_used = async || {
        app.follow();
        ann.get(TOKENS).await["items"][0]["last_used_at"].clone()
    };
    assert_eq!(last_used().await, Value::Null);
    token.client.get("/api/users/me").await.expect_status(200);
    let first = last_used().await;
    assert!(first.is_string());
    token.client.get("/api/users/me").await.expect_status(200);
    assert_eq!(last_used().await, first);
    app.clock.set_forward(61);
    token.client.get("/api/users/me").await.expect_status(200);
    assert_ne!(last_used().await, first);
}

#[both_engines]
async fn missing_scope_is_named_and_says_nothing_of_resources(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, eve) = (app.sign_up("ann").await, app.sign_up("eve").await);
    let hidden = ann.create_room("Plans", "private", &[]).await;
    let token = eve.token(&app, json!({"name": "ci", "scopes": ["users:read"]})).await;
    let refused = token.client.get(hidden.messages()).await.expect_problem(403, "insufficient_scope");
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"messages:read\"";
    assert_eq!(refused.header("WWW-Authenticate"), Some(challenge));
    let refused = token.client.get("/api/auth/sessions").await.expect_problem(403, "insufficient_scope");
    assert_eq!(refused.header("WWW-Authenticate"), Some("Bearer error=\"insufficient_scope\""));
}

#[both_engines]
async fn key_changes_only_the_profile_and_creates_no_keys(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let key = ann.token(&app, unlimited()).await;
    key.client.patch("/api/users/me", json!({"display_name": "Ann"})).await.expect_status(200);
    for change in [
        json!({"username": "eve"}),
        json!({"email": "eve@example.com"}),
        json!({"password": "battery staple", "current_password": PASSWORD}),
    ] {
        key.client.patch("/api/users/me", change).await.expect_problem(403, "insufficient_scope");
    }
    key.client.post(TOKENS, unlimited()).await.expect_problem(403, "insufficient_scope");
    key.client.get(TOKENS).await.expect_problem(403, "insufficient_scope");
    let rotate = format!("{TOKENS}/{}/rotate", key.id);
    key.client.post(rotate, json!({})).await.expect_problem(403, "insufficient_scope");
    let delete = key.client.request(Method::DELETE, "/api/users/me").json(json!({"password": PASSWORD}));
    delete.send().await.expect_problem(403, "insufficient_scope");
    ann.get("/api/users/me").await.expect_status(200);
}

#[both_engines]
async fn limited_key_reaches_only_its_chatrooms(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let mine = ann.create_room("Plans", "private", &[]).await;
    let other = ann.create_room("Plaza", "public", &[]).await;
    for n in 0..3 {
        ann.create_room(&format!("Room {n}"), "private", &[]).await;
    }
    let key = ann.token(&app, json!({"name": "ci", "scopes": all(), "chatrooms": [mine.id]})).await.client;
    key.post(mine.messages(), json!({"body": "hi"})).await.expect_status(201);
    key.get(other.own_path()).await.expect_problem(404, "chatroom_not_found");
    key.post(other.messages(), json!({"body": "hi"})).await.expect_problem(404, "chatroom_not_found");
    key.get("/api/chatrooms/x").await.expect_problem(404, "chatroom_not_found");
    for path in ["/api/chatrooms", "/api/chatrooms?limit=1"] {
        let listed = key.get(path).await.expect_status(200);
        assert_eq!((listed.items().len(), &listed["items"][0]["id"]), (1, &json!(mine.id)), "{path}");
        assert_eq!(listed["next_cursor"], Value::Null, "{path}");
    }
    let everywhere = ["/api/chatrooms?visibility=public", "/api/users/me/messages", "/api/users/me/mentions"];
    for path in everywhere {
        key.get(path).await.expect_problem(403, "insufficient_scope");
    }
    key.post("/api/chatrooms", json!({"name": "New"})).await.expect_problem(403, "insufficient_scope");
    assert_eq!(ann.get("/api/chatrooms").await.items().len(), 5);
}

#[both_engines]
async fn revoked_key_is_refused_at_once_and_elsewhere(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let other = app.another_instance().await;
    let key = ann.token(&app, unlimited()).await;
    let there = other.bearer(key.client.token.as_deref().unwrap());
    there.get("/api/users/me").await.expect_status(200);
    key.client.get("/api/users/me").await.expect_status(200);
    ann.delete(format!("{TOKENS}/{}", key.id)).await.expect_status(204);
    key.client.get("/api/users/me").await.expect_problem(401, "invalid_token");
    other.follow();
    there.get("/api/users/me").await.expect_problem(401, "invalid_token");
    ann.delete(format!("{TOKENS}/{}", key.id)).await.expect_problem(404, "key_not_found");
    assert!(ann.get(TOKENS).await.items().is_empty());
}

#[both_engines]
async fn expired_key_is_refused(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let soon = app.clock.now().plus(Duration::from_secs(30)).to_string();
    let key = ann.token(&app, json!({"name": "ci", "scopes": all(), "expires_at": soon})).await;
    key.client.get("/api/users/me").await.expect_status(200);
    app.clock.set_forward(31);
    key.client.get("/api/users/me").await.expect_problem(401, "invalid_token");
    assert!(ann.get(TOKENS).await.items().is_empty());
}

#[both_engines]
async fn rotated_key_has_two_secrets_for_a_while(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let key = ann.token(&app, unlimited()).await;
    let rotate = async |overlap: Value| {
        let path = format!("{TOKENS}/{}/rotate", key.id);
        let rotated = ann.post(path, json!({"overlap_seconds": overlap})).await.expect_status(200);
        assert_eq!(rotated.id(), key.id);
        app.bearer(rotated.str("secret"))
    };
    key.client.get("/api/users/me").await.expect_status(200);
    let second = rotate(Value::Null).await;
    for client in [&key.client, &second] {
        client.get("/api/users/me").await.expect_status(200);
    }
    let third = rotate(json!(60)).await;
    key.client.get("/api/users/me").await.expect_problem(401, "invalid_token");
    second.get("/api/users/me").await.expect_status(200);
    app.clock.set_forward(121);
    second.get("/api/users/me").await.expect_problem(401, "invalid_token");
    let fourth = rotate(json!(0)).await;
    third.get("/api/users/me").await.expect_problem(401, "invalid_token");
    fourth.get("/api/users/me").await.expect_status(200);
    assert_eq!(ann.get(TOKENS).await.items().len(), 1);
    let path = format!("{TOKENS}/{}/rotate", key.id);
    ann.post(path, json!({"overlap_seconds": 604_801})).await.expect_invalid("overlap_seconds");
}

#[both_engines]
async fn keys_end_with_their_user_but_not_with_the_password(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let (anns, bobs) = (ann.token(&app, unlimited()).await.client, bob.token(&app, unlimited()).await.client);
    let change = json!({"password": "battery staple", "current_password": PASSWORD});
    ann.patch("/api/users/me", change).await.expect_status(200);
    anns.get("/api/users/me").await.expect_status(200);
    let delete = ann.request(Method::DELETE, "/api/users/me").json(json!({"password": "battery staple"}));
    delete.send().await.expect_status(204);
    anns.get("/api/users/me").await.expect_problem(401, "invalid_token");
    bobs.get("/api/users/me").await.expect_status(200);
    app.disable(&bob.id);
    app.follow();
    app.enable(&bob.id);
    bobs.get("/api/users/me").await.expect_problem(401, "invalid_token");
}

#[both_engines]
async fn invalid_tokens_are_not_created(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let with = |field: &str, value: Value| {
        let mut entered = unlimited();
        entered[field] = value;
        ann.post(TOKENS, entered)
    };
    with("name", json!(" ")).await.expect_invalid("name");
    with("scopes", json!([])).await.expect_invalid("scopes");
    with("scopes", json!(["admin:users"])).await.expect_invalid("scopes");
    with("chatrooms", json!(["x"])).await.expect_invalid("chatrooms");
    with("expires_at", json!("2001-01-01T00:00:00Z")).await.expect_invalid("expires_at");
    assert!(ann.get(TOKENS).await.items().is_empty());
    let bobs = bob.token(&app, unlimited()).await;
    ann.delete(format!("{TOKENS}/{}", bobs.id)).await.expect_problem(404, "key_not_found");
    bobs.client.get("/api/users/me").await.expect_status(200);
}

fn stored(secrets: &SystemSecrets, number: u8) -> (ApiKey, KeyText) {
    let id = SecretId::from_u128(number.into());
    let text = KeyText::new(KeyKind::Personal, id, &KeySecret::new([number; 32]));
    let key = ApiKey {
        id: KeyId::from_u128(1),
        kind: KeyKind::Personal,
        owner: KeyOwner::User(UserId::from_u128(1)),
        name: KeyName::restore("ci".to_owned()),
        scopes: Scopes::OF_USERS,
        reach: Reach::ALL,
        created_at: Timestamp::from_micros(0),
        expires_at: None,
        last_used_at: None,
        secret: StoredSecret { id, hash: secrets.hash_key(text.reveal()) },
        replaced: None,
    };
    (key, text)
}

#[actix_web::test]
async fn key_is_looked_up_once_and_misspelt_ones_never() {
    let (key, text) = stored(&SystemSecrets::default(), 1);
    let mut keys = MockKeyRepository::new();
    keys.expect_find().times(1).return_const(Ok(Some(key)));
    let app = TestApp::with_stores(Stores { keys: Arc::new(keys), ..mocks::silent() }).await;
    let render =
        async |token: &str| app.bearer(token).post("/api/render", json!({"body": "x".repeat(9_000)})).await;
    for _ in 0..3 {
        render(text.reveal()).await.expect_status(200);
    }
    let misspelt = text.reveal().replace("cck_p0", "cck_p1");
    for wrong in [misspelt.as_str(), "cck_", "cck_p"] {
        render(wrong).await.expect_problem(401, "invalid_token");
    }
}

#[actix_web::test]
async fn unknown_keys_are_limited_by_address() {
    let mut keys = MockKeyRepository::new();
    keys.expect_find().times(2).return_const(Ok(None));
    let stores = Stores { keys: Arc::new(keys), ..mocks::silent() };
    let config = limited(Rates { login_failures_per_address: "2/1h".parse().unwrap(), ..rates() });
    let app = TestApp::with_stores_and_config(stores, config).await;
    let secrets = SystemSecrets::default();
    let try_key = async |number| app.bearer(stored(&secrets, number).1.reveal()).get("/api/users/me").await;
    try_key(1).await.expect_problem(401, "invalid_token");
    try_key(1).await.expect_problem(401, "invalid_token");
    try_key(2).await.expect_problem(401, "invalid_token");
    try_key(3).await.expect_problem(429, "rate_limited");
    try_key(1).await.expect_problem(401, "invalid_token");
}
