//! Direct chatrooms.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};
use crate::people::{Person, Room};

#[both_engines]
async fn direct_chatroom_is_shared_by_two_users(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let made = ann.put(direct(&bob)).await.expect_status(201);
    let room = Room { id: made.id() };
    assert_eq!(made.header("Location"), Some(room.own_path().as_str()));
    assert_eq!(
        (&made["name"], &made["visibility"], &made["archived"]),
        (&Value::Null, &json!("direct"), &json!(false))
    );
    for (me, other) in [(&ann, &bob), (&bob, &ann)] {
        let found = me.put(direct(other)).await.expect_status(200);
        assert_eq!((&found.body, found.header("Location")), (&made.body, None));
        assert_eq!(me.get(room.own_path()).await.body, made.body);
        assert_eq!(me.get(room.memberships()).await.each("role"), ["member", "member"]);
    }
    assert_eq!(ann.log(&room).await, ["chatroom.created", "membership.created", "membership.created"]);
    let created = bob.get(room.path("events")).await.items()[0]["data"].clone();
    assert_eq!((&created["name"], &created["visibility"]), (&Value::Null, &json!("direct")));
    cem.get(room.own_path()).await.expect_problem(404, "chatroom_not_found");
    ann.say(&room, "hello").await;
    bob.say(&room, "hi").await;
    assert_eq!(ann.read(&room).await, ["hello", "hi"]);
    assert_ne!(cem.put(direct(&ann)).await.expect_status(201).id(), room.id);
}

#[both_engines]
async fn direct_chatroom_requires_another_existing_user(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let oneself = ann.put(direct(&ann)).await.expect_problem(422, "invalid_value");
    assert_eq!(oneself["errors"], json!([{"parameter": "user_id", "reason": "must be another user"}]));
    for nobody in [uuid::Uuid::now_v7().to_string(), "1".to_owned(), "me".to_owned()] {
        ann.put(format!("/api/direct/{nobody}")).await.expect_problem(404, "user_not_found");
    }
    delete_account(&bob).await;
    ann.put(direct(&bob)).await.expect_problem(404, "user_not_found");
}

#[both_engines]
async fn own_chatrooms_name_other_member(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let plans = ann.create_room("Plans", "private", &[&bob]).await;
    let room = ann.open(&bob).await;
    ann.say(&room, "hello").await;
    for (me, other) in [(&ann, &bob), (&bob, &ann)] {
        let mine = me.get("/api/chatrooms").await.expect_status(200);
        let others: Value = mine.items().iter().map(|it| (id(it), it["other_user_id"].clone())).collect();
        assert_eq!(others, json!({&plans.id: null, &room.id: other.id}));
    }
    let public = ann.get("/api/chatrooms?visibility=public").await.expect_status(200);
    assert_eq!(public.items().len(), 0);
}

#[both_engines]
async fn opened_direct_chatroom_is_listed_for_other_user_from_first_message(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.open(&bob).await;
    assert_eq!((chatrooms(&ann).await, chatrooms(&bob).await), (vec![json!(room.id)], vec![]));
    ann.put(direct(&bob)).await.expect_status(200);
    assert!(chatrooms(&bob).await.is_empty());
    let said = ann.say(&room, "hello").await;
    assert_eq!(said["seq"], 4);
    let mine = bob.get("/api/chatrooms").await.expect_status(200);
    assert_eq!((mine.each("id"), mine.each("unread_count")), (vec![json!(room.id)], vec![json!(1)]));
    bob.leave(&room).await;
    assert!(chatrooms(&bob).await.is_empty());
    ann.say(&room, "are you there?").await;
    assert_eq!(chatrooms(&bob).await, [room.id.as_str()]);
}

