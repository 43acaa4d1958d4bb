//! `If-Match`: two editors never overwrite each other unnoticed.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::app::TestApp;
use crate::people::{Person, path_of};

async fn edit_if(ann: &Person, message: &Value, condition: &str, body: &str) -> Answer {
    let patch = ann.request(Method::PATCH, path_of(message)).header("If-Match", condition);
    patch.json(json!({"body": body})).send().await
}

async fn delete_if(ann: &Person, message: &Value, condition: &str) -> Answer {
    ann.request(Method::DELETE, path_of(message)).header("If-Match", condition).send().await
}

/// An author, and a message at revision 2.
async fn edited(engine: Engine) -> (Person, Value) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let sent = ann.say(&room, "first").await;
    let message = ann.edit(&sent, "second").await;
    (ann, message)
}

#[both_engines]
async fn edit_of_current_revision_succeeds(engine: Engine) {
    let (ann, message) = edited(engine).await;
    let mut revision = 2;
    for condition in [
        "\"{}\"",
        "\"7\", \"{}\"",
        "\"{}\",\"x\"",
        "W/\"1\", \"{}\"",
        "*",
        "W/\"{}\"",
        "\"{}-gzip\"",
        "W/\"{}-br\"",
        "\"{}-zstd\"",
    ] {
        let condition = condition.replace("{}", &revision.to_string());
        let answer = edit_if(&ann, &message, &condition, &format!("at {revision}")).await.expect_status(200);
        revision += 1;
        assert_eq!(answer["revision"], revision, "{condition}");
    }
}

#[both_engines]
async fn edit_of_other_revision_fails(engine: Engine) {
    let (ann, message) = edited(engine).await;
    for condition in [
        "\"1\"",
        "\"3\"",
        "W/\"1\"",
        "\"1-gzip\"",
        "\"2-\"",
        "\"2-gz\"",
        "\"2-gzip-gzip\"",
        "\"-gzip\"",
        "\"1\", \"3\"",
        "\"02\"",
        "\"+2\"",
        "\"\"",
        "\"x\"",
    ] {
        edit_if(&ann, &message, condition, "third").await.expect_problem(412, "revision_mismatch");
        delete_if(&ann, &message, condition).await.expect_problem(412, "revision_mismatch");
    }
    assert_eq!(ann.get(path_of(&message)).await.body, message);
}

#[both_engines]
async fn malformed_if_match_is_rejected(engine: Engine) {
    let (ann, message) = edited(engine).await;
    for condition in ["2", "\"2", "2\"", "\" 2\"", "w/\"2\"", "", ",", "\"2\" \"3\""] {
        edit_if(&ann, &message, condition, "third").await.expect_problem(400, "malformed_header");
        delete_if(&ann, &message, condition).await.expect_problem(400, "malformed_header");
    }
    assert_eq!(ann.get(path_of(&message)).await.body, message);
}

#[both_engines]
async fn racing_edits_of_one_revision_fail_but_one(engine: Engine) {
    let (ann, message) = edited(engine).await;
    edit_if(&ann, &message, "\"2\"", "mine").await.expect_status(200);
    edit_if(&ann, &message, "\"2\"", "theirs").await.expect_problem(412, "revision_mismatch");
    assert_eq!(ann.get(path_of(&message)).await["body"], "mine");
}

#[both_engines]
async fn delete_checks_revision(engine: Engine) {
    let (ann, message) = edited(engine).await;
    delete_if(&ann, &message, "\"1\"").await.expect_problem(412, "revision_mismatch");
    delete_if(&ann, &message, "\"2\"").await.expect_status(204);
    let tombstone = ann.get(path_of(&message)).await;
    assert_eq!((&tombstone["body"], tombstone.header("ETag")), (&Value::Null, Some("\"3\"")));
    delete_if(&ann, &message, "\"3\"").await.expect_status(204);
    delete_if(&ann, &message, "*").await.expect_status(204);
}

#[both_engines]
async fn precondition_is_checked_after_rights(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    let sent = ann.say(&room, "hello").await;
    for condition in ["\"1\"", "\"2\""] {
        edit_if(&bob, &sent, condition, "x").await.expect_problem(404, "chatroom_not_found");
    }
    ann.add(&room, &bob).await;
    for condition in ["\"1\"", "\"2\""] {
        edit_if(&bob, &sent, condition, "x").await.expect_problem(403, "not_the_author");
    }
}
