//! Roles, and the settings of a chatroom.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::app::TestApp;

#[both_engines]
async fn chatroom_shows_settings(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let new = ann.get(room.own_path()).await.expect_status(200);
    let set = |room: &Value| {
        ["topic", "rename_role", "add_role", "delete_role", "slow_mode_seconds", "archived"]
            .map(|field| room[field].clone())
    };
    let defaults = [Value::Null, json!("member"), json!("member"), json!("owner"), json!(0), json!(false)];
    assert_eq!(set(&new.body), defaults);
    let settings = json!({
        "topic": " Tea ", "rename_role": "moderator", "add_role": "owner", "delete_role": "moderator",
        "slow_mode_seconds": 30, "archived": true,
    });
    let changed = ann.patch(room.own_path(), settings).await.expect_status(200);
    let expected = [json!("Tea"), json!("moderator"), json!("owner"), json!("moderator"), json!(30), json!(true)];
    assert_eq!(set(&changed.body), expected);
    assert_eq!(ann.get(room.own_path()).await.body, changed.body);
    let events = ann.get(room.path("events")).await.expect_status(200);
    let data = |n: usize| events.items()[n]["data"].clone();
    assert_eq!((set(&data(0)), set(&data(2))), (defaults, expected));
    let opened = ann.patch(room.own_path(), json!({"topic": null, "archived": false})).await.expect_status(409);
    assert_eq!(opened["code"], "chatroom_read_only");
    ann.patch(room.own_path(), json!({"archived": false})).await.expect_status(200);
    let bare = ann.patch(room.own_path(), json!({"topic": null})).await.expect_status(200);
    assert_eq!(bare["topic"], Value::Null);
}

#[both_engines]
async fn invalid_settings_are_named(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let wrong =
        json!({"topic": "x".repeat(251), "rename_role": "king", "add_role": "", "slow_mode_seconds": 21601});
    ann.patch(room.own_path(), wrong).await.expect_problem(422, "invalid_value");
    let wrong = ann.patch(room.own_path(), json!({"slow_mode_seconds": -1, "topic": "a\nb"})).await;
    let pointers: Vec<_> =
        wrong["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/topic", "/slow_mode_seconds"]);
    for null in ["rename_role", "add_role", "delete_role", "slow_mode_seconds", "archived"] {
        ann.patch(room.own_path(), json!({null: null})).await.expect_problem(422, "invalid_value");
    }
    ann.patch(room.own_path(), json!({"archived": "yes"})).await.expect_problem(400, "malformed_body");
}

#[both_engines]
async fn moderator_keeps_order(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let (cem, dan) = (app.sign_up("cem").await, app.sign_up("dan").await);
    let room = ann.create_room("Plans", "private", &[&bob, &cem, &dan]).await;
    ann.make("moderator", &room, &bob).await;
    ann.make("moderator", &room, &cem).await;
    let message = dan.say(&room, "spam").await;
    bob.erase(&message).await;
    bob.delete(room.membership(&cem.id)).await.expect_problem(403, "target_is_moderator");
    bob.delete(room.membership(&ann.id)).await.expect_problem(403, "target_is_owner");
    bob.delete(room.membership(&dan.id)).await.expect_status(204);
    bob.patch(room.membership(&cem.id), json!({"role": "member"})).await.expect_problem(403, "not_an_owner");
    ann.make("member", &room, &cem).await;
    bob.delete(room.membership(&cem.id)).await.expect_status(204);
    ann.delete(room.membership(&bob.id)).await.expect_status(204);
}

#[both_engines]
async fn rename_and_add_follow_settings(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    ann.patch(room.own_path(), json!({"rename_role": "moderator", "add_role": "owner"})).await.expect_status(200);
    bob.patch(room.own_path(), json!({"name": "Mine"})).await.expect_problem(403, "not_a_moderator");
    bob.patch(room.own_path(), json!({"topic": "Mine"})).await.expect_problem(403, "not_a_moderator");
    bob.put(room.membership(&cem.id)).await.expect_problem(403, "not_an_owner");
    ann.make("moderator", &room, &bob).await;
    bob.patch(room.own_path(), json!({"name": "Ours"})).await.expect_status(200);
    bob.put(room.membership(&cem.id)).await.expect_problem(403, "not_an_owner");
    ann.put(room.membership(&cem.id)).await.expect_status(201);
}

#[both_engines]
async fn deletion_follows_settings(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[&bob, &cem]).await;
    ann.make("moderator", &room, &bob).await;
    bob.delete(room.own_path()).await.expect_problem(403, "not_an_owner");
    bob.patch(room.own_path(), json!({"delete_role": "moderator"})).await.expect_problem(403, "not_an_owner");
    ann.patch(room.own_path(), json!({"delete_role": "moderator", "archived": true})).await.expect_status(200);
    cem.delete(room.own_path()).await.expect_problem(403, "not_a_moderator");
    bob.delete(room.own_path()).await.expect_status(204);
    ann.get(room.own_path()).await.expect_problem(404, "chatroom_not_found");
    let other = ann.create_room("Games", "private", &[&cem]).await;
    ann.patch(other.own_path(), json!({"delete_role": "member"})).await.expect_status(200);
    cem.delete(other.own_path()).await.expect_status(204);
}

#[both_engines]
async fn archived_chatroom_refuses_writes(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let message = bob.say(&room, "hello").await;
    let keyed = || {
        let post = bob.request(Method::POST, room.messages()).header("Idempotency-Key", "k");
        post.json(json!({"body": "once"})).send()
    };
    let once = keyed().await.expect_status(201);
    ann.patch(room.own_path(), json!({"archived": true})).await.expect_status(200);
    let again = keyed().await.expect_status(201);
    assert_eq!((&again["id"], again.header("Idempotent-Replayed")), (&once["id"], Some("true")));
    for person in [&ann, &bob] {
        person.post(room.messages(), json!({"body": "x"})).await.expect_problem(409, "chatroom_read_only");
    }
    let path = room.path(&format!("messages/{}", message["id"].as_str().unwrap()));
    bob.patch(path, json!({"body": "y"})).await.expect_problem(409, "chatroom_read_only");
    assert_eq!(bob.read(&room).await, ["hello", "once"]);
    bob.erase(&message).await;
    bob.leave(&room).await;
}

#[both_engines]
async fn slow_mode_answers_retry_after(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    ann.patch(room.own_path(), json!({"slow_mode_seconds": 600})).await.expect_status(200);
    bob.say(&room, "one").await;
    let refused = bob.post(room.messages(), json!({"body": "two"})).await.expect_problem(429, "slow_mode");
    let seconds: u32 = refused.header("Retry-After").unwrap().parse().unwrap();
    assert!((1..=600).contains(&seconds), "{seconds}");
    // Through an instance whose clock is ahead, and then through this one.
    app.clock.set_forward(3_000);
    bob.say(&room, "two").await;
    app.clock.set_back(3_000);
    let refused = bob.post(room.messages(), json!({"body": "too soon"})).await.expect_problem(429, "slow_mode");
    assert_eq!(refused.header("Retry-After").unwrap(), "600");
    ann.say(&room, "three").await;
    ann.say(&room, "four").await;
    ann.patch(room.own_path(), json!({"slow_mode_seconds": 0})).await.expect_status(200);
    bob.say(&room, "five").await;
    assert_eq!(bob.read(&room).await, ["one", "two", "three", "four", "five"]);
}
