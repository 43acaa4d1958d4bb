//! Headers and sizes that protect responses and the server's memory.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use crate::app::TestApp;
use crate::people::path_of;

#[actix_web::test]
async fn own_responses_are_kept_by_no_shared_cache() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let sent = ann.say(&room, "hello").await;
    for path in ["/api/users/me".to_owned(), room.messages(), "/api/chatrooms/1".to_owned()] {
        let answer = ann.get(path).await;
        assert_eq!(answer.header("Cache-Control"), Some("private, no-store"));
        assert_eq!(answer.header("Vary"), Some("Authorization"));
    }
    assert_eq!(ann.get(path_of(&sent)).await.header("Cache-Control"), Some("private, no-cache"));
    assert_eq!(app.nobody().get("/healthz").await.header("Cache-Control"), None);
}

#[actix_web::test]
async fn errors_are_kept_by_no_cache() {
    let app = TestApp::new(Engine::Sqlite).await;
    for path in ["/nothing", "/api/nothing", "/api/users/me", "/api/docs/nothing"] {
        let answer = app.nobody().get(path).await;
        assert!(answer.status.is_client_error(), "{path}");
        assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{path}");
    }
}

#[actix_web::test]
async fn browsers_may_not_guess_types_or_frame_pages() {
    let app = TestApp::new(Engine::Sqlite).await;
    for path in ["/healthz", "/nothing", "/api/openapi.json", "/api/docs/", "/api/users/me"] {
        assert_eq!(app.nobody().get(path).await.header("X-Content-Type-Options"), Some("nosniff"), "{path}");
    }
    let page = app.nobody().get("/api/docs/").await;
    let policy = page.header("Content-Security-Policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[both_engines]
async fn page_of_long_messages_is_shorter_and_continues(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    for number in 0..80 {
        ann.say(&room, &format!("{number} {}", "x".repeat(3_900))).await;
    }
    let mut path = format!("{}?limit=200&render=html", room.messages());
    let (mut seqs, mut pages) = (Vec::new(), 0);
    loop {
        let page = ann.get(&path).await.expect_status(200);
        assert!(page.text.len() < 1024 * 1024);
        let of_page = page.items().iter().map(|message| message["seq"].as_i64().unwrap());
        seqs.splice(0..0, of_page);
        pages += 1;
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("{}?limit=200&render=html&cursor={cursor}", room.messages());
    }
    assert_eq!(seqs, (3..83).collect::<Vec<_>>());
    assert!(pages > 1);
}

#[actix_web::test]
async fn strangers_send_short_bodies_only() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let long = |length: usize| json!({"username": "ann", "password": "x".repeat(length)});
    app.nobody().post("/api/auth/session", long(9 * 1024)).await.expect_problem(413, "body_too_large");
    let announced = app.nobody().request(Method::POST, "/api/users").bytes("application/json", "{");
    announced.announcing(9 * 1024).send().await.expect_problem(413, "body_too_large");
    let room = ann.create_room("Plans", "private", &[]).await;
    let padded = format!("{{\"body\": \"hi\"}}{}", " ".repeat(100 * 1024));
    ann.post_bytes(room.messages(), padded).await.expect_status(201);
}
