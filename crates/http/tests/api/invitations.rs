//! Inviting users by a code.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::TestApp;
use crate::pages::{all_pages, each};
use crate::people::Room;

/// The path of an invitation.
fn path_of(room: &Room, invitation: &Value) -> String {
    room.path(&format!("invitations/{}", invitation["id"].as_str().unwrap()))
}

#[both_engines]
async fn invitation_shows_code_and_bounds(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    ann.make("moderator", &room, &bob).await;
    let plain = bob.post(room.path("invitations"), json!({})).await.expect_status(201);
    let fields = ["chatroom_id", "code", "created_at", "created_by", "expires_at", "id", "max_uses", "uses"];
    assert_eq!(plain.fields(), fields);
    assert_eq!(plain.header("Location"), Some(path_of(&room, &plain.body).as_str()));
    assert_eq!((&plain["chatroom_id"], &plain["created_by"]), (&json!(room.id), &json!(bob.id)));
    let bounds = |invitation: &Value| ["expires_at", "max_uses", "uses"].map(|name| invitation[name].clone());
    assert_eq!(bounds(&plain.body), [json!(null), json!(null), json!(0)]);
    assert_eq!(plain.str("code").len(), 64);
    let both = json!({"expires_in_seconds": 31_536_000, "max_uses": 10_000});
    let bounded = ann.invite(&room, both).await;
    let year = |instant: &Value| instant.as_str().unwrap()[..4].parse::<i32>().unwrap();
    assert_eq!(year(&bounded["expires_at"]), year(&bounded["created_at"]) + 1);
    assert_eq!(bounded["max_uses"], 10_000);
    let nulls = ann.invite(&room, json!({"expires_in_seconds": null, "max_uses": null})).await;
    assert_eq!(bounds(&nulls), bounds(&plain.body));
    let list = bob.get(room.path("invitations")).await.expect_status(200);
    assert_eq!(list.items(), [nulls, bounded, plain.body]);
}

#[both_engines]
async fn accept_adds_member_and_uses_invitation_once(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    for visibility in ["private", "public"] {
        let room = ann.create_room("Plans", visibility, &[]).await;
        let invitation = ann.invite(&room, json!({"max_uses": 1})).await;
        let shown = async || ann.get(room.path("invitations")).await.expect_status(200).each("uses");
        ann.accept(&invitation).await.expect_status(200);
        assert_eq!(shown().await, [0], "a member uses nothing up");
        let joined = bob.accept(&invitation).await.expect_status(201);
        assert_eq!(joined.fields(), ["chatroom_id", "display_name", "joined_at", "role", "user_id", "username"]);
        assert_eq!((&joined["user_id"], &joined["role"]), (&json!(bob.id), &json!("member")));
        bob.say(&room, "hello").await;
        assert_eq!(shown().await, [0; 0], "a spent one is not shown");
        assert_eq!(bob.accept(&invitation).await.expect_status(200).body, joined.body);
        cem.accept(&invitation).await.expect_problem(410, "invitation_gone");
        let log = ann.get(room.path("events?limit=200")).await;
        let [_, _, made, came, ..] = log.items() else { panic!("{}", log.text) };
        assert_eq!((&made["type"], &made["actor_id"]), (&json!("invitation.created"), &json!(ann.id)));
        let named = json!({"chatroom_id": room.id, "invitation_id": invitation["id"]});
        assert_eq!(made["data"], named);
        assert_eq!((&came["type"], &came["actor_id"]), (&json!("membership.created"), &json!(bob.id)));
        bob.leave(&room).await;
        bob.accept(&invitation).await.expect_problem(410, "invitation_gone");
    }
}

#[both_engines]
async fn user_who_comes_back_takes_no_second_use(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    let invitation = ann.invite(&room, json!({"max_uses": 2})).await;
    for _ in 0..3 {
        bob.accept(&invitation).await.expect_status(201);
        assert_eq!(ann.get(room.path("invitations")).await.each("uses"), [1]);
        bob.leave(&room).await;
    }
    cem.accept(&invitation).await.expect_status(201);
    bob.accept(&invitation).await.expect_problem(410, "invitation_gone");
}

#[both_engines]
async fn revoked_invitation_is_gone_and_revoke_is_idempotent(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let other = ann.create_room("Others", "private", &[]).await;
    let invitation = ann.invite(&room, json!({})).await;
    bob.delete(path_of(&room, &invitation)).await.expect_problem(403, "not_a_moderator");
    ann.delete(path_of(&other, &invitation)).await.expect_problem(404, "invitation_not_found");
    for unknown in [Uuid::now_v7().to_string().as_str(), "no-id"] {
        let path = room.path(&format!("invitations/{unknown}"));
        ann.delete(path).await.expect_problem(404, "invitation_not_found");
    }
    for _ in 0..2 {
        ann.delete(path_of(&room, &invitation)).await.expect_status(204);
    }
    cem.accept(&invitation).await.expect_problem(410, "invitation_gone");
    bob.accept(&invitation).await.expect_status(200);
    assert_eq!(ann.get(room.path("invitations")).await.items(), &[json!(null); 0]);
    assert_eq!(ann.log(&room).await[3..], ["invitation.created", "invitation.deleted"]);
}

