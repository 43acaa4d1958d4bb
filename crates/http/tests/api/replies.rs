//! Replies to messages.

use std::slice::from_ref;

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::TestApp;
use crate::people::path_of;

#[both_engines]
async fn reply_names_parent_and_parent_counts_it(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let parent = ann.say(&room, "where?").await;
    assert_eq!((&parent["reply_to"], &parent["reply_count"]), (&Value::Null, &json!(0)));
    let reply = json!({"body": "here", "reply_to": parent["id"]});
    let reply = bob.post(room.messages(), reply).await.expect_status(201).body;
    assert_eq!(reply["reply_to"], parent["id"]);
    let page = ann.get(room.messages()).await.expect_status(200);
    assert_eq!(page.each("reply_count"), [1, 0]);
    let replies = ann.get(format!("{}/replies", path_of(&parent))).await.expect_status(200);
    assert_eq!(replies.items(), from_ref(&reply));
    assert_eq!(replies["mine"], json!({}));
    bob.react(&reply, "👍").await;
    let path = format!("{}/replies?render=html", path_of(&parent));
    let id = reply["id"].as_str().unwrap();
    let shown = bob.get(&path).await.expect_status(200);
    assert_eq!((&shown["mine"], &shown["html"]), (&json!({id: ["👍"]}), &json!({id: "<p>here</p>\n"})));
    assert_eq!(ann.get(&path).await["mine"], json!({}));
    ann.get(format!("{}/replies?render=x", path_of(&parent))).await.expect_problem(422, "invalid_value");
    bob.erase(&reply).await;
    assert_eq!(ann.get(path_of(&parent)).await["reply_count"], 0);
    ann.erase(&parent).await;
    let page = ann.get(room.messages()).await.expect_status(200);
    assert_eq!((&page.items()[0]["body"], &page.items()[1]["reply_to"]), (&Value::Null, &parent["id"]));
    let late = json!({"body": "too late", "reply_to": parent["id"]});
    bob.post(room.messages(), late).await.expect_status(201);
}

#[both_engines]
async fn replies_are_paged(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let parent = ann.say(&room, "where?").await;
    for text in ["one", "two", "three"] {
        let reply = json!({"body": text, "reply_to": parent["id"]});
        ann.post(room.messages(), reply).await.expect_status(201);
    }
    let path = format!("{}/replies", path_of(&parent));
    let first = ann.get(format!("{path}?limit=2")).await.expect_status(200);
    assert_eq!(first.each("body"), ["one", "two"]);
    let rest = ann.get(format!("{path}?limit=2&cursor={}", first.str("next_cursor"))).await.expect_status(200);
    assert_eq!((rest.each("body"), &rest["next_cursor"]), (vec![json!("three")], &Value::Null));
    ann.get(format!("{path}?cursor=x")).await.expect_problem(422, "invalid_value");
}

#[both_engines]
async fn reply_to_missing_message_is_rejected(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    let elsewhere = bob.create_room("Other", "private", &[]).await;
    let theirs = bob.say(&elsewhere, "secret").await;
    for nothing in [theirs["id"].clone(), json!(Uuid::now_v7()), json!("x"), json!("")] {
        let reply = json!({"body": "x", "reply_to": nothing});
        let refused = ann.post(room.messages(), reply.clone()).await.expect_problem(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/reply_to");
        bob.post(room.messages(), reply).await.expect_status(if nothing.as_str().unwrap().len() < 36 {
            422
        } else {
            404
        });
    }
    ann.post(room.messages(), json!({"body": "x", "reply_to": null})).await.expect_status(201);
    ann.post(room.messages(), json!({"body": "x", "reply_to": 5})).await.expect_problem(400, "malformed_body");
    let none = format!("{}/{}/replies", room.messages(), Uuid::now_v7());
    ann.get(none).await.expect_problem(404, "message_not_found");
}