#[both_engines]
async fn direct_chatroom_rejects_owner_actions(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.open(&bob).await;
    let said = bob.say(&room, "hello").await;
    for (who, status, code) in [(&ann, 409, "direct_chatroom"), (&cem, 404, "chatroom_not_found")] {
        for change in [
            json!({"name": "Ours"}),
            json!({"topic": "Us"}),
            json!({"visibility": "private"}),
            json!({"archived": true}),
            json!({"slow_mode_seconds": 5}),
            json!({"rename_role": "owner", "name": "Ours"}),
        ] {
            who.patch(room.own_path(), change).await.expect_problem(status, code);
        }
        who.delete(room.own_path()).await.expect_problem(status, code);
        who.put(room.membership("me")).await.expect_problem(status, code);
        who.put(room.membership(&app.sign_up(&format!("dan_{status}")).await.id))
            .await
            .expect_problem(status, code);
        who.patch(room.membership(&bob.id), json!({"role": "owner"})).await.expect_problem(status, code);
        who.delete(room.membership(&bob.id)).await.expect_problem(status, code);
    }
    ann.delete(crate::people::path_of(&said)).await.expect_problem(403, "not_the_author");
    bob.edit(&said, "hi").await;
    bob.erase(&said).await;
    for visibility in ["direct", "Direct"] {
        let made = ann.post("/api/chatrooms", json!({"name": "Ours", "visibility": visibility})).await;
        made.expect_invalid("visibility");
        let plans = ann.create_room("Plans", "private", &[]).await;
        ann.patch(plans.own_path(), json!({"visibility": visibility})).await.expect_invalid("visibility");
    }
    assert_eq!(ann.get(room.own_path()).await["last_seq"], 6);
}

#[both_engines]
async fn left_direct_chatroom_is_hidden_until_message_or_open(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.open(&bob).await;
    bob.say(&room, "hello").await;
    ann.leave(&room).await;
    assert!(chatrooms(&ann).await.is_empty());
    assert_eq!(chatrooms(&bob).await, [room.id.as_str()]);
    assert_eq!(ann.read(&room).await, ["hello"]);
    bob.say(&room, "are you there?").await;
    assert_eq!(chatrooms(&ann).await, [room.id.as_str()]);
    ann.delete(room.membership(&ann.id)).await.expect_status(204);
    assert!(chatrooms(&ann).await.is_empty());
    ann.put(direct(&bob)).await.expect_status(200);
    assert_eq!(chatrooms(&ann).await, [room.id.as_str()]);
    assert_eq!(ann.get(room.own_path()).await["last_seq"], 5, "leaving and opening are no events");
}

#[both_engines]
async fn direct_chatroom_of_deleted_account_is_read_only(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.open(&bob).await;
    ann.say(&room, "remember me").await;
    delete_account(&ann).await;
    let log = bob.get(room.path("events?after=4")).await.expect_status(200);
    assert_eq!(log.each("type"), ["chatroom.updated", "membership.deleted"]);
    assert_eq!(log.items()[1]["data"]["reason"], "account_deleted");
    assert_eq!(bob.get(room.own_path()).await["archived"], true);
    assert_eq!(bob.read(&room).await, ["remember me"]);
    bob.post(room.messages(), json!({"body": "x"})).await.expect_problem(409, "chatroom_read_only");
    assert_eq!(bob.get(room.memberships()).await.each("role"), ["member"]);
    assert_eq!(bob.get("/api/chatrooms").await.each("other_user_id"), [json!(ann.id)]);
    bob.delete(room.own_path()).await.expect_problem(409, "direct_chatroom");
    bob.leave(&room).await;
    assert!(chatrooms(&bob).await.is_empty());
}

pub(crate) fn direct(other: &Person) -> String {
    format!("/api/direct/{}", other.id)
}

async fn chatrooms(me: &Person) -> Vec<Value> {
    me.get("/api/chatrooms").await.expect_status(200).each("id")
}

fn id(room: &Value) -> String {
    room["id"].as_str().unwrap().to_owned()
}

async fn delete_account(who: &Person) {
    let password = json!({"password": PASSWORD});
    who.request(actix_web::http::Method::DELETE, "/api/users/me").json(password).send().await.expect_status(204);
}
