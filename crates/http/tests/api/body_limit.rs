//! The maximum length of messages, which the operator sets.

use chit_chat_contract::{Engine, both_engines};
use chit_chat_domain::message::BodyLimit;
use serde_json::json;

use crate::answer::Answer;
use crate::app::{TestApp, TestConfig};
use crate::people::path_of;

pub(crate) fn limited_to(characters: usize) -> TestConfig {
    TestConfig { body_limit: BodyLimit::new(characters).unwrap(), ..TestConfig::default() }
}

fn expect_too_long(answer: Answer, most: usize) {
    let problem = answer.expect_problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["pointer"], "/body");
    assert_eq!(problem["errors"][0]["reason"], format!("must have at most {most} characters"));
}

#[both_engines]
async fn new_and_edited_messages_follow_the_limit(engine: Engine) {
    for most in [1, 5, 40_000] {
        let app = TestApp::with_config(engine, limited_to(most)).await;
        let ann = app.sign_up("ann").await;
        let room = ann.create_room("Plans", "private", &[]).await;
        let (longest, longer) = ("\u{1f469}".repeat(most), "x".repeat(most + 1));
        let sent = ann.say(&room, &longest).await;
        assert_eq!(sent["body"], longest);
        expect_too_long(ann.post(room.messages(), json!({"body": longer})).await, most);
        expect_too_long(ann.patch(path_of(&sent), json!({"body": longer})).await, most);
        expect_too_long(ann.post("/api/render", json!({"body": longer})).await, most);
        ann.edit(&sent, &"y".repeat(most)).await;
    }
}

#[both_engines]
async fn stored_messages_may_be_longer(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let (long, path) = ("*long* ".repeat(100), room.messages());
    let sent = ann.say(&room, &long).await;
    let smaller = app.another_instance_with(limited_to(5)).await.bearer(ann.token.as_ref().unwrap());
    assert_eq!(smaller.get(&path).await.expect_status(200)["items"][0]["body"], long);
    assert_eq!(smaller.get(path_of(&sent)).await.expect_status(200)["body"], long);
    let rendered = smaller.get(format!("{path}?render=html")).await.expect_status(200);
    assert!(rendered["html"][sent["id"].as_str().unwrap()].as_str().unwrap().contains("<em>long</em>"));
    let events = smaller.get(room.path("events?after=2")).await.expect_status(200);
    assert_eq!(events["items"][0]["data"]["body"], long);
    expect_too_long(smaller.patch(path_of(&sent), json!({"body": long})).await, 5);
    smaller.patch(path_of(&sent), json!({"body": "short"})).await.expect_status(200);
    let revisions = smaller.get(format!("{}/revisions", path_of(&sent))).await.expect_status(200);
    assert_eq!(revisions["items"][0]["body"], long);
}

/// Every list with texts is bounded in bytes, and its cursors lead to the rest.
#[actix_web::test]
async fn lists_of_long_messages_are_bounded() {
    let app = TestApp::with_config(Engine::Sqlite, limited_to(40_000)).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let body = |letter: &str| letter.repeat(40_000);
    let sent = ann.say(&room, &body("👩")).await;
    for number in 0..9 {
        let other = ann.say(&room, &body("好")).await;
        ann.edit(&sent, &format!("{number}{}", "🦀".repeat(39_999))).await;
        ann.put(format!("{}/pins/{}", room.own_path(), other["id"].as_str().unwrap())).await.expect_status(204);
    }
    for (path, count) in [
        (room.messages(), 10),
        (room.path("events?after=0"), 2 + 1 + 9 * 3),
        (format!("{}/revisions", path_of(&sent)), 10),
        (room.path("pins"), 9),
        ("/api/users/me/messages".to_owned(), 10),
    ] {
        let (mut next, mut found, mut pages) = (Some(String::new()), 0, 0);
        while let Some(cursor) = next {
            let separator = if path.contains('?') { '&' } else { '?' };
            let page = ann.get(format!("{path}{separator}limit=200{cursor}")).await.expect_status(200);
            assert!(page.text.len() <= 1024 * 1024 + 300_000, "{path}: {}", page.text.len());
            (found, pages) = (found + page.items().len(), pages + 1);
            next = page["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}"));
        }
        assert_eq!(found, count, "{path}");
        assert!(pages > 1, "{path}");
    }
}
