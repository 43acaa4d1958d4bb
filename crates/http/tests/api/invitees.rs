//! The setting of who can add a user, and the invitations that wait for those who must accept.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::people::{Person, Room};

async fn set(person: &Person, who: &str) {
    let account = person.patch("/api/users/me", json!({"who_can_add_me": who})).await.expect_status(200);
    assert_eq!(account["who_can_add_me"], who);
}

async fn received(person: &Person) -> Vec<Value> {
    person.get("/api/users/me/invitations").await.expect_status(200).items().to_vec()
}

fn invitation(room: &Room) -> String {
    format!("/api/users/me/invitations/{}", room.id)
}

/// Ann's private chatroom, and Bob, whom nobody can add.
async fn scene(engine: Engine) -> (TestApp, Person, Person, Room) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    set(&bob, "nobody").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    (app, ann, bob, room)
}

#[both_engines]
async fn setting_is_shown_to_its_owner_alone(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    assert_eq!(ann.get("/api/users/me").await["who_can_add_me"], "everyone");
    for who in ["people_in_my_chatrooms", "nobody", "everyone"] {
        set(&ann, who).await;
        assert_eq!(ann.get("/api/users/me").await["who_can_add_me"], who);
        assert_eq!(ann.patch("/api/users/me", json!({})).await["who_can_add_me"], who);
    }
    assert_eq!(bob.get(format!("/api/users/{}", ann.id)).await["who_can_add_me"], Value::Null);
    let wrong = ann.patch("/api/users/me", json!({"who_can_add_me": "friends"})).await;
    assert_eq!(wrong.expect_problem(422, "invalid_value")["errors"][0]["pointer"], "/who_can_add_me");
    ann.patch("/api/users/me", json!({"who_can_add_me": null})).await.expect_problem(422, "invalid_value");
}

#[both_engines]
async fn invited_user_sees_the_invitation_and_accepts(engine: Engine) {
    let (_, ann, bob, room) = scene(engine).await;
    let invited = ann.put(room.membership(&bob.id)).await.expect_status(202);
    assert_eq!((invited.str("user_id"), invited.str("invited_by")), (bob.id.as_str(), ann.id.as_str()));
    let again = ann.put(room.membership(&bob.id)).await.expect_status(202);
    assert_eq!(again.body, invited.body);
    assert_eq!(ann.get(room.path("invitees")).await.items(), std::slice::from_ref(&invited.body));
    let waiting = json!({
        "chatroom": {"id": room.id, "name": "Plans", "visibility": "private"},
        "invited_by": ann.id, "created_at": invited["created_at"],
    });
    assert_eq!(received(&bob).await, [waiting]);
    for path in [room.own_path(), room.messages(), room.path("invitees")] {
        bob.get(path).await.expect_problem(404, "chatroom_not_found");
    }
    assert!(bob.get("/api/chatrooms").await.items().is_empty());
    bob.join(&room).await;
    assert!(received(&bob).await.is_empty());
    assert!(bob.get(room.path("invitees")).await.expect_status(200).items().is_empty());
    assert_eq!(ann.log(&room).await, ["chatroom.created", "membership.created", "membership.created"]);
}

#[both_engines]
async fn invitation_is_declined_or_withdrawn(engine: Engine) {
    let (_, ann, bob, room) = scene(engine).await;
    ann.put(room.membership(&bob.id)).await.expect_status(202);
    for _ in 0..2 {
        bob.delete(invitation(&room)).await.expect_status(204);
    }
    bob.delete("/api/users/me/invitations/1").await.expect_status(204);
    bob.put(room.membership("me")).await.expect_problem(404, "chatroom_not_found");
    ann.put(room.membership(&bob.id)).await.expect_status(202);
    let invitee = room.path(&format!("invitees/{}", bob.id));
    for _ in 0..2 {
        ann.delete(&invitee).await.expect_status(204);
    }
    bob.delete(&invitee).await.expect_problem(404, "chatroom_not_found");
    bob.put(room.membership("me")).await.expect_problem(404, "chatroom_not_found");
}

#[both_engines]
async fn banned_user_can_no_longer_accept(engine: Engine) {
    let (_, ann, bob, room) = scene(engine).await;
    ann.put(room.membership(&bob.id)).await.expect_status(202);
    ann.ban(&room, &bob).await;
    assert!(received(&bob).await.is_empty());
    bob.put(room.membership("me")).await.expect_problem(404, "chatroom_not_found");
    ann.put(room.membership(&bob.id)).await.expect_problem(403, "banned");
}

#[both_engines]
async fn creation_invites_users_who_must_accept(engine: Engine) {
    let (app, ann, bob, _) = scene(engine).await;
    let cid = app.sign_up("cid").await;
    let new = json!({"name": "Both", "member_ids": [bob.id, cid.id]});
    let made = ann.post("/api/chatrooms", new).await.expect_status(201);
    let path = format!("/api/chatrooms/{}", made.str("id"));
    assert_eq!(ann.get(format!("{path}/memberships")).await.each("user_id"), [json!(ann.id), json!(cid.id)]);
    assert_eq!(ann.get(format!("{path}/invitees")).await.each("user_id"), [json!(bob.id)]);
    assert_eq!(received(&bob).await[0]["chatroom"]["name"], "Both");
}

#[both_engines]
async fn inviter_cannot_flood_a_user(engine: Engine) {
    let (_, ann, bob, room) = scene(engine).await;
    for _ in 0..20 {
        ann.post("/api/chatrooms", json!({"name": "x", "member_ids": [bob.id]})).await.expect_status(201);
    }
    ann.put(room.membership(&bob.id)).await.expect_problem(409, "invited_too_often");
    let flood = ann.post("/api/chatrooms", json!({"name": "x", "member_ids": [bob.id]})).await;
    assert_eq!(flood.expect_problem(422, "invalid_value")["errors"][0]["pointer"], "/member_ids");
    let first = bob.get("/api/users/me/invitations?limit=15").await;
    let next = first.str("next_cursor");
    let rest = bob.get(format!("/api/users/me/invitations?limit=15&cursor={next}")).await;
    assert_eq!((first.items().len(), rest.items().len()), (15, 5));
    bob.get("/api/users/me/invitations?cursor=x").await.expect_problem(422, "invalid_value");
}
