//! Reactions to messages.

use std::sync::Arc;

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines, emoji};
use chit_chat_domain::id::MessageId;
use chit_chat_domain::message::{Excerpt, Message, MockMessageRepository};
use chit_chat_domain::reaction::{MockReactionRepository, Reactions};
use chit_chat_domain::testing as builders;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{Answer, fields};
use crate::app::{PASSWORD, TestApp};
use crate::mocks;
use crate::people::{path_of, percent_encoded, reaction_path};

#[both_engines]
async fn message_counts_reactions_by_emoji(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let sent = ann.say(&room, "hello").await;
    assert_eq!(sent["reactions"], json!({}));
    bob.react(&sent, "👍").await;
    ann.react(&sent, "👍").await;
    ann.react(&sent, "🎉").await;
    let shown = ann.get(path_of(&sent)).await.expect_status(200);
    assert_eq!(shown["reactions"], json!({"👍": 2, "🎉": 1}));
    assert!(shown.text.contains("{\"👍\":2,\"🎉\":1}"), "those first that were used first");
    assert_eq!((shown.header("ETag"), &shown["revision"]), (Some("\"1\""), &json!(1)));
    assert_eq!(ann.get(room.messages()).await.items(), std::slice::from_ref(&shown.body));
    assert_eq!(ann.get("/api/users/me/messages").await.items(), std::slice::from_ref(&shown.body));
    assert_eq!(ann.get(room.path("events")).await.items()[3]["data"], shown.body);
    assert_eq!(bob.get("/api/chatrooms").await.items()[0]["last_message"], shown.body);
    ann.take_back(&sent, "👍").await;
    ann.take_back(&sent, "🎉").await;
    assert_eq!(ann.get(path_of(&sent)).await["reactions"], json!({"👍": 1}));
    let edited = ann.edit(&sent, "hello again").await;
    assert_eq!((&edited["reactions"], &edited["revision"]), (&json!({"👍": 1}), &json!(2)));
}

#[both_engines]
async fn reaction_is_one_event_and_idempotent(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let sent = ann.say(&room, "hello").await;
    for _ in 0..2 {
        bob.react(&sent, "❤").await;
        bob.react(&sent, "❤\u{fe0f}").await;
    }
    for _ in 0..2 {
        bob.take_back(&sent, "❤").await;
    }
    let events = ann.get(room.path("events?after=4")).await.expect_status(200);
    assert_eq!(events.each("type"), ["reaction.created", "reaction.deleted"]);
    let data = |count: u64| {
        json!({
            "chatroom_id": room.id, "message_id": sent["id"], "user_id": bob.id, "emoji": "❤\u{fe0f}",
            "count": count,
        })
    };
    assert_eq!(events.each("data"), [data(1), data(0)]);
    assert_eq!(events.each("actor_id"), [bob.id.clone(), bob.id.clone()]);
}

#[both_engines]
async fn only_emoji_are_accepted(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let sent = ann.say(&room, "hello").await;
    let good = ["👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇬🇷", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "#️⃣", "1️⃣", "*️⃣", "☺️", "🧑🏻‍❤️‍💋‍🧑🏼"];
    for emoji in good {
        ann.react(&sent, emoji).await;
        let listed =
            ann.get(path_of(&sent) + "/reactions?emoji=" + &percent_encoded(emoji)).await.expect_status(200);
        assert_eq!(listed.each("emoji"), [emoji]);
    }
    let expected: Vec<Value> = good.iter().map(|emoji| json!(emoji)).collect();
    assert_eq!(ann.get(path_of(&sent) + "/reactions").await.each("emoji"), expected);
    for wrong in ["a", "like", "1", "👍👍", "👍 ", "\u{1f3fd}", "\0", "/", "%", "+", "\u{fffd}", "❤\u{fe0e}", "."]
    {
        for answer in [
            ann.put(reaction_path(&sent, wrong)).await,
            ann.delete(reaction_path(&sent, wrong)).await,
            ann.get(path_of(&sent) + "/reactions?emoji=" + &percent_encoded(wrong)).await,
        ] {
            let refused = answer.expect_problem(422, "invalid_value");
            assert_eq!(refused["errors"][0]["parameter"], "emoji", "{wrong:?}");
        }
    }
    let not_utf8 = path_of(&sent) + "/reactions/%F0%9F";
    ann.put(not_utf8).await.expect_problem(422, "invalid_value");
    assert_eq!(ann.get(path_of(&sent)).await["reactions"].as_object().unwrap().len(), good.len());
}

#[both_engines]
async fn reactions_are_listed_by_time(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "private", &[&bob, &cem]).await;
    let sent = ann.say(&room, "hello").await;
    for (person, emoji) in [(&cem, "👍"), (&bob, "🎉"), (&bob, "👍"), (&ann, "👍")] {
        person.react(&sent, emoji).await;
    }
    let path = path_of(&sent) + "/reactions";
    let all = ann.get(&path).await.expect_status(200);
    let who = |answer: &Answer| {
        let each = |item: &Value| (item["user_id"].as_str().unwrap().to_owned(), item["emoji"].clone());
        answer.items().iter().map(each).collect::<Vec<_>>()
    };
    let [a, b, c] = [&ann, &bob, &cem].map(|person| person.id.clone());
    let (thumb, party) = (json!("👍"), json!("🎉"));
    let expected =
        [(c.clone(), thumb.clone()), (b.clone(), party), (b.clone(), thumb.clone()), (a.clone(), thumb)];
    assert_eq!(who(&all), expected);
    assert_eq!(fields(&all.items()[0]), ["created_at", "emoji", "user_id"]);
    let thumbs = format!("{path}?emoji=%F0%9F%91%8D&limit=2");
    let first = ann.get(&thumbs).await.expect_status(200);
    assert_eq!(first.each("user_id"), [c, b]);
    let second = ann.get(format!("{thumbs}&cursor={}", first.str("next_cursor"))).await.expect_status(200);
    assert_eq!((second.each("user_id"), &second["next_cursor"]), (vec![json!(a)], &Value::Null));
    ann.erase(&sent).await;
    assert!(ann.get(&path).await.expect_status(200).items().is_empty());
}

