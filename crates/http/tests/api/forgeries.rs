//! Access tokens that the server must refuse.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chit_chat_contract::{Engine, both_engines};
use chit_chat_domain::clock::{Clock, Timestamp};
use chit_chat_domain::id::{SessionId, UserId};
use chit_chat_domain::session::AccessTokens;
use chit_chat_system::{JwtAccessTokens, SigningKeys, SystemClock};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

use crate::app::{SIGNING_KEY, TestApp, tokens};
use crate::people::Person;

fn part(token: &str, number: usize) -> Value {
    let text = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

fn encoded(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Signs any header and claims with the key of the app under test.
fn signed(header: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", encoded(header), encoded(claims));
    let key = Key::new(HMAC_SHA256, SIGNING_KEY.as_bytes());
    format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(sign(&key, text.as_bytes())))
}

fn issued(by: &JwtAccessTokens, person: &Person, session: &str, at: Timestamp) -> String {
    let (user, session): (UserId, SessionId) = (person.id.parse().unwrap(), session.parse().unwrap());
    by.issue(user, session, at)
}

#[both_engines]
async fn token_holds_only_needed_claims(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let claims = part(ann.token.as_ref().unwrap(), 1);
    assert_eq!(crate::answer::fields(&claims), ["aud", "exp", "iat", "iss", "jti", "sid", "sub"]);
    assert_eq!(claims["sub"], ann.id);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_600);
    assert_eq!(claims["sid"], ann.get("/api/auth/sessions").await.items()[0]["id"]);
}

#[both_engines]
async fn foreign_and_expired_tokens_are_refused(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let (session, now) = (Uuid::now_v7().to_string(), SystemClock.now());
    let foreign = SigningKeys::parse("another key that has 32 bytes or more").unwrap_or_else(|_| panic!("weak"));
    let foreign = JwtAccessTokens::new(&foreign);
    let two_hours = Duration::from_secs(7_200);
    for (what, token) in [
        ("signed with another key", issued(&foreign, &ann, &session, now)),
        ("expired", issued(&tokens(), &ann, &session, now.minus(two_hours))),
    ] {
        let answer = app.bearer(&token).get("/api/users/me").await.expect_problem(401, "invalid_token");
        let challenge = answer.header("WWW-Authenticate").unwrap();
        assert!(challenge.starts_with("Bearer") && challenge.contains("invalid_token"), "{what}: {challenge}");
    }
    app.bearer(&issued(&tokens(), &ann, &session, now)).get("/api/users/me").await.expect_status(200);
}

#[both_engines]
async fn tampered_token_is_refused(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let good = ann.token.clone().unwrap();
    let (header, claims) = (part(&good, 0), part(&good, 1));
    let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
    let mut as_bob = claims.clone();
    as_bob["sub"] = json!(bob.id);
    let unsigned = encoded(&json!({"alg": "none", "typ": header["typ"]}));
    let mut pointing = header.clone();
    pointing["jku"] = json!("https://example.com/keys");
    for token in [
        format!("{head}.{}.{signature}", encoded(&as_bob)),
        format!("{unsigned}.{body}."),
        format!("{unsigned}.{body}.{signature}"),
        format!("{}.{body}.{signature}", encoded(&pointing)),
        format!("{head}.{body}."),
        format!("{head}.{body}"),
        good[..good.len() - 3].to_owned(),
        format!("{good}.{signature}"),
        format!("{good} {good}"),
        head.to_owned(),
        "..".to_owned(),
        "x".repeat(10_000),
    ] {
        app.bearer(&token).get("/api/users/me").await.expect_problem(401, "invalid_token");
    }
}

#[both_engines]
async fn unissued_token_of_own_key_is_refused(engine: Engine) {
    let app = TestApp::new(engine).await;
    let good = app.sign_up("ann").await.token.clone().unwrap();
    let (header, claims) = (part(&good, 0), part(&good, 1));
    let now = claims["iat"].as_i64().unwrap();
    let try_with = |header: &Value, claims: &Value| {
        let token = signed(header, claims);
        let app = app.clone();
        async move { app.bearer(&token).get("/api/users/me").await }
    };
    try_with(&header, &claims).await.expect_status(200);
    for (name, value) in [
        ("jku", json!("https://example.com/keys")),
        ("jwk", json!({"kty": "oct", "k": "AAAA"})),
        ("crit", json!(["exp"])),
        ("kid", json!("../../dev/null")),
        ("x5u", json!("https://example.com/certificate")),
    ] {
        let mut header = header.clone();
        header[name] = value;
        try_with(&header, &claims).await.expect_problem(401, "invalid_token");
    }
    for (iat, exp) in [(now + 120, now + 3_600), (now, now + 3_660), (now, now + 1_000_000_000)] {
        let mut claims = claims.clone();
        (claims["iat"], claims["exp"]) = (json!(iat), json!(exp));
        try_with(&header, &claims).await.expect_problem(401, "invalid_token");
    }
}

#[both_engines]
async fn only_bearer_header_counts(engine: Engine) {
    let app = TestApp::new(engine).await;
    let token = app.sign_up("ann").await.token.clone().unwrap();
    let nobody = app.nobody();
    let with = |value: Vec<u8>| {
        nobody.request(actix_web::http::Method::GET, "/api/users/me").header("Authorization", value).send()
    };
    for right in [format!("Bearer {token}"), format!("bearer {token}"), format!("BEARER  {token}")] {
        with(right.into_bytes()).await.expect_status(200);
    }
    for absent in [token.clone(), format!("Basic {token}"), "Bearer".into(), String::new(), "Basic YTpi".into()] {
        let answer = with(absent.into_bytes()).await.expect_problem(401, "unauthenticated");
        assert_eq!(answer.header("WWW-Authenticate"), Some("Bearer"));
    }
    with(b"Bearer \xff\xfe".to_vec()).await.expect_status(401);
    for path in [format!("/api/users/me?access_token={token}"), format!("/api/users/me?token={token}")] {
        nobody.get(path).await.expect_problem(401, "unauthenticated");
    }
}

#[both_engines]
async fn stranger_learns_nothing_about_content(engine: Engine) {
    let nobody = TestApp::new(engine).await.nobody();
    nobody.get("/api/users/not-an-id").await.expect_problem(401, "unauthenticated");
    nobody.get("/api/chatrooms?limit=0").await.expect_problem(401, "unauthenticated");
    nobody.post_bytes("/api/chatrooms", "{").await.expect_problem(401, "unauthenticated");
    let large = "x".repeat(2 * 1024 * 1024);
    nobody.post_bytes("/api/chatrooms", large).await.expect_problem(401, "unauthenticated");
    let form = nobody.request(actix_web::http::Method::POST, "/api/chatrooms").bytes("text/plain", "x");
    form.send().await.expect_problem(401, "unauthenticated");
}
