//! Blocking users.

use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use crate::app::TestApp;
use crate::direct::direct;
use crate::people::Person;

const BLOCKS: &str = "/api/users/me/blocks";

fn block_of(person: &Person) -> String {
    format!("{BLOCKS}/{}", person.id)
}

#[both_engines]
async fn blocks_are_private_and_paged_newest_first(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let before = bob.get(format!("/api/users/{}", ann.id)).await.body;
    for other in [&bob, &cem, &bob] {
        let blocked = ann.put(block_of(other)).await.expect_status(204);
        assert_eq!(blocked.text, "");
    }
    let first = ann.get(format!("{BLOCKS}?limit=1")).await.expect_status(200);
    assert_eq!(first.each("user_id"), [json!(cem.id)]);
    assert_eq!(crate::answer::fields(&first.items()[0]), ["created_at", "user_id"]);
    let rest = ann.get(format!("{BLOCKS}?cursor={}", first.str("next_cursor"))).await.expect_status(200);
    assert_eq!((rest.each("user_id"), &rest["next_cursor"]), (vec![json!(bob.id)], &json!(null)));
    // The last two contain a time that no block can have.
    let far = "OTIyMzM3MjAzNjg1NDc3NTgwNyAwMTlhYjBlMi02YTNmLTdjMTEtOWQwZS0zYjRmNmYxZDJjNTU";
    let negative = "LTEgMDE5YWIwZTItNmEzZi03YzExLTlkMGUtM2I0ZjZmMWQyYzU1";
    for cursor in ["x", "NDI", "MSAy", far, negative] {
        ann.get(format!("{BLOCKS}?cursor={cursor}")).await.expect_problem(422, "invalid_value");
    }
    for _ in 0..2 {
        ann.delete(block_of(&bob)).await.expect_status(204);
    }
    assert_eq!(ann.get(BLOCKS).await.each("user_id"), [json!(cem.id)]);
    assert_eq!(cem.get(BLOCKS).await.items().len(), 0);
    assert_eq!(bob.get(format!("/api/users/{}", ann.id)).await.body, before, "the blocked user is not notified");
}

#[both_engines]
async fn block_of_missing_user_or_oneself_is_rejected(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let oneself = ann.put(block_of(&ann)).await.expect_problem(422, "invalid_value");
    assert_eq!(oneself["errors"][0]["parameter"], "user_id");
    ann.delete(block_of(&ann)).await.expect_problem(422, "invalid_value");
    for nobody in [uuid::Uuid::now_v7().to_string(), "1".to_owned()] {
        ann.put(format!("{BLOCKS}/{nobody}")).await.expect_problem(404, "user_not_found");
        ann.delete(format!("{BLOCKS}/{nobody}")).await.expect_problem(404, "user_not_found");
    }
}

#[both_engines]
async fn blocked_user_opens_no_direct_chatroom_and_adds_nobody(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = bob.create_room("Plans", "private", &[&cem]).await;
    ann.put(block_of(&bob)).await.expect_status(204);
    bob.put(direct(&ann)).await.expect_problem(403, "blocked");
    ann.put(direct(&bob)).await.expect_problem(403, "blocked");
    bob.put(room.membership(&ann.id)).await.expect_problem(403, "blocked");
    let with_ann = json!({"name": "With Ann", "member_ids": [cem.id, ann.id]});
    let refused = bob.post("/api/chatrooms", with_ann.clone()).await.expect_invalid("member_ids");
    let reasons: Vec<_> = refused.errors().map(|error| error["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, [format!("these users have blocked you: {}", ann.id)]);
    assert_eq!(bob.get("/api/chatrooms").await.each("id"), [json!(room.id)]);
    cem.add(&room, &ann).await;
    ann.delete(block_of(&bob)).await.expect_status(204);
    bob.post("/api/chatrooms", with_ann).await.expect_status(201);
    bob.open(&ann).await;
}

#[both_engines]
async fn blocked_user_calls_nobody(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = bob.create_room("Plans", "private", &[&ann]).await;
    ann.put(block_of(&bob)).await.expect_status(204);
    let sent = bob.say(&room, "@ann @bob").await;
    assert_eq!(sent["mentions"]["user_ids"], json!([ann.id]), "the author does not learn of the block");
    bob.say(&room, "@all").await;
    let called = async || {
        let chatrooms = ann.get("/api/chatrooms").await.expect_status(200);
        let mentions = ann.get("/api/users/me/mentions").await.expect_status(200);
        (
            chatrooms.items()[0]["mention_count"].clone(),
            chatrooms.items()[0]["unread_count"].clone(),
            mentions.items().len(),
        )
    };
    assert_eq!(called().await, (json!(0), json!(2), 0));
    ann.delete(block_of(&bob)).await.expect_status(204);
    assert_eq!(called().await, (json!(2), json!(2), 2));
}

#[both_engines]
async fn blocked_direct_chatroom_is_read_only(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = bob.open(&ann).await;
    let said = bob.say(&room, "hello").await;
    ann.put(block_of(&bob)).await.expect_status(204);
    for (me, other) in [(&ann, &bob), (&bob, &ann)] {
        me.post(room.messages(), json!({"body": "x"})).await.expect_problem(409, "chatroom_read_only");
        me.post(room.path("typing"), json!({})).await.expect_problem(409, "chatroom_read_only");
        assert_eq!(me.put(direct(other)).await.expect_status(200)["archived"], true);
        assert_eq!(me.read(&room).await, ["hello"]);
    }
    let path = crate::people::path_of(&said);
    bob.patch(path, json!({"body": "y"})).await.expect_problem(409, "chatroom_read_only");
    bob.patch(room.own_path(), json!({"archived": false})).await.expect_problem(409, "direct_chatroom");
    bob.put(block_of(&ann)).await.expect_status(204);
    ann.delete(block_of(&bob)).await.expect_status(204);
    ann.post(room.messages(), json!({"body": "x"})).await.expect_problem(409, "chatroom_read_only");
    bob.delete(block_of(&ann)).await.expect_status(204);
    ann.say(&room, "hi").await;
    let log = ann.get(room.path("events?after=4")).await.expect_status(200);
    assert_eq!(log.each("type"), ["chatroom.updated", "chatroom.updated", "message.created"]);
    assert_eq!(log.items()[0]["data"]["archived"], true);
    assert_eq!(log.items()[1]["data"]["archived"], false);
}
