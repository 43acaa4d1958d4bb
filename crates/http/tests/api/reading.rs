//! Read markers and mutes, and how the list of chatrooms shows them.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::people::{Person, Room};

/// The read state in the list of a user who has one chatroom.
async fn shown(person: &Person) -> [Value; 3] {
    let list = person.get("/api/chatrooms").await.expect_status(200);
    assert_eq!(list.items().len(), 1);
    ["read_seq", "unread_count", "muted"].map(|field| list.items()[0][field].clone())
}

async fn put(person: &Person, room: &Room, body: Value) -> crate::answer::Answer {
    person.request(Method::PUT, room.path("read_marker")).json(body).send().await
}

#[both_engines]
async fn marker_moves_backwards_only_by_force(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    ann.say_each(&room, &["one", "two", "three"]).await;
    let at = |seq: i64| json!({"chatroom_id": room.id, "seq": seq});
    assert_eq!(bob.get(room.path("read_marker")).await.expect_status(200).body, at(3));
    assert_eq!(shown(&bob).await, [json!(3), json!(3), json!(false)]);
    for (body, seq) in [
        (json!({"seq": 5}), 5),
        (json!({"seq": 4}), 5),
        (json!({"seq": 5, "force": false}), 5),
        (json!({"seq": 4, "force": true}), 4),
        (json!({"seq": 0, "force": true}), 0),
        (json!({"seq": 6}), 6),
    ] {
        assert_eq!(put(&bob, &room, body).await.expect_status(200).body, at(seq));
        assert_eq!(bob.get(room.path("read_marker")).await.expect_status(200).body, at(seq));
    }
    assert_eq!(shown(&bob).await, [json!(6), json!(0), json!(false)]);
    assert_eq!(ann.get(room.path("read_marker")).await.expect_status(200).body, at(2));
    assert_eq!(ann.get(room.own_path()).await["last_seq"], 6);
}

#[both_engines]
async fn marker_stays_within_log(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    for seq in [-1, 3, i64::MAX, i64::MIN] {
        for force in [false, true] {
            put(&ann, &room, json!({"seq": seq, "force": force})).await.expect_invalid("seq");
        }
    }
    for body in [
        json!({}),
        json!({"seq": null}),
        json!({"seq": "2"}),
        json!({"seq": 1.5}),
        json!({"seq": 1e30}),
        json!({"seq": 2, "force": "yes"}),
        json!({"seq": 2, "force": null}),
        json!(2),
        json!([2, true]),
    ] {
        put(&ann, &room, body).await.expect_problem(400, "malformed_body");
    }
    assert_eq!(ann.get(room.path("read_marker")).await["seq"], 2);
}

#[both_engines]
async fn mute_is_idempotent(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    bob.delete(room.path("mute")).await.expect_status(204);
    for _ in 0..2 {
        bob.put(room.path("mute")).await.expect_status(204);
        assert_eq!(shown(&bob).await[2], true);
    }
    assert_eq!(shown(&ann).await[2], false);
    for _ in 0..2 {
        bob.delete(room.path("mute")).await.expect_status(204);
        assert_eq!(shown(&bob).await[2], false);
    }
    assert_eq!(ann.get(room.own_path()).await["last_seq"], 3);
}

#[both_engines]
async fn marker_moves_in_archived_chatroom(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    ann.say(&room, "the end").await;
    ann.patch(room.own_path(), json!({"archived": true})).await.expect_status(200);
    assert_eq!(put(&bob, &room, json!({"seq": 4})).await.expect_status(200)["seq"], 4);
    bob.put(room.path("mute")).await.expect_status(204);
    assert_eq!(shown(&bob).await, [json!(4), json!(0), json!(true)]);
}

#[both_engines]
async fn rejoin_resets_marker_and_mute(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "public", &[&bob]).await;
    put(&bob, &room, json!({"seq": 0, "force": true})).await.expect_status(200);
    bob.put(room.path("mute")).await.expect_status(204);
    bob.leave(&room).await;
    put(&bob, &room, json!({"seq": 1})).await.expect_problem(403, "not_a_member");
    ann.say(&room, "unread").await;
    bob.join(&room).await;
    assert_eq!(shown(&bob).await, [json!(6), json!(0), json!(false)]);
}

#[both_engines]
async fn chatroom_list_has_counts_by_activity(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let quiet = ann.create_room("Quiet", "private", &[&bob]).await;
    let busy = ann.create_room("Busy", "private", &[&bob]).await;
    ann.say_each(&busy, &["one", "two"]).await;
    bob.say(&busy, "three").await;
    let gone = ann.say(&busy, "gone").await;
    ann.erase(&gone).await;
    let first = bob.get("/api/chatrooms").await.expect_status(200);
    assert_eq!(first.each("name"), ["Busy", "Quiet"]);
    assert_eq!(first.each("unread_count"), [2, 0]);
    ann.say(&quiet, "not any more").await;
    let list = bob.get("/api/chatrooms").await.expect_status(200);
    assert_eq!(list.each("name"), ["Quiet", "Busy"]);
    assert_eq!(list.each("unread_count"), [1, 2]);
    let page = bob.get("/api/chatrooms?limit=1").await.expect_status(200);
    ann.say(&quiet, "and again").await;
    let next = bob.get(format!("/api/chatrooms?limit=1&cursor={}", page.str("next_cursor"))).await;
    assert_eq!(next.expect_status(200).each("name"), ["Busy"]);
    for person in [&ann, &bob] {
        let public = person.get("/api/chatrooms?visibility=public").await.expect_status(200);
        assert_eq!(public.items().len(), 0);
    }
}

#[both_engines]
async fn unread_count_is_capped_at_hundred(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    for number in 0..102 {
        ann.say(&room, &number.to_string()).await;
    }
    assert_eq!(shown(&bob).await[1], 100);
    put(&bob, &room, json!({"seq": 6})).await.expect_status(200);
    assert_eq!(shown(&bob).await[1], 99);
}

#[both_engines]
async fn forged_cursor_is_rejected(engine: Engine) {
    use base64::Engine as _;
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let cursor = |text: &str| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(text);
    let id = &room.id;
    let (negative, too_large) = (format!("-1 1 {id}"), format!("1 9223372036854775808 {id}"));
    for text in [id.clone(), format!("1 {id}"), negative, too_large, format!("1  {id}"), "1 1 x".into()] {
        let path = format!("/api/chatrooms?cursor={}", cursor(&text));
        ann.get(path).await.expect_problem(422, "invalid_value");
    }
    for (micros, found) in [("0", 0), ("9223372036854775807", 1)] {
        let path = format!("/api/chatrooms?cursor={}", cursor(&format!("{micros} 9223372036854775807 {id}")));
        assert_eq!(ann.get(path).await.expect_status(200).items().len(), found);
    }
}
