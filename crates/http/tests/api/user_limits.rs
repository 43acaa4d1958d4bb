//! Limits on the reads and writes of each user.

use std::time::Duration;

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use chit_chat_http::Rates;
use serde_json::json;

use crate::app::TestApp;
use crate::limits::{expect_limited, limited, rates};
use crate::people::Person;

#[both_engines]
async fn writes_are_limited_by_user_and_reads_are_not(engine: Engine) {
    let config = limited(Rates { writes_per_user: "5/1h".parse().unwrap(), ..rates() });
    let app = TestApp::with_config(engine, config).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "public", &[]).await;
    bob.join(&room).await;
    let send = |person: &Person| person.request(Method::POST, room.messages()).json(json!({"body": "x"})).send();
    let sent = send(&ann).await.expect_status(201);
    assert_eq!(sent.header("RateLimit-Policy"), Some("\"writes\";q=5;w=3600"));
    assert_eq!(sent.header("RateLimit"), Some("\"writes\";r=3;t=1440"));
    ann.patch(room.own_path(), json!({"name": ""})).await.expect_problem(422, "invalid_value");
    ann.put(room.membership(&bob.id)).await.expect_status(200);
    ann.delete("/api/auth/sessions/1").await.expect_problem(404, "session_not_found");
    for _ in 0..3 {
        expect_limited(send(&ann).await, 720);
    }
    let again = app.sign_in("ann").await;
    expect_limited(again.post(room.messages(), json!({"body": "x"})).await, 720);
    for path in [room.messages(), room.own_path(), "/api/users/me".to_owned()] {
        let read = ann.get(path).await.expect_status(200);
        assert_eq!(read.header("RateLimit"), None);
    }
    assert_eq!(send(&bob).await.expect_status(201).header("RateLimit"), Some("\"writes\";r=3;t=1440"));
    assert_eq!(ann.read(&room).await.len(), 2);
}

#[both_engines]
async fn only_valid_tokens_use_up_writes(engine: Engine) {
    let config = limited(Rates { writes_per_user: "2/1h".parse().unwrap(), ..rates() });
    let app = TestApp::with_config(engine, config).await;
    let ann = app.sign_up("ann").await;
    let old = app.sign_in("ann").await;
    old.delete("/api/auth/session").await.expect_status(204);
    for _ in 0..5 {
        let answer = old.post("/api/chatrooms", json!({"name": "x"})).await.expect_problem(401, "invalid_token");
        assert_eq!(answer.header("RateLimit"), None);
        app.nobody().post("/api/chatrooms", json!({})).await.expect_problem(401, "unauthenticated");
    }
    ann.post("/api/chatrooms", json!({"name": "x"})).await.expect_status(201);
    expect_limited(ann.post("/api/chatrooms", json!({"name": "x"})).await, 1_800);
}

#[both_engines]
async fn reads_are_limited_by_their_cost(engine: Engine) {
    let rates = Rates { reads_per_user: "25/1h".parse().unwrap(), ..rates() };
    let app = TestApp::with_config(engine, limited(rates)).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let page = format!("{}?limit=200&render=html", room.messages());
    ann.get(&page).await.expect_status(200);
    let refused = ann.get(&page).await.expect_problem(429, "rate_limited");
    assert!(refused.header("RateLimit").unwrap().starts_with("\"reads\";r=0;"));
    for _ in 0..5 {
        ann.get("/api/users/me").await.expect_status(200);
    }
    ann.get("/api/users/me").await.expect_problem(429, "rate_limited");
    bob.get(&page).await.expect_status(200);
}

#[both_engines]
async fn slow_reads_count_as_several(engine: Engine) {
    let time_of_a_read = Duration::from_micros(1);
    let rates = Rates { reads_per_user: "10/1h".parse().unwrap(), time_of_a_read, ..rates() };
    let app = TestApp::with_config(engine, limited(rates)).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    ann.get("/api/chatrooms").await.expect_status(200);
    ann.get("/api/chatrooms").await.expect_problem(429, "rate_limited");
    bob.get("/api/chatrooms").await.expect_status(200);
    // Writes have a rate of their own.
    ann.post("/api/chatrooms", json!({"name": "x"})).await.expect_status(201);
}
