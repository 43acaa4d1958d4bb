//! The cache of newest pages, which clients must not notice.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::client::Client;
use crate::people::{Person, Room, path_of, reaction_path};

/// The bodies on the newest page, which is read twice, because the second read may come from the cache.
async fn newest(reader: &Client, room: &Room) -> Vec<Value> {
    let first = reader.get(room.messages()).await.expect_status(200);
    let second = reader.get(room.messages()).await.expect_status(200);
    assert_eq!((&first.text, &first.headers.get("Link")), (&second.text, &second.headers.get("Link")));
    assert_eq!(second.header("Content-Type"), Some("application/json"));
    first.each("body")
}

/// The same user's client at another instance.
fn at(instance: &TestApp, person: &Person) -> Client {
    instance.bearer(person.token.as_ref().unwrap())
}

#[both_engines]
async fn cached_page_follows_changes_of_every_instance(engine: Engine) {
    let here = TestApp::new(engine).await;
    let there = here.another_instance().await;
    let (ann, bob) = (here.sign_up("ann").await, here.sign_up("bob").await);
    let (ann_there, bob_there) = (at(&there, &ann), at(&there, &bob));
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    assert!(newest(&ann, &room).await.is_empty());
    let first = ann.say(&room, "one").await;
    assert_eq!(newest(&bob, &room).await, ["one"]);
    assert_eq!(newest(&bob_there, &room).await, ["one"]);
    ann_there.post(room.messages(), json!({"body": "two"})).await.expect_status(201);
    assert_eq!(newest(&bob, &room).await, ["one", "two"]);
    ann_there.patch(path_of(&first), json!({"body": "1"})).await.expect_status(200);
    assert_eq!(newest(&bob, &room).await, ["1", "two"]);
    ann_there.delete(path_of(&first)).await.expect_status(204);
    assert_eq!(newest(&bob, &room).await, [Value::Null, json!("two")]);
}

#[both_engines]
async fn cached_page_is_for_members_only(engine: Engine) {
    let here = TestApp::new(engine).await;
    let there = here.another_instance().await;
    let (ann, bob, eve) = (here.sign_up("ann").await, here.sign_up("bob").await, here.sign_up("eve").await);
    let ann_there = at(&there, &ann);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    ann.say(&room, "hush").await;
    assert_eq!(newest(&bob, &room).await, ["hush"]);
    eve.get(room.messages()).await.expect_problem(404, "chatroom_not_found");
    ann_there.delete(room.membership(&bob.id)).await.expect_status(204);
    bob.get(room.messages()).await.expect_problem(404, "chatroom_not_found");
    assert_eq!(newest(&ann, &room).await, ["hush"]);
    ann_there.delete(room.own_path()).await.expect_status(204);
    ann.get(room.messages()).await.expect_problem(404, "chatroom_not_found");
}

#[both_engines]
async fn pages_of_each_limit_are_cached_separately(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    ann.say_each(&room, &["one", "two", "three"]).await;
    for _ in 0..2 {
        for limit in 1..=3 {
            let page = ann.get(room.path(&format!("messages?limit={limit}"))).await.expect_status(200);
            assert_eq!(page.items().len(), limit);
            assert_eq!(page["next_cursor"].is_null(), limit == 3);
        }
        assert_eq!(newest(&ann, &room).await, ["one", "two", "three"]);
    }
}

/// The reader's own data on the newest page, which is read twice, because the second read may come from the cache.
async fn mine(reader: &Client, room: &Room) -> Value {
    let first = reader.get(room.messages()).await.expect_status(200);
    let second = reader.get(room.messages()).await.expect_status(200);
    assert_eq!(first.text, second.text);
    first["mine"].clone()
}

#[both_engines]
async fn cached_page_has_reactions_of_its_reader(engine: Engine) {
    let here = TestApp::new(engine).await;
    let there = here.another_instance().await;
    let (ann, bob) = (here.sign_up("ann").await, here.sign_up("bob").await);
    let bob_there = at(&there, &bob);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let (one, two) = (ann.say(&room, "one").await, ann.say(&room, "two").await);
    let id = |message: &Value| message["id"].as_str().unwrap().to_owned();
    assert_eq!((mine(&ann, &room).await, mine(&bob, &room).await), (json!({}), json!({})));
    bob_there.put(reaction_path(&two, "👍")).await.expect_status(204);
    bob_there.put(reaction_path(&two, "🎉")).await.expect_status(204);
    ann.react(&two, "🎉").await;
    ann.react(&one, "👍").await;
    let page = ann.get(room.messages()).await.expect_status(200);
    assert_eq!(page.each("reactions"), [json!({"👍": 1}), json!({"👍": 1, "🎉": 2})]);
    assert_eq!(mine(&ann, &room).await, json!({id(&one): ["👍"], id(&two): ["🎉"]}));
    assert_eq!(mine(&bob, &room).await, json!({id(&two): ["👍", "🎉"]}));
    bob_there.delete(reaction_path(&two, "👍")).await.expect_status(204);
    assert_eq!(mine(&bob, &room).await, json!({id(&two): ["🎉"]}));
    ann.erase(&two).await;
    assert_eq!((mine(&ann, &room).await, mine(&bob, &room).await), (json!({id(&one): ["👍"]}), json!({})));
}
