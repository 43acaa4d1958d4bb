//! Bans and invitations on streams.

use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use super::event_stream::EventStream;
use crate::app::TestApp;
use crate::sockets::Listening;

#[both_engines]
async fn banned_user_receives_end_of_membership_last(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let mut one = EventStream::open(&server, &bob, &room.path("events"), &[]);
    one.expect("caught_up");
    let mut all = EventStream::open(&server, &bob, "/api/events", &[]);
    all.expect_each(&["ready", "caught_up"]);
    ann.ban(&room, &bob).await;
    ann.say(&room, "among ourselves").await;
    ann.delete(room.ban(&bob.id)).await.expect_status(204);
    for stream in [&mut one, &mut all] {
        let ban = stream.expect("ban.created");
        assert_eq!((&ban["actor_id"], &ban["seq"]), (&json!(ann.id), &json!(4)));
        assert_eq!(ban["data"], json!({"chatroom_id": room.id, "user_id": bob.id}));
        let end = stream.expect("membership.deleted");
        assert_eq!(end["data"], json!({"chatroom_id": room.id, "user_id": bob.id, "reason": "banned"}));
    }
    one.expect_end();
    ann.add(&room, &bob).await;
    assert_eq!(all.expect("membership.created")["seq"], 8);
}

#[both_engines]
async fn accepted_invitation_reaches_members_and_starts_stream(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut anns = EventStream::open(&server, &ann, &room.path("events"), &[]);
    anns.expect("caught_up");
    let mut bobs = EventStream::open(&server, &bob, "/api/events", &[]);
    bobs.expect_each(&["ready", "caught_up"]);
    let invitation = ann.invite(&room, json!({"max_uses": 1})).await;
    let made = anns.expect("invitation.created");
    assert_eq!(made["data"], json!({"chatroom_id": room.id, "invitation_id": invitation["id"]}));
    bob.accept(&invitation).await.expect_status(201);
    assert_eq!(anns.expect("membership.created")["data"]["user_id"], bob.id);
    assert_eq!(bobs.expect("membership.created")["seq"], 4);
    let path = room.path(&format!("invitations/{}", invitation["id"].as_str().unwrap()));
    ann.delete(path).await.expect_status(204);
    for stream in [&mut anns, &mut bobs] {
        assert_eq!(stream.expect("invitation.deleted")["data"], made["data"]);
    }
}
