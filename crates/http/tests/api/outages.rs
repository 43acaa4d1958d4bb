//! Failures of the store: what responses disclose, and what they hide.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::Method;
use actix_web::rt::time::sleep;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chit_chat_contract::Engine;
use chit_chat_domain::session::MockSessionRepository;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::stores::Stores;
use chit_chat_domain::user::{HasherBusy, MockPasswordHasher, MockUserRepository};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::app::{PASSWORD, TestApp};
use crate::{mocks, routes};

const ID: &str = "0190a5d4-2f00-7000-8000-000000000001";
const SECRET_DETAIL: &str = "relation \"users\" at 10.0.0.7";

/// The operations that need no store; those of the application need a server key.
const ALONE: [&str; 4] = ["/api/ws", "/healthz", "/api/openapi.json", "/api/render"];

/// Calls every other operation as a signed-in user, with an acceptable body.
async fn each_operation(stores: Stores) -> Vec<Answer> {
    let app = TestApp::with_stores(stores).await;
    let client = app.stranger();
    let refresh_token = BASE64_URL_SAFE_NO_PAD.encode([7; 96]);
    let body = json!({
        "username": "ann", "password": PASSWORD, "name": "x", "body": "x", "role": "owner", "display_name": "x",
        "refresh_token": refresh_token, "token": refresh_token, "seq": 1, "chatroom_ids": [ID], "scopes": ["users:read"],
    });
    let mut answers = Vec::new();
    for (method, path) in routes::all() {
        if ALONE.contains(&path) || ["/api/docs", "/api/admin"].iter().any(|start| path.starts_with(start)) {
            continue;
        }
        let path = path.replace("{code}", &BASE64_URL_SAFE_NO_PAD.encode([7; 48]));
        let path = path.replace("{emoji}", "%F0%9F%91%8D");
        let path: String =
            path.split('{').map(|part| part.split_once('}').map_or(part.to_owned(), after)).collect();
        let mut body = body.clone();
        if method == Method::PATCH && path == "/api/users/me" {
            body.as_object_mut().unwrap().remove("password");
        }
        answers.push(client.request(method, path).json(body).send().await);
    }
    answers
}

fn after((_, rest): (&str, &str)) -> String {
    format!("{ID}{rest}")
}

#[actix_web::test]
async fn unreachable_store_answers_unavailable() {
    let answers = each_operation(mocks::failing(&StoreError::Unavailable(SECRET_DETAIL.into()))).await;
    assert!(answers.len() > 30);
    for answer in answers {
        let answer = answer.expect_problem(503, "unavailable");
        assert_eq!(answer.header("Retry-After"), Some("1"));
        assert!(!answer.text.contains("10.0.0.7"));
    }
}

#[actix_web::test]
async fn unwritable_store_answers_unavailable() {
    for answer in each_operation(mocks::failing(&StoreError::Unwritable(SECRET_DETAIL.into()))).await {
        let answer = answer.expect_problem(503, "unavailable");
        assert_eq!(answer.header("Retry-After"), Some("1"));
        assert!(!answer.text.contains("10.0.0.7"));
    }
}

#[actix_web::test]
async fn slow_read_is_cut_and_answers_unavailable() {
    let app = TestApp::new(Engine::Postgres).await;
    let ann = app.sign_up("ann").await;
    let mut held = app.database();
    held.begin();
    held.run("LOCK TABLE name_parts IN ACCESS EXCLUSIVE MODE");
    let cut = ann.get("/api/users?q=ann").await.expect_problem(503, "unavailable");
    assert_eq!(cut.header("Retry-After"), Some("1"));
    held.run("COMMIT");
    assert_eq!(ann.get("/api/users?q=ann").await.items().len(), 1);
}

#[actix_web::test]
async fn contended_store_answers_overloaded() {
    for error in [StoreError::Contention, StoreError::Busy] {
        for answer in each_operation(mocks::failing(&error)).await {
            assert_eq!(answer.expect_problem(503, "overloaded").header("Retry-After"), Some("1"));
        }
    }
}

#[actix_web::test]
async fn internal_error_shows_only_request_id() {
    for error in [StoreError::Other(SECRET_DETAIL.into()), StoreError::Corrupt(SECRET_DETAIL.into())] {
        for answer in each_operation(mocks::failing(&error)).await {
            let mut answer = answer.expect_problem(500, "internal");
            answer.body["request_id"] = Value::Null;
            assert_eq!(
                answer.body,
                json!({
                    "type": "urn:chit-chat:problem:internal", "title": "Internal server error", "status": 500,
                    "detail": "an unexpected error occurred", "code": "internal", "request_id": null,
                })
            );
            assert!(!format!("{:?}", answer.headers).contains("10.0.0.7"));
        }
    }
}

#[actix_web::test]
async fn healthz_ignores_store() {
    let app = TestApp::with_stores(mocks::failing(&StoreError::Unavailable(String::new()))).await;
    app.nobody().get("/healthz").await.expect_status(200);
}

#[actix_web::test]
async fn too_many_sign_ins_answer_retry_after() {
    let mut users = MockUserRepository::new();
    users.expect_credentials().return_const(Ok(None));
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_verify().return_const(Err(HasherBusy));
    hasher.expect_hash().return_const(Err(HasherBusy));
    let stores = Stores { users: Arc::new(users), ..mocks::silent() };
    let app = TestApp::with_hasher(stores, hasher).await;
    app.try_sign_in("ann", PASSWORD).await.expect_problem(503, "overloaded");
    let account = json!({"username": "ann", "password": PASSWORD});
    app.nobody().post("/api/users", account).await.expect_problem(503, "overloaded");
}

#[actix_web::test]
async fn tokens_are_refused_while_ended_sessions_are_unknown() {
    const STALE_AFTER: Duration = Duration::from_secs(2);
    const TIMEOUT: Duration = Duration::from_secs(10);
    let (mut users, mut sessions) = (MockUserRepository::new(), MockSessionRepository::new());
    users.expect_find().return_const(Ok(None));
    sessions.expect_ended_since().return_const(Ok(vec![]));
    let app =
        TestApp::with_stores(Stores { users: Arc::new(users), sessions: Arc::new(sessions), ..mocks::silent() })
            .await;
    let client = app.stranger();
    app.state.follow_sessions().unwrap();
    let start = Instant::now();
    while client.get("/api/users/me").await.status == 401 {
        assert!(start.elapsed() < TIMEOUT, "still trusted");
        sleep(Duration::from_millis(20)).await;
    }
    assert!(start.elapsed() >= STALE_AFTER);
    client.get("/api/users/me").await.expect_problem(503, "unavailable");
    app.nobody().get("/readyz").await.expect_problem(503, "unavailable");
    app.nobody().get("/api/users/me").await.expect_problem(401, "unauthenticated");
    app.state.follow_sessions().unwrap();
    client.get("/api/users/me").await.expect_problem(401, "invalid_token");
}
