//! Creating, finding, changing and deleting chatrooms.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::fields;
use crate::app::TestApp;

const FIELDS: [&str; 11] = [
    "add_role",
    "archived",
    "created_at",
    "delete_role",
    "id",
    "last_seq",
    "name",
    "rename_role",
    "slow_mode_seconds",
    "topic",
    "visibility",
];

#[both_engines]
async fn created_chatroom_has_owner_and_members(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let ids = [&bob.id, &cem.id, &bob.id, &ann.id];
    let room = json!({"name": "  Plans  ", "visibility": "public", "member_ids": ids});
    let made = ann.post("/api/chatrooms", room).await.expect_status(201);
    assert_eq!(made.fields(), FIELDS);
    assert_eq!((&made["name"], &made["visibility"]), (&json!("Plans"), &json!("public")));
    let path = format!("/api/chatrooms/{}", made.id());
    assert_eq!(made.header("Location"), Some(path.as_str()));
    assert_eq!(ann.get(&path).await.expect_status(200).body, made.body);
    assert_eq!(bob.get(&path).await.expect_status(200).body, made.body);
    let members = cem.get(format!("{path}/memberships")).await.expect_status(200);
    assert_eq!(members.each("user_id"), [json!(ann.id), json!(bob.id), json!(cem.id)]);
    assert_eq!(members.each("role"), ["owner", "member", "member"]);
}

#[both_engines]
async fn chatroom_is_private_by_default(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    for body in [json!({"name": "x"}), json!({"name": "x", "visibility": null, "member_ids": []})] {
        assert_eq!(ann.post("/api/chatrooms", body).await.expect_status(201)["visibility"], "private");
    }
}

#[both_engines]
async fn invalid_chatroom_is_rejected(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    for (field, value) in [
        ("name", json!("")),
        ("name", json!(" \t ")),
        ("name", json!("two\nlines")),
        ("name", json!("x".repeat(81))),
        ("visibility", json!("secret")),
        ("visibility", json!("Public")),
        ("member_ids", json!(["no id"])),
        ("member_ids", json!(vec![Uuid::now_v7().to_string(); 101])),
    ] {
        let mut body = json!({"name": "New"});
        body[field] = value.clone();
        ann.post("/api/chatrooms", body).await.expect_invalid(field);
        if field != "member_ids" {
            ann.patch(room.own_path(), json!({field: value})).await.expect_invalid(field);
        }
    }
    for field in ["name", "visibility"] {
        ann.patch(room.own_path(), json!({field: null})).await.expect_invalid(field);
    }
    let everything = json!({"name": "", "visibility": "", "member_ids": [""]});
    let answer = ann.post("/api/chatrooms", everything).await.expect_problem(422, "invalid_value");
    assert_eq!(answer.errors().count(), 3);
    assert_eq!(ann.get("/api/chatrooms").await.each("name"), ["Plans"]);
    let longest = "好".repeat(80);
    assert_eq!(ann.patch(room.own_path(), json!({"name": longest})).await.expect_status(200)["name"], longest);
}

#[both_engines]
async fn unknown_members_are_named_and_none_created(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let unknown = Uuid::now_v7().to_string();
    let room = json!({"name": "x", "member_ids": [bob.id, unknown]});
    let answer = ann.post("/api/chatrooms", room).await.expect_invalid("member_ids");
    let reason = answer.errors().next().unwrap()["reason"].as_str().unwrap();
    assert!(reason.contains(&unknown) && !reason.contains(&bob.id), "{reason}");
    assert_eq!(ann.get("/api/chatrooms").await.items().len(), 0);
}

#[both_engines]
async fn chatroom_starts_with_hundred_members(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let mut ids = Vec::new();
    for number in 0..100 {
        let account = json!({"username": format!("u{number}"), "password": crate::app::PASSWORD});
        ids.push(app.nobody().post("/api/users", account).await.expect_status(201).id());
    }
    let room = ann.post("/api/chatrooms", json!({"name": "All", "member_ids": ids})).await.expect_status(201);
    let members = ann.get(format!("/api/chatrooms/{}/memberships?limit=200", room.id())).await;
    assert_eq!(members.items().len(), 101);
}

#[both_engines]
async fn malformed_chatroom_id_is_not_found(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let unknown = Uuid::now_v7().to_string();
    for id in [unknown.as_str(), "1", "me", "%00", "%20", "x%2Fy", &"0".repeat(32)] {
        for rest in ["", "/messages", "/memberships", "/events"] {
            ann.get(format!("/api/chatrooms/{id}{rest}")).await.expect_problem(404, "chatroom_not_found");
        }
        ann.delete(format!("/api/chatrooms/{id}/memberships/me")).await.expect_status(204);
    }
}

