//! Joining, leaving, adding, removing and promoting.

use chit_chat_contract::{Engine, both_engines};
use chit_chat_http::Rates;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::fields;
use crate::app::TestApp;
use crate::limits::{limited, rates};

#[both_engines]
async fn join_of_public_chatroom_is_idempotent(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("Bob").await);
    let room = ann.create_room("Plans", "public", &[]).await;
    let joined = bob.put(room.membership("me")).await.expect_status(201);
    assert_eq!(joined.fields(), ["chatroom_id", "display_name", "joined_at", "role", "user_id", "username"]);
    assert_eq!((&joined["user_id"], &joined["username"]), (&json!(bob.id), &json!("Bob")));
    assert_eq!((&joined["chatroom_id"], &joined["role"]), (&json!(room.id), &json!("member")));
    assert_eq!(bob.put(room.membership("me")).await.expect_status(200).body, joined.body);
    assert_eq!(bob.put(room.membership(&bob.id)).await.expect_status(200).body, joined.body);
    let list = ann.get(room.memberships()).await.expect_status(200);
    assert_eq!(list.items()[1], joined.body);
    assert_eq!(ann.log(&room).await, ["chatroom.created", "membership.created", "membership.created"]);
}

#[both_engines]
async fn private_chatroom_requires_being_added(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    cem.put(room.membership("me")).await.expect_problem(404, "chatroom_not_found");
    cem.put(room.membership(&cem.id)).await.expect_problem(404, "chatroom_not_found");
    let added = bob.put(room.membership(&cem.id)).await.expect_status(201);
    assert_eq!((&added["user_id"], &added["role"]), (&json!(cem.id), &json!("member")));
    assert_eq!(bob.put(room.membership(&cem.id)).await.expect_status(200).body, added.body);
    cem.say(&room, "thanks").await;
    ann.put(room.membership(&Uuid::now_v7().to_string())).await.expect_problem(404, "user_not_found");
    ann.put(room.membership("no-id")).await.expect_problem(404, "user_not_found");
}

#[both_engines]
async fn left_member_may_rejoin(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "public", &[&bob]).await;
    bob.leave(&room).await;
    bob.leave(&room).await;
    bob.post(room.messages(), json!({"body": "x"})).await.expect_problem(403, "not_a_member");
    assert_eq!(ann.get(room.memberships()).await.each("username"), ["ann"]);
    bob.join(&room).await;
    bob.say(&room, "back").await;
    assert_eq!(ann.get(room.memberships()).await.each("username"), ["ann", "bob"]);
}

#[both_engines]
async fn last_owner_hands_over_to_longest_member(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    ann.add(&room, &cem).await;
    ann.add(&room, &bob).await;
    ann.leave(&room).await;
    let members = bob.get(room.memberships()).await.expect_status(200);
    assert_eq!(members.each("username"), ["cem", "bob"]);
    assert_eq!(members.each("role"), ["owner", "member"]);
    let log = cem.get(room.path("events?limit=200")).await;
    let [.., promoted, left] = log.items() else { panic!("{}", log.text) };
    assert_eq!((&left["type"], &left["data"]["reason"]), (&json!("membership.deleted"), &json!("left")));
    assert_eq!((&promoted["type"], &promoted["data"]["role"]), (&json!("membership.updated"), &json!("owner")));
}

#[both_engines]
async fn leave_of_one_of_two_owners_hands_nothing_over(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[&bob, &cem]).await;
    ann.promote(&room, &cem).await;
    ann.leave(&room).await;
    let members = bob.get(room.memberships()).await.expect_status(200);
    assert_eq!(members.each("role"), ["member", "owner"]);
}

#[both_engines]
async fn leave_of_last_member_deletes_chatroom(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "public", &[]).await;
    ann.leave(&room).await;
    for person in [&ann, &bob] {
        person.get(room.own_path()).await.expect_problem(404, "chatroom_not_found");
        person.put(room.membership("me")).await.expect_problem(404, "chatroom_not_found");
    }
}

#[both_engines]
async fn owner_promotes_others_and_demotes_only_themselves(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let role = |role: &'static str| json!({"role": role});
    let (anns, bobs) = (room.membership(&ann.id), room.membership(&bob.id));
    ann.patch(&anns, role("member")).await.expect_problem(409, "last_owner");
    let promoted = ann.patch(&bobs, role("owner")).await.expect_status(200);
    assert_eq!(fields(&promoted.body).len(), 6);
    assert_eq!(promoted["role"], "owner");
    ann.patch(&bobs, role("owner")).await.expect_status(200);
    ann.patch(&bobs, role("member")).await.expect_problem(403, "target_is_owner");
    ann.patch(&anns, role("member")).await.expect_status(200);
    ann.patch(&anns, role("owner")).await.expect_problem(403, "not_an_owner");
    assert_eq!(ann.get(room.memberships()).await.each("role"), ["member", "owner"]);
    bob.patch(&anns, role("king")).await.expect_invalid("role");
    for malformed in [json!({}), json!({"role": null}), json!({"role": 1}), json!(["owner"])] {
        bob.patch(&anns, malformed).await.expect_problem(400, "malformed_body");
    }
}

#[both_engines]
async fn owner_removes_members_but_not_owners(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[&bob, &cem]).await;
    ann.promote(&room, &cem).await;
    bob.delete(room.membership(&cem.id)).await.expect_problem(403, "not_a_moderator");
    ann.delete(room.membership(&cem.id)).await.expect_problem(403, "target_is_owner");
    ann.remove(&room, &bob).await;
    ann.remove(&room, &bob).await;
    bob.get(room.own_path()).await.expect_problem(404, "chatroom_not_found");
    bob.post(room.messages(), json!({"body": "x"})).await.expect_problem(404, "chatroom_not_found");
    let log = ann.get(room.path("events?limit=200")).await;
    let end = log.items().last().unwrap();
    assert_eq!((&end["data"]["user_id"], &end["data"]["reason"]), (&json!(bob.id), &json!("removed")));
    assert_eq!(end["actor_id"], ann.id);
    cem.remove(&room, &cem).await;
    cem.get(room.own_path()).await.expect_problem(404, "chatroom_not_found");
}

#[both_engines]
async fn many_chatrooms_are_left_at_once(engine: Engine) {
    let config = limited(Rates { writes_per_user: "40/1h".parse().unwrap(), ..rates() });
    let app = TestApp::with_config(engine, config).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let mut ids = Vec::new();
    for number in 0..11 {
        ids.push(ann.create_room(&format!("Room {number}"), "private", &[&bob]).await.id);
    }
    let direct = bob.open(&ann).await;
    let leave = |ids: Value| bob.post("/api/users/me/leave", json!({"chatroom_ids": ids}));
    let mut many = ids[1..].to_vec();
    many.extend([direct.id.clone(), "no id".to_owned(), ann.id.clone()]);
    let left = leave(json!(many)).await.expect_status(204);
    assert!(left.header("RateLimit").unwrap().starts_with("\"writes\";r=37;"), "one to open, two to leave");
    assert_eq!(bob.get("/api/chatrooms").await.each("id"), [json!(ids[0])]);
    leave(json!(many)).await.expect_status(204);
    leave(json!([])).await.expect_problem(422, "invalid_value");
    leave(json!(vec![&ann.id; 101])).await.expect_problem(422, "invalid_value");
    leave(json!([1])).await.expect_problem(400, "malformed_body");
    assert_eq!(bob.get("/api/chatrooms").await.items().len(), 1);
}
