//! Banning users from a chatroom.

use chit_chat_contract::{Engine, both_engines};
use serde_json::json;
use uuid::Uuid;

use crate::app::{PASSWORD, TestApp};
use crate::pages::{all_pages, each};

#[both_engines]
async fn ban_is_idempotent_and_visible_to_moderators(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[&bob, &cem]).await;
    let placed = ann.put(room.ban(&cem.id)).await.expect_status(201);
    assert_eq!(placed.fields(), ["banned_by", "chatroom_id", "created_at", "user_id"]);
    assert_eq!((&placed["chatroom_id"], &placed["user_id"]), (&json!(room.id), &json!(cem.id)));
    assert_eq!(placed["banned_by"], ann.id);
    ann.make("moderator", &room, &bob).await;
    assert_eq!(bob.put(room.ban(&cem.id)).await.expect_status(200).body, placed.body);
    let list = bob.get(room.path("bans")).await.expect_status(200);
    assert_eq!((list.items(), &list["next_cursor"]), (&[placed.body][..], &json!(null)));
    for _ in 0..2 {
        bob.delete(room.ban(&cem.id)).await.expect_status(204);
    }
    assert_eq!(ann.get(room.path("bans")).await.items(), &[json!(null); 0]);
    let log = ann.log(&room).await;
    assert_eq!(log[4..], ["ban.created", "membership.deleted", "membership.updated", "ban.deleted"]);
}

#[both_engines]
async fn banned_user_is_refused_until_ban_is_lifted(engine: Engine) {
    let app = TestApp::new(engine).await;
    refused_until_lifted(&app, "private", ["ann", "bob"]).await;
    refused_until_lifted(&app, "public", ["cem", "dan"]).await;
}

async fn refused_until_lifted(app: &TestApp, visibility: &str, names: [&str; 2]) {
    let (ann, bob) = (app.sign_up(names[0]).await, app.sign_up(names[1]).await);
    let room = ann.create_room("Plans", visibility, &[&bob]).await;
    let invitation = ann.invite(&room, json!({})).await;
    ann.ban(&room, &bob).await;
    let (status, code) = match visibility {
        "public" => (403, "not_a_member"),
        _ => (404, "chatroom_not_found"),
    };
    bob.get(room.messages()).await.expect_problem(status, code);
    bob.post(room.messages(), json!({"body": "x"})).await.expect_problem(status, code);
    let join = bob.put(room.membership("me")).await;
    match visibility {
        "public" => join.expect_problem(403, "banned"),
        _ => join.expect_problem(404, "chatroom_not_found"),
    };
    bob.accept(&invitation).await.expect_problem(403, "banned");
    ann.put(room.membership(&bob.id)).await.expect_problem(403, "banned");
    assert_eq!(ann.get(room.memberships()).await.each("username"), [names[0]]);
    ann.delete(room.ban(&bob.id)).await.expect_status(204);
    bob.accept(&invitation).await.expect_status(201);
    bob.say(&room, "back").await;
}

#[both_engines]
async fn moderator_bans_members_and_owner_bans_moderators(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let (cem, dan) = (app.sign_up("cem").await, app.sign_up("dan").await);
    let room = ann.create_room("Plans", "private", &[&bob, &cem, &dan]).await;
    for person in [&bob, &cem] {
        ann.make("moderator", &room, person).await;
    }
    dan.put(room.ban(&bob.id)).await.expect_problem(403, "not_a_moderator");
    dan.get(room.path("bans")).await.expect_problem(403, "not_a_moderator");
    bob.put(room.ban(&cem.id)).await.expect_problem(403, "target_is_moderator");
    bob.put(room.ban(&ann.id)).await.expect_problem(403, "target_is_owner");
    bob.put(room.ban(&bob.id)).await.expect_problem(403, "target_is_moderator");
    ann.put(room.ban(&ann.id)).await.expect_problem(403, "target_is_owner");
    bob.ban(&room, &dan).await;
    ann.ban(&room, &cem).await;
    assert_eq!(ann.get(room.memberships()).await.each("username"), ["ann", "bob"]);
}

#[both_engines]
async fn outsider_can_be_banned_and_missing_user_cannot(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "public", &[]).await;
    ann.ban(&room, &bob).await;
    bob.put(room.membership("me")).await.expect_problem(403, "banned");
    assert_eq!(ann.log(&room).await[2..], ["ban.created"]);
    let deletion =
        cem.request(actix_web::http::Method::DELETE, "/api/users/me").json(json!({"password": PASSWORD}));
    deletion.send().await.expect_status(204);
    for nobody in [&cem.id, &Uuid::now_v7().to_string(), "no-id"] {
        ann.put(room.ban(nobody)).await.expect_problem(404, "user_not_found");
    }
    ann.delete(room.ban(&cem.id)).await.expect_status(204);
    ann.delete(room.ban("no-id")).await.expect_problem(404, "user_not_found");
}

#[both_engines]
async fn bans_are_paged_newest_first(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let mut newest_first = Vec::new();
    for name in ["eve", "dan", "cem", "bob"] {
        let person = app.sign_up(name).await;
        ann.ban(&room, &person).await;
        newest_first.insert(0, json!(person.id));
    }
    for limit in [1, 3, 4] {
        let ids = each(&all_pages(&ann, &room.path("bans"), limit).await, "user_id");
        assert_eq!(ids, newest_first, "{limit}");
    }
}
