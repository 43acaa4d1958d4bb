//! Mentions of users.

use std::slice::from_ref;

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::app::TestApp;

fn mentions(all: bool, user_ids: &[&str]) -> Value {
    json!({"all": all, "user_ids": user_ids})
}

#[both_engines]
async fn named_member_is_mentioned(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("Bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let sent = ann.say(&room, "@bob, @cem, @ann, @nobody and `@bob`: write to x@bob").await;
    assert_eq!(sent["mentions"], mentions(false, &[&bob.id]));
    assert_eq!(ann.say(&room, "hello").await["mentions"], mentions(false, &[]));
    let found = bob.get("/api/users/me/mentions").await.expect_status(200);
    assert_eq!(found.items(), from_ref(&sent));
    let shown = bob.get("/api/users/me/mentions?render=html").await.expect_status(200);
    assert!(shown["html"][sent["id"].as_str().unwrap()].as_str().unwrap().starts_with("<p>@bob"));
    for person in [&ann, &cem] {
        assert_eq!(person.get("/api/users/me/mentions").await.expect_status(200).items().len(), 0);
    }
    let edited = ann.edit(&sent, "never mind").await;
    assert_eq!(edited["mentions"], mentions(false, &[]));
    assert_eq!(bob.get("/api/users/me/mentions").await.items().len(), 0);
    let again = ann.edit(&edited, "or do, @BOB").await;
    assert_eq!(bob.get("/api/users/me/mentions").await.items(), from_ref(&again));
    ann.erase(&again).await;
    assert_eq!(bob.get("/api/users/me/mentions").await.items().len(), 0);
}

#[both_engines]
async fn mention_of_all_requires_moderator(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let call = ann.say(&room, "@all @bob: tea").await;
    assert_eq!(call["mentions"], mentions(true, &[]));
    assert_eq!(bob.say(&room, "@all: coffee").await["mentions"], mentions(false, &[]));
    assert_eq!(bob.get("/api/users/me/mentions").await.items(), [call]);
    ann.make("moderator", &room, &bob).await;
    let call = bob.say(&room, "@all: coffee").await;
    assert_eq!(ann.get("/api/users/me/mentions").await.items(), [call]);
}

#[both_engines]
async fn unread_mentions_are_named_and_counted(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let (first, second) = (ann.say(&room, "@bob: tea").await, ann.say(&room, "@all: coffee").await);
    let plain = ann.say(&room, "nothing").await;
    let unread = async |seq: &Value| {
        let marker = json!({"seq": seq, "force": true});
        let request = bob.request(Method::PUT, room.path("read_marker")).json(marker);
        request.send().await.expect_status(200);
        let listed = bob.get("/api/users/me/mentions").await.expect_status(200);
        let count = bob.get("/api/chatrooms").await.expect_status(200).items()[0]["mention_count"].clone();
        assert_eq!(json!(listed["unread"].as_array().unwrap().len()), count);
        listed["unread"].clone()
    };
    assert_eq!(unread(&json!(0)).await, json!([second["id"], first["id"]]));
    assert_eq!(unread(&first["seq"]).await, json!([second["id"]]));
    assert_eq!(unread(&plain["seq"]).await, json!([]));
    ann.edit(&plain, "@bob: something").await;
    assert_eq!(unread(&plain["seq"]).await, json!([]), "it was read");
    assert_eq!(unread(&second["seq"]).await, json!([plain["id"]]));
    assert!(ann.get("/api/users/me/messages").await.expect_status(200)["unread"].is_null());
}

#[both_engines]
async fn mentions_are_paged(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let (one, two) =
        (ann.create_room("One", "private", &[&bob]).await, ann.create_room("Two", "private", &[&bob]).await);
    ann.say(&one, "@bob 1").await;
    ann.say(&two, "@all 2").await;
    ann.say(&one, "@all 3").await;
    let first = bob.get("/api/users/me/mentions?limit=2").await.expect_status(200);
    assert_eq!(first.each("body"), ["@all 3", "@all 2"]);
    let next = format!("/api/users/me/mentions?limit=2&cursor={}", first.str("next_cursor"));
    let rest = bob.get(next).await.expect_status(200);
    assert_eq!((rest.each("body"), &rest["next_cursor"]), (vec![json!("@bob 1")], &Value::Null));
}
