//! Sending, reading, editing and deleting messages.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::fields;
use crate::app::TestApp;
use crate::people::path_of;

pub(crate) const FIELDS: [&str; 14] = [
    "author_id",
    "body",
    "chatroom_id",
    "client_key",
    "created_at",
    "deleted_at",
    "edited_at",
    "id",
    "mentions",
    "reactions",
    "reply_count",
    "reply_to",
    "revision",
    "seq",
];

#[both_engines]
async fn sent_message_is_readable_by_members(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let sent = ann.post(room.messages(), json!({"body": "hello"})).await.expect_status(201);
    assert_eq!(sent.fields(), FIELDS);
    assert_eq!((&sent["body"], &sent["revision"]), (&json!("hello"), &json!(1)));
    assert_eq!((&sent["author_id"], &sent["chatroom_id"]), (&json!(ann.id), &json!(room.id)));
    for absent in ["edited_at", "deleted_at", "client_key"] {
        assert_eq!(sent[absent], Value::Null);
    }
    assert_eq!(sent.header("Location"), Some(path_of(&sent.body).as_str()));
    assert_eq!(sent.header("ETag"), Some("\"1\""));
    assert_eq!(ann.get(room.own_path()).await["last_seq"], sent["seq"]);
    assert_eq!(bob.get(room.messages()).await.expect_status(200)["items"], json!([sent.body]));
    assert_eq!(bob.get(path_of(&sent.body)).await.expect_status(200).body, sent.body);
}

#[both_engines]
async fn body_is_kept_byte_for_byte(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let zalgo = format!("e{}", "\u{301}".repeat(9_999));
    let longest = "👩".repeat(10_000);
    for text in [
        " leading and trailing \n",
        "\u{feff}with a byte order mark\u{feff}",
        "right to left \u{202e}override",
        "e\u{301} is not é",
        "\u{1}\u{7f}\u{85}\u{200b}\u{fffd}\u{10ffff}\u{fdd0}",
        "\r\n\ttabs\\ and \"quotes\" '; DROP TABLE messages; -- <b>&amp;</b> {{x}} %s $1 ?",
        "👩‍👩‍👧‍👦 ہیلو שלום 你好 นี่",
        &zalgo,
        &longest,
    ] {
        let sent = ann.say(&room, text).await;
        assert_eq!(sent["body"], text);
        assert_eq!(ann.get(path_of(&sent)).await["body"], text);
        ann.edit(&sent, "something else").await;
        assert_eq!(ann.edit(&sent, text).await["body"], text);
    }
    let surrogates = ann.post_bytes(room.messages(), r#"{"body": "\ud83d\ude00"}"#).await.expect_status(201);
    assert_eq!(surrogates["body"], "😀");
}

#[both_engines]
async fn invalid_body_is_rejected(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let sent = ann.say(&room, "x").await;
    let (long, marks) = ("x".repeat(10_001), format!("e{}", "\u{301}".repeat(10_000)));
    for body in ["", " ", "\n\t\u{2003}\u{a0}", "nul \0", &long, &marks] {
        ann.post(room.messages(), json!({"body": body})).await.expect_invalid("body");
        ann.patch(path_of(&sent), json!({"body": body})).await.expect_invalid("body");
    }
    for body in [json!({}), json!({"body": null}), json!({"body": 1}), json!({"text": "x"}), json!(["x"])] {
        ann.post(room.messages(), body.clone()).await.expect_problem(400, "malformed_body");
        ann.patch(path_of(&sent), body).await.expect_problem(400, "malformed_body");
    }
    assert_eq!(ann.read(&room).await, ["x"]);
}

#[both_engines]
async fn edit_raises_revision(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let sent = bob.say(&room, "helo").await;
    let edited = bob.patch(path_of(&sent), json!({"body": "hello"})).await.expect_status(200);
    assert_eq!(edited.header("ETag"), Some("\"2\""));
    assert_eq!(edited.fields(), FIELDS);
    assert_eq!((&edited["body"], &edited["revision"]), (&json!("hello"), &json!(2)));
    assert!(edited["edited_at"].is_string());
    for kept in ["id", "seq", "author_id", "created_at", "deleted_at"] {
        assert_eq!(edited[kept], sent[kept], "{kept}");
    }
    assert_eq!(ann.get(room.messages()).await["items"], json!([edited.body]));
    let same = bob.patch(path_of(&sent), json!({"body": "hello"})).await.expect_status(200);
    assert_eq!(same.body, edited.body, "the same again changes nothing");
    ann.patch(path_of(&sent), json!({"body": "forged"})).await.expect_problem(403, "not_the_author");
}

#[both_engines]
async fn delete_leaves_tombstone(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    bob.say(&room, "first").await;
    let sent = bob.say(&room, "regretted").await;
    bob.edit(&sent, "regretted more").await;
    bob.say(&room, "last").await;
    let deleted = bob.delete(path_of(&sent)).await.expect_status(204);
    assert_eq!(deleted.text, "");
    assert_eq!(ann.read(&room).await, [json!("first"), Value::Null, json!("last")]);
    let tombstone = ann.get(path_of(&sent)).await.expect_status(200);
    assert_eq!(tombstone.fields(), FIELDS);
    assert_eq!((&tombstone["body"], &tombstone["revision"]), (&Value::Null, &json!(3)));
    assert!(tombstone["deleted_at"].is_string());
    assert_eq!((&tombstone["seq"], &tombstone["author_id"]), (&sent["seq"], &json!(bob.id)));
    bob.patch(path_of(&sent), json!({"body": "again"})).await.expect_problem(409, "message_deleted");
    bob.erase(&sent).await;
    assert_eq!(ann.get(path_of(&sent)).await.body, tombstone.body, "deleting again changes nothing");
    assert!(!ann.get(room.path("events?limit=200")).await.text.contains("regretted"));
}

#[both_engines]
async fn owner_deletes_messages_of_others_and_member_does_not(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[&bob, &cem]).await;
    let (by_ann, by_bob) = (ann.say(&room, "a").await, bob.say(&room, "b").await);
    cem.delete(path_of(&by_bob)).await.expect_problem(403, "not_the_author");
    bob.delete(path_of(&by_ann)).await.expect_problem(403, "not_the_author");
    ann.erase(&by_bob).await;
    assert_eq!(cem.read(&room).await, [json!("a"), Value::Null]);
}

