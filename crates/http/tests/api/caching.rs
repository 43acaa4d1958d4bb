//! `ETag` and `If-None-Match`: a client that has the current version gets no body.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};

use crate::answer::Answer;
use crate::app::TestApp;
use crate::people::{Person, path_of};

async fn ask(ann: &Person, method: Method, path: &str, seen: &str) -> Answer {
    ann.request(method, path).header("If-None-Match", seen).send().await
}

#[both_engines]
async fn matching_etag_is_not_modified(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let sent = ann.say(&room, "hello").await;
    let path = path_of(&sent);
    for seen in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*", "\"1-gzip\"", "W/\"1-br\""] {
        for method in [Method::GET, Method::HEAD] {
            let answer = ask(&ann, method, &path, seen).await.expect_status(304);
            assert_eq!((answer.header("ETag"), answer.text.as_str()), (Some("\"1\""), ""), "{seen}");
        }
    }
    ann.edit(&sent, "hello again").await;
    for seen in ["\"1\"", "W/\"1\"", "\"02\"", "\"+2\"", "\"1-gzip\"", "\"2-x\""] {
        let answer = ask(&ann, Method::GET, &path, seen).await.expect_status(200);
        assert_eq!(answer.header("ETag"), Some("\"2\""), "{seen}");
        assert_eq!(answer["body"], "hello again");
    }
}

#[both_engines]
async fn malformed_if_none_match_is_rejected(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let path = path_of(&ann.say(&room, "hello").await);
    for seen in ["1", "\"1", "", "\"1\",2", "\"1\" \"2\"", "caf\u{e9}"] {
        ask(&ann, Method::GET, &path, seen).await.expect_problem(400, "malformed_header");
    }
}

#[both_engines]
async fn outsider_gets_not_found_whatever_the_etag(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    let path = path_of(&ann.say(&room, "hello").await);
    ask(&bob, Method::GET, &path, "*").await.expect_problem(404, "chatroom_not_found");
}
