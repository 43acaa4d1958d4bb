//! Signing in and out, and listing one's sessions.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::answer::{Answer, fields};
use crate::app::{PASSWORD, TestApp};

#[both_engines]
async fn sign_in_matches_original_specification(engine: Engine) {
    let app = TestApp::new(engine).await;
    app.sign_up("Matt").await;
    let answer = app.try_sign_in("mATT", PASSWORD).await.expect_status(200);
    assert_eq!(
        answer.fields(),
        ["access_token", "expires_in", "refresh_token", "token", "token_type", "username"]
    );
    assert_eq!(answer["username"], "Matt");
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 3600);
    assert_eq!(answer["token"], answer["access_token"]);
    assert_eq!(answer.str("access_token").split('.').count(), 3);
    assert_ne!(answer["refresh_token"], answer["access_token"]);
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    app.bearer(answer.str("token")).get("/api/users/me").await.expect_status(200);
}

#[both_engines]
async fn sign_in_with_missing_field_is_malformed(engine: Engine) {
    let nobody = TestApp::new(engine).await.nobody();
    for body in [
        json!({}),
        json!({"username": "matt"}),
        json!({"password": "1234"}),
        json!({"username": null, "password": "1234"}),
        json!({"username": "matt", "password": 1234}),
        json!({"username": ["matt"], "password": "1234"}),
        json!(["matt", "1234"]),
        json!("matt"),
        json!(null),
    ] {
        nobody.post("/api/auth/session", body).await.expect_problem(400, "malformed_body");
    }
    for body in ["", " ", "{", "matt", r#"{"username": "matt", "password": "1234"} x"#] {
        nobody.post_bytes("/api/auth/session", body).await.expect_problem(400, "malformed_body");
    }
}

#[both_engines]
async fn sign_in_requires_json_content_type(engine: Engine) {
    let app = TestApp::new(engine).await;
    app.sign_up("matt").await;
    let body = json!({"username": "matt", "password": PASSWORD}).to_string();
    let post = || app.nobody().request(Method::POST, "/api/auth/session");
    for wrong in ["text/plain", "application/x-www-form-urlencoded", "application/xml"] {
        post().bytes(wrong, body.clone()).send().await.expect_problem(415, "unsupported_media_type");
    }
    for right in ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"] {
        post().bytes(right, body.clone()).send().await.expect_status(200);
    }
}

#[both_engines]
async fn unknown_user_and_wrong_password_get_equal_answers(engine: Engine) {
    let app = TestApp::new(engine).await;
    app.sign_up("ann").await;
    let gone = app.sign_up("gone").await;
    let deletion = json!({"password": PASSWORD});
    gone.request(Method::DELETE, "/api/users/me").json(deletion).send().await.expect_status(204);
    let wrong = app.try_sign_in("ann", "wrong").await.expect_problem(401, "invalid_credentials");
    for (username, password) in [("nobody", PASSWORD), ("gone", PASSWORD), ("ann", ""), ("", ""), ("a b", "x")] {
        let answer = app.try_sign_in(username, password).await.expect_problem(401, "invalid_credentials");
        assert_eq!(without_id(&answer), without_id(&wrong), "{username}");
        assert_eq!(header_names(&answer), header_names(&wrong));
    }
}

fn without_id(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    body["request_id"] = Value::Null;
    body
}

fn header_names(answer: &Answer) -> Vec<String> {
    let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    names
}

#[both_engines]
async fn sign_in_with_invalid_password_is_rejected(engine: Engine) {
    let app = TestApp::new(engine).await;
    app.sign_up("ann").await;
    let long = "x".repeat(7_000);
    for password in ["", "1", "nul \0", "\u{301}", &long] {
        app.try_sign_in("ann", password).await.expect_problem(401, "invalid_credentials");
    }
    for username in ["nul \0", "'; --", "%", "ann\u{301}", &long] {
        app.try_sign_in(username, PASSWORD).await.expect_problem(401, "invalid_credentials");
    }
}