#[both_engines]
async fn message_is_found_only_in_its_chatroom(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let (room, other) = (ann.create_room("A", "private", &[]).await, ann.create_room("B", "private", &[]).await);
    let sent = ann.say(&room, "here").await;
    let elsewhere = format!("{}/{}", other.messages(), sent["id"].as_str().unwrap());
    let unknown = format!("{}/{}", room.messages(), Uuid::now_v7());
    for path in [elsewhere, unknown, room.path("messages/no-id"), room.path("messages/%00")] {
        ann.get(&path).await.expect_problem(404, "message_not_found");
        ann.patch(&path, json!({"body": "x"})).await.expect_problem(404, "message_not_found");
        ann.delete(&path).await.expect_problem(404, "message_not_found");
    }
    assert_eq!(ann.read(&room).await, ["here"]);
}

#[both_engines]
async fn message_embeds_no_names(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann_by_name").await;
    ann.patch("/api/users/me", json!({"display_name": "Queen Ann"})).await.expect_status(200);
    let room = ann.create_room("Plans", "private", &[]).await;
    ann.say(&room, "hello").await;
    for path in [room.messages(), room.path("events"), "/api/users/me/messages".into(), "/api/chatrooms".into()] {
        let text = ann.get(&path).await.expect_status(200).text;
        assert!(!text.contains("ann_by_name") && !text.contains("Queen"), "{path}: {text}");
    }
}

#[both_engines]
async fn own_messages_are_limited_to_current_memberships(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let kept = ann.create_room("Kept", "private", &[&bob]).await;
    let left = ann.create_room("Left", "private", &[&bob]).await;
    let one = bob.say(&kept, "one").await;
    bob.say(&left, "elsewhere").await;
    ann.say(&kept, "not mine").await;
    let gone = bob.say(&kept, "gone").await;
    let two = bob.say(&kept, "two").await;
    bob.erase(&gone).await;
    bob.leave(&left).await;
    let edited = bob.edit(&one, "one, edited").await;
    let list = bob.get("/api/users/me/messages").await.expect_status(200);
    assert_eq!(list.items(), [two, edited]);
    assert_eq!(fields(&list.items()[0]), FIELDS);
}

#[both_engines]
async fn author_deletes_own_messages_after_leaving(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    for (visibility, status, code) in [("private", 404, "chatroom_not_found"), ("public", 403, "not_a_member")] {
        let room = ann.create_room("Plans", visibility, &[&bob, &cem]).await;
        let (left, banned) = (bob.say(&room, "one").await, cem.say(&room, "two").await);
        let of_ann = ann.say(&room, "three").await;
        bob.leave(&room).await;
        ann.ban(&room, &cem).await;
        ann.patch(room.own_path(), json!({"archived": true})).await.expect_status(200);
        for (former, own) in [(&bob, &left), (&cem, &banned)] {
            former.get(path_of(own)).await.expect_problem(status, code);
            former.patch(path_of(own), json!({"body": "x"})).await.expect_problem(status, code);
            former.delete(path_of(&of_ann)).await.expect_problem(status, code);
            let stale = former.request(Method::DELETE, path_of(own)).header("If-Match", "\"2\"");
            stale.send().await.expect_problem(412, "revision_mismatch");
            former.erase(own).await;
            former.erase(own).await;
        }
        bob.delete(path_of(&banned)).await.expect_problem(status, code);
        assert_eq!(ann.read(&room).await, [json!(null), json!(null), json!("three")]);
        let log = ann.get(room.path("events?limit=200")).await.expect_status(200);
        let last = log.items().last().unwrap();
        assert_eq!((&last["type"], &last["actor_id"]), (&json!("message.deleted"), &json!(cem.id)));
    }
}

#[both_engines]
async fn history_answers_head_like_get(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let sent = ann.say(&room, "hello").await;
    let head = ann.request(Method::HEAD, path_of(&sent)).send().await.expect_status(200);
    assert_eq!(head.header("ETag"), Some("\"1\""));
    ann.request(Method::HEAD, room.messages()).send().await.expect_status(200);
    ann.request(Method::HEAD, "/api/chatrooms/x").send().await.expect_status(404);
}
