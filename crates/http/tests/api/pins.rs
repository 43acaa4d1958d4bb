//! Pinned messages.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::fields;
use crate::app::TestApp;

#[both_engines]
async fn pins_are_listed_newest_first(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let (one, two) = (ann.say(&room, "one").await, ann.say(&room, "two").await);
    for _ in 0..2 {
        bob.put(room.pin(&two)).await.expect_status(204);
        ann.put(room.pin(&one)).await.expect_status(204);
    }
    let two = ann.edit(&two, "two, edited").await;
    let pinned = bob.get(room.pins()).await.expect_status(200);
    assert_eq!(pinned.each("message"), [one.clone(), two.clone()]);
    assert_eq!(pinned.each("pinned_by"), [ann.id.clone(), bob.id.clone()]);
    assert_eq!(fields(&pinned.items()[0]), ["message", "pinned_at", "pinned_by"]);
    let first = bob.get(room.path("pins?limit=1")).await.expect_status(200);
    let cursor = first.str("next_cursor");
    let second = bob.get(room.path(&format!("pins?limit=1&cursor={cursor}"))).await.expect_status(200);
    assert_eq!((second.each("message"), &second["next_cursor"]), (vec![two.clone()], &Value::Null));
    for _ in 0..2 {
        bob.delete(room.pin(&one)).await.expect_status(204);
    }
    assert_eq!(ann.get(room.pins()).await.each("message"), std::slice::from_ref(&two));
    let events = ann.get(room.path("events?after=5")).await.expect_status(200);
    assert_eq!(events.each("type"), ["pin.created", "pin.created", "message.updated", "pin.deleted"]);
    let data = |message: &Value| json!({"chatroom_id": room.id, "message_id": message["id"]});
    assert_eq!(events.each("data"), [data(&two), data(&one), two, data(&one)]);
    let shown = ann.get(room.path("pins?render=html")).await.expect_status(200);
    for item in shown.items() {
        let message = &item["message"];
        let html = format!("<p>{}</p>\n", message["body"].as_str().unwrap());
        assert_eq!(shown["html"][message["id"].as_str().unwrap()], html);
    }
}

#[both_engines]
async fn deleted_message_is_unpinned(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let sent = ann.say(&room, "hello").await;
    bob.put(room.pin(&sent)).await.expect_status(204);
    ann.erase(&sent).await;
    assert!(bob.get(room.pins()).await.expect_status(200).items().is_empty());
    bob.put(room.pin(&sent)).await.expect_problem(409, "message_deleted");
    bob.delete(room.pin(&sent)).await.expect_problem(409, "message_deleted");
    assert_eq!(ann.log(&room).await[4..], ["pin.created", "message.deleted"]);
    for unknown in [Uuid::now_v7().to_string(), "1".to_owned()] {
        bob.put(format!("{}/{unknown}", room.pins())).await.expect_problem(404, "message_not_found");
    }
}

#[both_engines]
async fn archived_chatroom_refuses_pins(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let sent = ann.say(&room, "hello").await;
    ann.put(room.pin(&sent)).await.expect_status(204);
    ann.patch(room.own_path(), json!({"archived": true})).await.expect_status(200);
    ann.put(room.pin(&sent)).await.expect_problem(409, "chatroom_read_only");
    ann.delete(room.pin(&sent)).await.expect_problem(409, "chatroom_read_only");
    assert_eq!(ann.get(room.pins()).await.items().len(), 1);
}