#[both_engines]
async fn every_byte_of_long_password_counts(engine: Engine) {
    let app = TestApp::new(engine).await;
    for length in [71, 72, 73, 200, 1_024] {
        let (name, password) = (format!("u{length}"), "p".repeat(length));
        let account = json!({"username": name, "password": password});
        app.nobody().post("/api/users", account).await.expect_status(201);
        let almost = format!("{}q", &password[1..]);
        app.try_sign_in(&name, &almost).await.expect_problem(401, "invalid_credentials");
        app.try_sign_in(&name, &password).await.expect_status(200);
    }
}

#[both_engines]
async fn sign_out_ends_only_this_session(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let other = app.sign_in("ann").await;
    ann.delete("/api/auth/session").await.expect_status(204);
    ann.get("/api/users/me").await.expect_problem(401, "invalid_token");
    ann.delete("/api/auth/session").await.expect_problem(401, "invalid_token");
    app.refresh(&ann.session.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    other.get("/api/users/me").await.expect_status(200);
}

#[both_engines]
async fn ended_session_is_refused_by_other_instances(engine: Engine) {
    let app = TestApp::new(engine).await;
    let elsewhere = app.another_instance().await;
    let ann = app.sign_up("ann").await;
    let there = elsewhere.bearer(ann.token.as_ref().unwrap());
    there.get("/api/users/me").await.expect_status(200);
    ann.delete("/api/auth/session").await.expect_status(204);
    elsewhere.follow();
    there.get("/api/users/me").await.expect_problem(401, "invalid_token");
}

#[both_engines]
async fn sessions_are_listed_newest_first_and_current_is_marked(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    app.sign_up("bob").await;
    let credentials = json!({"username": "ann", "password": PASSWORD});
    let login = app.nobody().request(Method::POST, "/api/auth/session").header("User-Agent", "curl/8.5");
    login.json(credentials).send().await.expect_status(200);
    let list = ann.get("/api/auth/sessions").await.expect_status(200);
    assert_eq!(fields(&list.items()[0]), ["created_at", "current", "id", "last_used_at", "user_agent"]);
    assert_eq!(list.each("current"), [false, true]);
    assert_eq!(list.each("user_agent"), [json!("curl/8.5"), json!(null)]);
    assert_eq!(list["next_cursor"], json!(null));
}

#[both_engines]
async fn session_is_ended_by_id(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let other = app.sign_in("ann").await;
    let path =
        format!("/api/auth/sessions/{}", ann.get("/api/auth/sessions").await.items()[0]["id"].as_str().unwrap());
    ann.delete(&path).await.expect_status(204);
    other.get("/api/users/me").await.expect_problem(401, "invalid_token");
    app.refresh(&other.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    ann.delete(&path).await.expect_problem(404, "session_not_found");
    ann.delete("/api/auth/sessions/no-id").await.expect_problem(404, "session_not_found");
    assert_eq!(ann.get("/api/auth/sessions").await.items().len(), 1);
}

#[both_engines]
async fn invalid_utf8_user_agent_is_stored_as_text(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let long = "x".repeat(5_000);
    for agent in [&b"\xff\xfe\x80"[..], b"caf\xc3\xa9", b"\xed\xa0\x80", b"", long.as_bytes()] {
        let login = app.nobody().request(Method::POST, "/api/auth/session").header("User-Agent", agent);
        login.json(json!({"username": "ann", "password": PASSWORD})).send().await.expect_status(200);
    }
    let agents = ann.get("/api/auth/sessions").await.expect_status(200).each("user_agent");
    assert_eq!(
        agents[2..5],
        [json!("\u{fffd}\u{fffd}\u{fffd}"), json!("café"), json!("\u{fffd}\u{fffd}\u{fffd}")]
    );
    assert_eq!(agents[0], "x".repeat(255));
}

#[both_engines]
async fn session_beyond_hundred_ends_oldest(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let second = app.sign_in("ann").await;
    for _ in 0..98 {
        app.sign_in("ann").await;
    }
    ann.get("/api/users/me").await.expect_status(200);
    app.sign_in("ann").await;
    ann.get("/api/users/me").await.expect_problem(401, "invalid_token");
    assert_eq!(second.get("/api/auth/sessions?limit=200").await.expect_status(200).items().len(), 100);
}