#[both_engines]
async fn own_chatrooms_are_listed_by_activity(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let mine = ann.create_room("Mine", "private", &[]).await;
    let theirs = bob.create_room("Theirs", "private", &[&ann]).await;
    bob.create_room("Not mine", "public", &[]).await;
    ann.say_each(&theirs, &["one", "two"]).await;
    let last = bob.say(&theirs, "three").await;
    ann.patch(theirs.own_path(), json!({"name": "Ours"})).await.expect_status(200);
    let list = ann.get("/api/chatrooms").await.expect_status(200);
    assert_eq!(list.each("id"), [json!(theirs.id), json!(mine.id)]);
    assert_eq!(list.each("name"), ["Ours", "Mine"]);
    assert_eq!(list.each("role"), ["member", "owner"]);
    assert_eq!(list.each("last_message"), [last.clone(), Value::Null]);
    let mut shown = [
        &FIELDS[..],
        &["last_message", "mention_count", "muted", "other_user_id", "read_seq", "role", "unread_count"],
    ]
    .concat();
    shown.sort_unstable();
    assert_eq!(fields(&list.items()[0]), shown);
    assert_eq!(list.each("other_user_id"), [Value::Null, Value::Null]);
    bob.erase(&last).await;
    let latest = ann.get("/api/chatrooms").await.items()[0]["last_message"].clone();
    assert_eq!((&latest["id"], &latest["body"]), (&last["id"], &Value::Null));
}

#[both_engines]
async fn public_chatrooms_are_discoverable_and_private_are_not(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    ann.create_room("Ärger 100%", "public", &[]).await;
    ann.create_room("Garden", "public", &[]).await;
    ann.create_room("Garden, secret", "private", &[]).await;
    let list = bob.get("/api/chatrooms?visibility=public").await.expect_status(200);
    assert_eq!(list.each("name"), ["Garden", "Ärger 100%"]);
    assert_eq!(fields(&list.items()[0]), FIELDS);
    for (query, found) in [
        ("GARD", vec!["Garden"]),
        ("%C3%84rger", vec!["Ärger 100%"]),
        ("%C3%A4RGER", vec!["Ärger 100%"]),
        ("0%25", vec!["Ärger 100%"]),
        ("secret", vec![]),
        ("_", vec![]),
    ] {
        let answer = bob.get(format!("/api/chatrooms?visibility=public&q={query}")).await.expect_status(200);
        assert_eq!(answer.each("name"), found, "{query}");
    }
    assert_eq!(ann.get("/api/chatrooms?q=garden").await.each("name"), ["Garden, secret", "Garden"]);
    for wrong in ["private", "", "all"] {
        bob.get(format!("/api/chatrooms?visibility={wrong}")).await.expect_problem(422, "invalid_value");
    }
}

#[both_engines]
async fn chatroom_turned_private_is_hidden_from_outsiders(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "public", &[]).await;
    bob.get(room.own_path()).await.expect_status(200);
    let change = json!({"name": "Secret plans", "visibility": "private"});
    let changed = ann.patch(room.own_path(), change).await.expect_status(200);
    assert_eq!(changed.fields(), FIELDS);
    assert_eq!((&changed["name"], &changed["visibility"]), (&json!("Secret plans"), &json!("private")));
    bob.get(room.own_path()).await.expect_problem(404, "chatroom_not_found");
    bob.put(room.membership("me")).await.expect_problem(404, "chatroom_not_found");
    assert_eq!(bob.get("/api/chatrooms?visibility=public").await.items().len(), 0);
}

#[both_engines]
async fn unchanged_chatroom_logs_nothing(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let before = ann.get(room.own_path()).await.body;
    for same in [json!({}), json!({"name": " Plans "}), json!({"name": "Plans", "visibility": "private"})] {
        assert_eq!(ann.patch(room.own_path(), same).await.expect_status(200).body, before);
    }
}

#[both_engines]
async fn deleted_chatroom_is_not_found(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "public", &[&bob]).await;
    let message = bob.say(&room, "hello").await;
    ann.delete(room.own_path()).await.expect_status(204);
    for person in [&ann, &bob] {
        for path in [room.own_path(), room.messages(), room.memberships(), room.path("events")] {
            person.get(path).await.expect_problem(404, "chatroom_not_found");
        }
        person.get(crate::people::path_of(&message)).await.expect_problem(404, "chatroom_not_found");
        person.post(room.messages(), json!({"body": "x"})).await.expect_problem(404, "chatroom_not_found");
        person.put(room.membership("me")).await.expect_problem(404, "chatroom_not_found");
        person.delete(room.own_path()).await.expect_problem(404, "chatroom_not_found");
        person.leave(&room).await;
        assert_eq!(person.get("/api/chatrooms").await.items().len(), 0);
        assert_eq!(person.get("/api/users/me/messages").await.items().len(), 0);
    }
    assert_eq!(bob.get("/api/chatrooms?visibility=public").await.items().len(), 0);
}