#[both_engines]
async fn tombstone_has_no_reactions(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let sent = ann.say(&room, "hello").await;
    bob.react(&sent, "👍").await;
    ann.erase(&sent).await;
    assert_eq!(bob.get(path_of(&sent)).await["reactions"], json!({}));
    bob.put(reaction_path(&sent, "👍")).await.expect_problem(409, "message_deleted");
    bob.delete(reaction_path(&sent, "👍")).await.expect_problem(409, "message_deleted");
    let unknown = format!("{}/{}/reactions", room.messages(), Uuid::now_v7());
    ann.get(&unknown).await.expect_problem(404, "message_not_found");
    ann.put(format!("{unknown}/%F0%9F%91%8D")).await.expect_problem(404, "message_not_found");
    ann.put(room.path("messages/1/reactions/x")).await.expect_problem(404, "message_not_found");
}

#[both_engines]
async fn archived_chatroom_shows_reactions_and_refuses_new(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let sent = ann.say(&room, "hello").await;
    ann.react(&sent, "👍").await;
    ann.patch(room.own_path(), json!({"archived": true})).await.expect_status(200);
    ann.put(reaction_path(&sent, "👍")).await.expect_problem(409, "chatroom_read_only");
    ann.delete(reaction_path(&sent, "👍")).await.expect_problem(409, "chatroom_read_only");
    assert_eq!(ann.get(path_of(&sent) + "/reactions").await.each("user_id"), [json!(ann.id)]);
}

#[both_engines]
async fn reactions_outlive_account(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let sent = ann.say(&room, "hello").await;
    bob.react(&sent, "👍").await;
    let deletion = bob.request(Method::DELETE, "/api/users/me");
    deletion.json(json!({"password": PASSWORD})).send().await.expect_status(204);
    assert_eq!(ann.get(path_of(&sent)).await["reactions"], json!({"👍": 1}));
    assert_eq!(ann.get(path_of(&sent) + "/reactions").await.each("user_id"), [json!(bob.id)]);
    assert_eq!(ann.get(format!("/api/users/{}", bob.id)).await["deleted"], true);
}

#[both_engines]
async fn pages_show_own_reactions(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let empty = ann.get(room.messages()).await.expect_status(200);
    assert_eq!(empty.body, json!({"items": [], "next_cursor": null, "mine": {}}));
    let sent = ann.say(&room, "*hello*").await;
    bob.react(&sent, "👍").await;
    bob.react(&sent, "❤").await;
    ann.say(&room, "another").await;
    let id = sent["id"].as_str().unwrap();
    for query in ["", "?before=99", "?after=0", "?around=4", "?limit=2", "?render=html"] {
        let path = format!("{}{query}", room.messages());
        let (by_ann, by_bob) = (ann.get(&path).await, bob.get(&path).await);
        assert_eq!((&by_ann["mine"], &by_ann["items"]), (&json!({}), &by_bob["items"]), "{query}");
        assert_eq!(by_bob["mine"], json!({id: ["👍", "❤\u{fe0f}"]}), "{query}");
        assert_eq!(by_bob["html"].is_null(), query != "?render=html");
    }
    let newest = bob.get(format!("{}?limit=1", room.messages())).await.expect_status(200);
    assert_eq!(newest["mine"], json!({}));
    assert_eq!(newest.fields(), ["items", "mine", "next_cursor"]);
}

/// Reads a page from a store with these messages, which expects this many queries for reactions to `asked`.
async fn read(messages: Vec<Message>, times: usize, asked: Vec<MessageId>) -> Answer {
    let mut stores = mocks::silent();
    let (mut history, mut reactions) = (MockMessageRepository::new(), MockReactionRepository::new());
    history.expect_page().times(1).return_const(Ok(Some(Excerpt { head: 9, messages })));
    let of_user = reactions.expect_of_user().times(times).withf(move |_, _, messages| *messages == asked);
    of_user.returning(|_, _, messages| Ok(vec![(messages[0], emoji("👍"))]));
    (stores.messages, stores.reactions) = (Arc::new(history), Arc::new(reactions));
    TestApp::with_stores(stores).await.stranger().get(format!("/api/chatrooms/{}/messages", Uuid::now_v7())).await
}

fn message(seq: i64, reactions: Reactions) -> Message {
    Message { reactions, ..builders::message().with_id(Uuid::now_v7().into()).with_seq(seq).build() }
}

#[actix_web::test]
async fn own_reactions_are_read_once_per_page() {
    let without = || message(1, Reactions::default());
    let with = || message(2, Reactions::default().with(&emoji("👍")));
    let page = read(vec![without(), without()], 0, vec![]).await.expect_status(200);
    assert_eq!(page["mine"], json!({}));
    let (first, second) = (with(), with());
    let asked = vec![first.id, second.id];
    let page = read(vec![without(), first, without(), second], 1, asked.clone()).await.expect_status(200);
    assert_eq!(page["mine"], json!({asked[0].to_string(): ["👍"]}));
}
