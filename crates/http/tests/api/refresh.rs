//! Refreshing sessions: each refresh token is valid once.

use actix_web::http::Method;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use crate::answer::Answer;
use crate::app::TestApp;

const DAY: u64 = 24 * 3_600;

fn refresh_token(answer: &Answer) -> String {
    answer.str("refresh_token").to_owned()
}

#[both_engines]
async fn refresh_returns_new_tokens(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let answer = app.refresh(&ann.session.refresh_token).await.expect_status(200);
    assert_eq!(
        answer.fields(),
        ["access_token", "expires_in", "refresh_token", "token", "token_type", "username"]
    );
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    assert_ne!(refresh_token(&answer), ann.session.refresh_token);
    assert_ne!(Some(answer.str("access_token")), ann.token.as_deref());
    app.bearer(answer.str("access_token")).get("/api/users/me").await.expect_status(200);
    ann.get("/api/users/me").await.expect_status(200);
    assert_eq!(ann.get("/api/auth/sessions").await.items().len(), 1);
    app.refresh(&refresh_token(&answer)).await.expect_status(200);
}

#[both_engines]
async fn lost_answer_can_be_retried_for_half_a_minute(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    app.refresh(&ann.session.refresh_token).await.expect_status(200);
    app.clock.set_forward(20);
    let again = app.refresh(&ann.session.refresh_token).await.expect_status(200);
    app.refresh(&refresh_token(&again)).await.expect_status(200);
    ann.get("/api/users/me").await.expect_status(200);
}

#[both_engines]
async fn tabs_that_share_a_token_stay_signed_in(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let mut shared = ann.session.refresh_token.clone();
    for _ in 0..3 {
        let one = app.refresh(&shared).await.expect_status(200);
        let other = app.refresh(&shared).await.expect_status(200);
        assert_eq!(refresh_token(&one), refresh_token(&other));
        for answer in [&one, &other] {
            app.bearer(answer.str("access_token")).get("/api/users/me").await.expect_status(200);
        }
        shared = refresh_token(&one);
    }
}

#[both_engines]
async fn spent_token_ends_session_after_half_a_minute(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let next = app.refresh(&ann.session.refresh_token).await.expect_status(200);
    app.clock.set_forward(40);
    app.refresh(&ann.session.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    app.refresh(&refresh_token(&next)).await.expect_problem(401, "invalid_refresh_token");
    for access_token in [ann.token.as_deref().unwrap(), next.str("access_token")] {
        app.bearer(access_token).get("/api/users/me").await.expect_problem(401, "invalid_token");
    }
}

#[both_engines]
async fn spent_token_ends_session_once_successor_was_used(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let second = app.refresh(&ann.session.refresh_token).await.expect_status(200);
    let third = app.refresh(&refresh_token(&second)).await.expect_status(200);
    app.refresh(&ann.session.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    app.refresh(&refresh_token(&third)).await.expect_problem(401, "invalid_refresh_token");
    ann.get("/api/users/me").await.expect_problem(401, "invalid_token");
}

#[both_engines]
async fn session_ends_after_thirty_idle_or_ninety_days(engine: Engine) {
    let app = TestApp::new(engine).await;
    let idle = app.sign_up("idle").await;
    let mut busy = app.sign_up("busy").await.session.refresh_token;
    for _ in 0..3 {
        app.clock.set_forward(29 * DAY);
        busy = refresh_token(&app.refresh(&busy).await.expect_status(200));
    }
    app.refresh(&idle.session.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    app.clock.set_forward(4 * DAY);
    app.refresh(&busy).await.expect_problem(401, "invalid_refresh_token");
}

#[both_engines]
async fn invalid_refresh_token_ends_no_session(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let good = &ann.session.refresh_token;
    let guess = format!("{}{}", &good[..good.len() / 2], "A".repeat(good.len() - good.len() / 2));
    for token in ["", "x", "nul \0", ann.token.as_ref().unwrap(), &guess, &good[1..], &format!("{good}A")] {
        app.refresh(token).await.expect_problem(401, "invalid_refresh_token");
    }
    for body in [json!({}), json!({"refresh_token": 1}), json!({"refresh_token": null}), json!([good])] {
        app.nobody().post("/api/auth/refresh", body).await.expect_problem(400, "malformed_body");
    }
    app.refresh(good).await.expect_status(200);
    app.bearer(good).get("/api/users/me").await.expect_problem(401, "invalid_token");
}

#[both_engines]
async fn revoked_refresh_token_ends_the_session(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, ben) = (app.sign_up("ann").await, app.sign_up("ben").await);
    let next = app.refresh(&ann.session.refresh_token).await.expect_status(200);
    for revoked in [&ann.session.refresh_token, &refresh_token(&next)] {
        let answer = app.nobody().post("/api/auth/revoke", json!({"token": revoked})).await.expect_status(200);
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
        app.refresh(&refresh_token(&next)).await.expect_problem(401, "invalid_refresh_token");
        ann.get("/api/users/me").await.expect_problem(401, "invalid_token");
    }
    ben.get("/api/users/me").await.expect_status(200);
}

#[both_engines]
async fn tokens_are_revoked_by_form(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, ben) = (app.sign_up("ann").await, app.sign_up("ben").await);
    let revoke = |form: String| {
        let call = app.nobody().request(Method::POST, "/api/auth/revoke");
        call.bytes("application/x-www-form-urlencoded", form).send()
    };
    let refresh = format!("token={}&token_type_hint=refresh_token", ann.session.refresh_token);
    revoke(refresh).await.expect_status(200);
    ann.get("/api/users/me").await.expect_problem(401, "invalid_token");
    let access = format!("token={}", ben.token.as_deref().unwrap());
    revoke(access).await.expect_status(200);
    ben.get("/api/users/me").await.expect_problem(401, "invalid_token");
    revoke("token_type_hint=refresh_token".to_owned()).await.expect_problem(400, "malformed_body");
}

#[both_engines]
async fn unknown_tokens_are_revoked_without_effect(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, ben) = (app.sign_up("ann").await, app.sign_up("ben").await);
    // The ids of Ann's session with the secrets of Ben's.
    let decoded = |token: &str| BASE64_URL_SAFE_NO_PAD.decode(token).unwrap();
    let mixed = [&decoded(&ann.session.refresh_token)[..32], &decoded(&ben.session.refresh_token)[32..]].concat();
    for token in ["", "no token", &BASE64_URL_SAFE_NO_PAD.encode(mixed)] {
        app.nobody().post("/api/auth/revoke", json!({"token": token})).await.expect_status(200);
    }
    ann.get("/api/users/me").await.expect_status(200);
    ben.get("/api/users/me").await.expect_status(200);
}