#[both_engines]
async fn invitations_end_with_right_to_invite(engine: Engine) {
    let app = TestApp::new(engine).await;
    let [ann, bob, cem] = [app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await];
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    ann.make("moderator", &room, &bob).await;
    let invitation = bob.invite(&room, json!({})).await;
    ann.make("member", &room, &bob).await;
    cem.accept(&invitation).await.expect_problem(410, "invitation_gone");
    assert_eq!(ann.get(room.path("invitations")).await.items(), &[json!(null); 0]);
    assert_eq!(ann.log(&room).await[4..], ["invitation.created", "membership.updated", "invitation.deleted"]);
    ann.make("moderator", &room, &bob).await;
    cem.accept(&invitation).await.expect_problem(410, "invitation_gone");
}

#[both_engines]
async fn invitation_expires(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    let invitation = ann.invite(&room, json!({"expires_in_seconds": 120})).await;
    app.clock.set_forward(60);
    bob.accept(&invitation).await.expect_status(201);
    app.clock.set_forward(60);
    cem.accept(&invitation).await.expect_problem(410, "invitation_gone");
    bob.accept(&invitation).await.expect_status(200);
    assert_eq!(ann.get(room.path("invitations")).await.items(), &[json!(null); 0]);
    ann.delete(path_of(&room, &invitation)).await.expect_status(204);
}

#[both_engines]
async fn similar_code_is_not_found(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let (room, other) = (ann.create_room("A", "public", &[]).await, ann.create_room("B", "public", &[]).await);
    let code = ann.invite(&room, json!({})).await["code"].as_str().unwrap().to_owned();
    let others = ann.invite(&other, json!({})).await["code"].as_str().unwrap().to_owned();
    let last = if code.ends_with('A') { 'B' } else { 'A' };
    let mut wrong = vec![
        format!("{}{last}", &code[..63]),
        // The chatroom of one code, the invitation and the secret of the other.
        format!("{}{}", &code[..22], &others[22..]),
        // The secret of the other code.
        format!("{}{}", &code[..43], &others[43..]),
        code[..60].to_owned(),
        format!("{code}AAAA"),
        format!("{code}="),
        code.to_lowercase(),
        "A".repeat(64),
        "%00".to_owned(),
        "x".repeat(10_000),
    ];
    wrong.retain(|wrong| *wrong != code);
    for wrong in wrong {
        let path = format!("/api/invitations/{wrong}/accept");
        bob.request(Method::POST, path).send().await.expect_problem(404, "invitation_not_found");
    }
    ann.delete(room.own_path()).await.expect_status(204);
    bob.accept(&json!({"code": code})).await.expect_problem(404, "invitation_not_found");
}

#[both_engines]
async fn invalid_bounds_are_named(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let path = room.path("invitations");
    for wrong in [-1, 0, 59, 31_536_001, i64::MAX] {
        ann.post(&path, json!({"expires_in_seconds": wrong})).await.expect_invalid("expires_in_seconds");
    }
    for wrong in [-1, 0, 10_001, i64::MIN] {
        ann.post(&path, json!({"max_uses": wrong})).await.expect_invalid("max_uses");
    }
    let both = ann.post(&path, json!({"expires_in_seconds": 1, "max_uses": 0})).await;
    let pointers: Vec<_> = both.errors().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/expires_in_seconds", "/max_uses"]);
    for malformed in
        [json!({"max_uses": "1"}), json!({"max_uses": 1.5}), json!([]), json!({"expires_in_seconds": []})]
    {
        ann.post(&path, malformed).await.expect_problem(400, "malformed_body");
    }
    ann.request(Method::POST, &path).send().await.expect_problem(400, "malformed_body");
    let forged = json!({"code": "x", "uses": -7, "secret": "x", "id": room.id, "created_by": room.id});
    let made = ann.invite(&room, forged).await;
    assert_eq!((&made["uses"], &made["created_by"]), (&json!(0), &json!(ann.id)));
    assert_ne!((&made["id"], &made["code"]), (&json!(room.id), &json!("x")));
}

#[both_engines]
async fn invitations_are_paged_newest_first(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let mut newest_first = Vec::new();
    for _ in 0..5 {
        newest_first.insert(0, ann.invite(&room, json!({})).await["code"].clone());
    }
    for limit in [1, 2, 5] {
        let codes = each(&all_pages(&ann, &room.path("invitations"), limit).await, "code");
        assert_eq!(codes, newest_first, "{limit}");
    }
}
