//! Deleting one's account: which data is deleted, and which is kept.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::app::{PASSWORD, TestApp};
use crate::people::Person;

async fn delete_account(person: &Person, body: Value) -> Answer {
    person.request(Method::DELETE, "/api/users/me").json(body).send().await
}

async fn gone(app: &TestApp, username: &str) -> Person {
    let person = app.sign_up(username).await;
    delete_account(&person, json!({"password": PASSWORD})).await.expect_status(204);
    person
}

#[both_engines]
async fn deletion_requires_password(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    for wrong in ["wrong", "", "nul \0"] {
        delete_account(&ann, json!({"password": wrong})).await.expect_problem(401, "invalid_credentials");
    }
    for malformed in [json!({}), json!({"password": null}), json!([PASSWORD])] {
        delete_account(&ann, malformed).await.expect_problem(400, "malformed_body");
    }
    ann.delete("/api/users/me").await.expect_problem(400, "malformed_body");
    ann.get("/api/users/me").await.expect_status(200);
    app.sign_in("ann").await;
}

#[both_engines]
async fn deletion_ends_all_sessions(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let other = app.sign_in("ann").await;
    let answer = delete_account(&ann, json!({"password": PASSWORD})).await.expect_status(204);
    assert_eq!(answer.text, "");
    for session in [&ann.session, &other] {
        session.get("/api/users/me").await.expect_problem(401, "invalid_token");
        session.post("/api/chatrooms", json!({"name": "x"})).await.expect_problem(401, "invalid_token");
        app.refresh(&session.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    }
    app.try_sign_in("ann", PASSWORD).await.expect_problem(401, "invalid_credentials");
}

#[both_engines]
async fn deletion_wipes_profile(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (gone(&app, "ann").await, app.sign_up("bob").await);
    let expected = json!({"id": ann.id, "deleted": true});
    assert_eq!(bob.get(format!("/api/users/{}", ann.id)).await.expect_status(200).body, expected);
    assert_eq!(bob.get(format!("/api/users?ids={}", ann.id)).await.expect_status(200).items(), [expected]);
    assert_eq!(bob.get("/api/users?q=ann").await.expect_status(200).items().len(), 0);
    assert_eq!(bob.get("/api/users").await.expect_status(200).each("id"), [json!(bob.id)]);
}

#[both_engines]
async fn username_of_deleted_account_stays_reserved(engine: Engine) {
    let app = TestApp::new(engine).await;
    gone(&app, "Ann").await;
    for name in ["Ann", "ann", "ANN"] {
        let account = json!({"username": name, "password": PASSWORD});
        app.nobody().post("/api/users", account).await.expect_problem(409, "username_taken");
    }
}

#[both_engines]
async fn messages_are_deleted_with_account_on_request(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let (room, left) = (bob.create_room("Plans", "private", &[&ann]).await, bob.open(&ann).await);
    let said = ann.say(&room, "forget me").await;
    bob.react(&said, "👍").await;
    ann.say(&left, "and me").await;
    bob.say(&room, "hello").await;
    for unknown in ["all", ""] {
        let body = json!({"password": PASSWORD, "messages": unknown});
        delete_account(&ann, body).await.expect_invalid("messages");
    }
    let body = json!({"password": PASSWORD, "messages": "delete"});
    delete_account(&ann, body).await.expect_status(204);
    app.erase_messages();
    assert_eq!(bob.read(&room).await, [Value::Null, json!("hello")]);
    assert_eq!(bob.read(&left).await, [Value::Null]);
    let tombstone = bob.get(crate::people::path_of(&said)).await.expect_status(200);
    let left = (&tombstone["seq"], &tombstone["author_id"], &tombstone["reactions"]);
    assert_eq!(left, (&said["seq"], &json!(ann.id), &json!({})));
    assert_eq!(bob.log(&room).await.last().unwrap(), "message.deleted");
}

#[both_engines]
async fn messages_of_deleted_account_stay_readable(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = bob.create_room("Plans", "private", &[&ann]).await;
    let said = ann.say(&room, "remember me").await;
    delete_account(&ann, json!({"password": PASSWORD})).await.expect_status(204);
    assert_eq!(bob.get(room.messages()).await["items"], json!([said]));
    assert_eq!(said["author_id"], ann.id);
    assert_eq!(bob.get(room.memberships()).await.each("user_id"), [json!(bob.id)]);
}

#[both_engines]
async fn deletion_leaves_chatrooms_and_hands_over(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    let alone = ann.create_room("Alone", "public", &[]).await;
    ann.add(&room, &bob).await;
    ann.add(&room, &cem).await;
    delete_account(&ann, json!({"password": PASSWORD})).await.expect_status(204);
    let members = bob.get(room.memberships()).await.expect_status(200);
    assert_eq!(members.each("user_id"), [json!(bob.id), json!(cem.id)]);
    assert_eq!(members.each("role"), ["owner", "member"]);
    bob.get(alone.own_path()).await.expect_problem(404, "chatroom_not_found");
    let log = bob.get(room.path("events?limit=200")).await.expect_status(200);
    let end = log.items().iter().find(|event| event["type"] == "membership.deleted").unwrap();
    assert_eq!(end["data"]["user_id"], ann.id);
    assert_eq!(end["data"]["reason"], "account_deleted");
}

#[both_engines]
async fn deleted_user_cannot_be_added(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (gone(&app, "ann").await, app.sign_up("bob").await);
    let room = bob.create_room("Plans", "private", &[]).await;
    bob.put(room.membership(&ann.id)).await.expect_problem(404, "user_not_found");
    let with_ann = json!({"name": "With Ann", "member_ids": [ann.id]});
    let refused = bob.post("/api/chatrooms", with_ann).await.expect_invalid("member_ids");
    assert!(refused.errors().any(|error| error["reason"].as_str().unwrap().contains(&ann.id)), "{}", refused.text);
}
