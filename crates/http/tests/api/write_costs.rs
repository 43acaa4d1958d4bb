//! Writes that count as several: large bodies, long names, many initial members.

use std::io::Write;

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use chit_chat_http::Rates;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::answer::Answer;
use crate::app::TestApp;
use crate::limits::{expect_limited, limited, rates};

#[both_engines]
async fn large_body_counts_as_several_writes(engine: Engine) {
    let config = limited(Rates { writes_per_user: "10/1h".parse().unwrap(), ..rates() });
    let app = TestApp::with_config(engine, config).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    let padded = |bytes: usize| {
        let text = json!({"body": "x"}).to_string();
        text.clone() + &" ".repeat(bytes - text.len())
    };
    let left = |answer: &Answer| answer.header("RateLimit").unwrap().to_owned();
    let sent = ann.post_bytes(room.messages(), padded(4_096)).await.expect_status(201);
    assert_eq!(left(&sent).split(';').nth(1), Some("r=8"));
    let sent = ann.post_bytes(room.messages(), padded(4_097)).await.expect_status(201);
    assert_eq!(left(&sent).split(';').nth(1), Some("r=6"));
    let chunks = ann.request(Method::POST, room.messages()).header("Content-Encoding", "gzip");
    let sent =
        chunks.bytes("application/json", gzip(padded(3 * 4_096).as_bytes())).send().await.expect_status(201);
    assert_eq!(left(&sent).split(';').nth(1), Some("r=3"), "decompressed bytes count");
    expect_limited(ann.post_bytes(room.messages(), padded(4 * 4_096)).await, 360);
    assert_eq!(ann.get(room.messages()).await.items().len(), 3, "nothing is stored");
    ann.say(&room, "a short one").await;
    let own = bob.create_room("Plans", "private", &[]).await;
    expect_limited(bob.post_bytes(own.messages(), padded(1024 * 1024)).await, 360);
}

#[both_engines]
async fn large_body_counts_as_several_reads(engine: Engine) {
    let config = limited(Rates { reads_per_user: "10/1h".parse().unwrap(), ..rates() });
    let ann = TestApp::with_config(engine, config).await.sign_up("ann").await;
    let large = json!({"body": "x", "padding": "x".repeat(4 * 4_096)}).to_string();
    let packed = || {
        let request = ann.request(Method::POST, "/api/render").header("Content-Encoding", "gzip");
        request.bytes("application/json", gzip(large.as_bytes())).send()
    };
    for _ in 0..2 {
        packed().await.expect_status(200);
    }
    expect_limited(packed().await, 360);
    ann.post("/api/render", json!({"body": "x"})).await.expect_status(429);
}

#[both_engines]
async fn long_name_counts_as_several_writes(engine: Engine) {
    let config = limited(Rates { writes_per_user: "10/1h".parse().unwrap(), ..rates() });
    let ann = TestApp::with_config(engine, config).await.sign_up("ann").await;
    let left = |answer: &Answer| answer.header("RateLimit").unwrap().split(';').nth(1).map(str::to_owned);
    let named = |characters: usize| "x".repeat(characters);
    let short = ann.patch("/api/users/me", json!({"display_name": named(20)})).await.expect_status(200);
    assert_eq!(left(&short).as_deref(), Some("r=9"));
    let long = ann.patch("/api/users/me", json!({"display_name": named(21)})).await.expect_status(200);
    assert_eq!(left(&long).as_deref(), Some("r=7"));
    let created = ann.post("/api/chatrooms", json!({"name": named(41)})).await.expect_status(201);
    assert_eq!(left(&created).as_deref(), Some("r=4"));
    let path = created.header("Location").unwrap().to_owned();
    let renamed = ann.patch(&path, json!({"name": named(42)})).await.expect_status(200);
    assert_eq!(left(&renamed).as_deref(), Some("r=1"));
    expect_limited(ann.patch(&path, json!({"name": named(43)})).await, 720);
    assert_eq!(ann.get(&path).await.body["name"], named(42), "nothing is stored");
}

#[both_engines]
async fn largest_body_is_possible_at_default_rate(engine: Engine) {
    let config = limited(Rates { writes_per_user: "600/1h".parse().unwrap(), ..rates() });
    let ann = TestApp::with_config(engine, config).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let body = json!({"body": "x", "padding": "x".repeat(1024 * 1024 - 30)}).to_string();
    for _ in 0..2 {
        ann.post_bytes(room.messages(), body.clone()).await.expect_status(201);
    }
    ann.post_bytes(room.messages(), body).await.expect_problem(429, "rate_limited");
}

#[both_engines]
async fn previews_are_reads_whatever_their_size(engine: Engine) {
    let config = limited(Rates { writes_per_user: "1/1h".parse().unwrap(), ..rates() });
    let ann = TestApp::with_config(engine, config).await.sign_up("ann").await;
    for _ in 0..3 {
        ann.post("/api/render", json!({"body": "好".repeat(10_000)})).await.expect_status(200);
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[both_engines]
async fn each_initial_member_counts_as_a_write(engine: Engine) {
    let config = limited(Rates { writes_per_user: "5/1h".parse().unwrap(), ..rates() });
    let app = TestApp::with_config(engine, config).await;
    let (ann, bob, cid) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cid").await);
    let new = json!({"name": "Plans", "member_ids": [bob.id, cid.id]});
    let made = ann.post("/api/chatrooms", new.clone()).await.expect_status(201);
    assert_eq!(made.header("RateLimit"), Some("\"writes\";r=2;t=2160"));
    let refused = ann.post("/api/chatrooms", new.clone()).await.expect_problem(429, "rate_limited");
    assert!(refused.header("RateLimit").unwrap().starts_with("\"writes\";r=0;t="));
    assert!(refused.header("Retry-After").is_some());
    assert_eq!(ann.get("/api/chatrooms").await.items().len(), 1, "nothing is done");
    ann.post("/api/chatrooms", json!({"name": "Alone"})).await.expect_status(201);
    ann.post("/api/chatrooms", json!({"name": "Alone"})).await.expect_problem(429, "rate_limited");
    let heavy = json!({"name": "Plans", "member_ids": [ann.id, ann.id, ann.id, ann.id, ann.id, ann.id, ann.id]});
    let made = bob.post("/api/chatrooms", heavy).await.expect_status(201);
    assert_eq!(made.header("RateLimit"), Some("\"writes\";r=0;t=720"), "the whole quota is enough for any list");
}
