//! Server keys: administration of keys, and acting as users.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::app::TestApp;
use crate::client::Client;

const KEYS: &str = "/api/admin/keys";
const USER: &str = "Chit-Chat-User";

async fn as_user(key: &Client, user: &str, path: &str) -> Answer {
    key.request(Method::GET, path).header(USER, user).send().await
}

#[both_engines]
async fn keys_are_administered_with_keys(engine: Engine) {
    let app = TestApp::new(engine).await;
    let key = app.server_key(&["admin:keys", "act_as"]);
    let made = key.post(KEYS, json!({"name": "reports", "scopes": ["admin:keys"]})).await.expect_status(201);
    assert_eq!(made.header("Location"), Some(format!("{KEYS}/{}", made.id()).as_str()));
    let reports = app.bearer(made.str("secret"));
    let listed = reports.get(KEYS).await.expect_status(200);
    assert_eq!((listed.items().len(), &listed["items"][0]["name"]), (2, &json!("reports")));
    let rotated = key.post(format!("{KEYS}/{}/rotate", made.id()), json!({"overlap_seconds": 0})).await;
    reports.get(KEYS).await.expect_problem(401, "invalid_token");
    let reports = app.bearer(rotated.expect_status(200).str("secret"));
    reports.get(KEYS).await.expect_status(200);
    key.delete(format!("{KEYS}/{}", made.id())).await.expect_status(204);
    reports.get(KEYS).await.expect_problem(401, "invalid_token");
}

#[both_engines]
async fn keys_gain_no_scopes(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (strong, weak) = (app.server_key(&["admin:keys", "act_as"]), app.server_key(&["admin:keys"]));
    let wanted = json!({"name": "more", "scopes": ["act_as"]});
    weak.post(KEYS, wanted.clone()).await.expect_problem(403, "insufficient_scope");
    let made = strong.post(KEYS, wanted).await.expect_status(201).id();
    let rotate = format!("{KEYS}/{made}/rotate");
    weak.post(rotate, json!({})).await.expect_problem(403, "insufficient_scope");
    strong.post(KEYS, json!({"name": "x", "scopes": ["users:read"]})).await.expect_invalid("scopes");
}

#[both_engines]
async fn only_server_keys_with_the_scope_administer(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let token = ann.token(&app, json!({"name": "ci", "scopes": ["users:read"]})).await.client;
    for client in [&*ann, &token, &app.server_key(&["admin:users", "act_as"])] {
        let refused = client.get(KEYS).await.expect_problem(403, "insufficient_scope");
        let challenge = "Bearer error=\"insufficient_scope\", scope=\"admin:keys\"";
        assert_eq!(refused.header("WWW-Authenticate"), Some(challenge));
    }
    app.nobody().get(KEYS).await.expect_problem(401, "unauthenticated");
    app.bearer("x").get(KEYS).await.expect_problem(401, "invalid_token");
}

#[both_engines]
async fn key_acts_as_the_user_whom_the_header_names(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    let key = app.server_key(&["act_as"]);
    let said = key.request(Method::POST, room.messages()).header(USER, ann.id.as_str());
    let said = said.json(json!({"body": "by the application"})).send().await.expect_status(201);
    assert_eq!(said["author_id"], json!(ann.id));
    as_user(&key, &bob.id, &room.messages()).await.expect_problem(404, "chatroom_not_found");
    assert_eq!(as_user(&key, &bob.id, "/api/users/me").await.expect_status(200).id(), bob.id);
    key.get("/api/users/me").await.expect_problem(403, "user_required");
    for path in ["/api/auth/sessions", "/api/users/me/tokens"] {
        as_user(&key, &ann.id, path).await.expect_problem(403, "insufficient_scope");
    }
}

#[both_engines]
async fn acting_needs_an_active_user_and_the_scope(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, eve) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("eve").await);
    let key = app.server_key(&["act_as"]);
    app.disable(&eve.id);
    let delete = bob.request(Method::DELETE, "/api/users/me").json(json!({"password": crate::app::PASSWORD}));
    delete.send().await.expect_status(204);
    for unknown in
        [bob.id.as_str(), eve.id.as_str(), "0190a5d4-2f00-7000-8000-000000000001", "ann", "external:7", ""]
    {
        as_user(&key, unknown, "/api/users/me").await.expect_problem(403, "cannot_act_as");
    }
    let unable = app.server_key(&["admin:users"]);
    as_user(&unable, &ann.id, "/api/users/me").await.expect_problem(403, "insufficient_scope");
    let token = ann.token(&app, json!({"name": "ci", "scopes": ["users:read"]})).await.client;
    for client in [&*ann, &token] {
        as_user(client, &ann.id, "/api/users/me").await.expect_problem(403, "cannot_act_as");
    }
    assert_eq!(ann.get("/api/users/me").await["display_name"], Value::Null);
}
