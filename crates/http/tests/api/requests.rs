//! Request ids, and the headers of every response.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use crate::app::TestApp;

#[both_engines]
async fn request_id_of_client_is_kept(engine: Engine) {
    let nobody = TestApp::new(engine).await.nobody();
    let longest = "x".repeat(128);
    for id in ["abc", "0190a5d4-2f00-7000-8000-000000000001", "a/b=c~!", &longest] {
        for (path, status) in [("/healthz", 200), ("/nothing", 404), ("/api/users/me", 401)] {
            let answer = nobody.request(Method::GET, path).header("X-Request-Id", id).send().await;
            assert_eq!(answer.expect_status(status).header("X-Request-Id"), Some(id), "{path}");
        }
        let problem = nobody.request(Method::GET, "/nothing").header("X-Request-Id", id).send().await;
        assert_eq!(problem["request_id"], id);
    }
}

#[both_engines]
async fn invalid_request_id_is_replaced(engine: Engine) {
    let nobody = TestApp::new(engine).await.nobody();
    let too_long = "x".repeat(129);
    for id in [&b""[..], b"two words", b"caf\xc3\xa9", b"\xff", b"a\tb", too_long.as_bytes()] {
        let answer = nobody.request(Method::GET, "/healthz").header("X-Request-Id", id).send().await;
        assert!(uuid::Uuid::try_parse(answer.header("X-Request-Id").unwrap()).is_ok());
    }
    let ids: Vec<String> = [nobody.get("/healthz").await, nobody.get("/healthz").await]
        .map(|answer| answer.header("X-Request-Id").unwrap().to_owned())
        .to_vec();
    assert_ne!(ids[0], ids[1]);
}

#[both_engines]
async fn bodies_are_json_or_empty(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    for path in ["/api/users", "/api/chatrooms", "/api/auth/sessions", "/healthz", "/readyz", &room.messages()] {
        let get = ann.get(path).await.expect_status(200);
        assert_eq!(get.header("Content-Type"), Some("application/json"), "{path}");
        let head = ann.request(Method::HEAD, path).send().await.expect_status(200);
        assert_eq!(head.header("Content-Type"), Some("application/json"), "{path}");
    }
    let deleted = ann.delete(room.own_path()).await.expect_status(204);
    assert_eq!((deleted.text.as_str(), deleted.header("Content-Type")), ("", None));
}

#[both_engines]
async fn times_are_utc_and_ids_hyphenated(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let sent = ann.say(&room, "x").await;
    let edited = ann.edit(&sent, "y").await;
    for instant in [&sent["created_at"], &edited["edited_at"], &ann.get("/api/users/me").await["created_at"]] {
        let text = instant.as_str().unwrap();
        assert!(text.ends_with('Z') && text.as_bytes()[10] == b'T', "{text}");
    }
    assert_eq!(sent["id"].as_str().unwrap().len(), 36);
    let read = ann.get(crate::people::path_of(&sent)).await;
    assert_eq!(read["created_at"], json!(sent["created_at"]), "what is stored has lost no microsecond");
}
