//! Earlier texts of edited messages.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::fields;
use crate::app::TestApp;
use crate::people::path_of;

#[both_engines]
async fn members_see_every_text(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let sent = ann.say(&room, "one").await;
    let path = path_of(&sent) + "/revisions";
    let only = bob.get(&path).await.expect_status(200);
    assert_eq!(fields(&only.items()[0]), ["body", "created_at", "revision"]);
    let second = ann.edit(&sent, "two").await;
    ann.edit(&sent, "two").await;
    let third = ann.edit(&sent, "three").await;
    let all = bob.get(&path).await.expect_status(200);
    assert_eq!(all.each("revision"), [1, 2, 3]);
    assert_eq!(all.each("body"), ["one", "two", "three"]);
    let times = [&sent["created_at"], &second["edited_at"], &third["edited_at"]];
    assert_eq!(all.each("created_at").iter().collect::<Vec<_>>(), times);
    let first = bob.get(format!("{path}?limit=2")).await.expect_status(200);
    assert_eq!(first.each("revision"), [1, 2]);
    let rest = bob.get(format!("{path}?limit=2&cursor={}", first.str("next_cursor"))).await.expect_status(200);
    assert_eq!((rest.each("body"), &rest["next_cursor"]), (vec![json!("three")], &Value::Null));
}

#[both_engines]
async fn deleted_message_has_no_revisions(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let sent = ann.say(&room, "secret").await;
    ann.edit(&sent, "another secret").await;
    ann.erase(&sent).await;
    let none = ann.get(path_of(&sent) + "/revisions").await.expect_status(200);
    assert_eq!(none.body, json!({"items": [], "next_cursor": null}));
    let unknown = format!("{}/{}/revisions", room.messages(), Uuid::now_v7());
    ann.get(unknown).await.expect_problem(404, "message_not_found");
}
