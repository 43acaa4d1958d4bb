//! `?render=html`: messages as HTML, in addition to their source.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::app::TestApp;
use crate::people::{Person, Room, path_of};

const SOURCES: [&str; 3] = ["**one**\r\n", "<two>\n\n&amp; \\*", "  - `three`\u{feff}"];
const LOOKS: [&str; 3] = [
    "<p><strong>one</strong></p>\n",
    "<p>&lt;two&gt;</p>\n<p>&amp; *</p>\n",
    "<ul>\n<li><code>three</code>\u{feff}</li>\n</ul>\n",
];

async fn room_of_ann(engine: Engine) -> (Person, Room) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    (ann, room)
}

fn rendered(path: &str) -> String {
    format!("{path}{}render=html", if path.contains('?') { '&' } else { '?' })
}

/// The HTML of each item. Asserts that the page has no other fields, except `mine` and `previous_cursor`.
#[track_caller]
fn looks(page: &Answer) -> Vec<Value> {
    let fields: Vec<_> =
        page.fields().into_iter().filter(|field| !["mine", "previous_cursor"].contains(field)).collect();
    assert_eq!(fields, ["html", "items", "next_cursor"]);
    let html = page["html"].as_object().unwrap();
    assert_eq!(html.len(), page.items().iter().filter(|item| item["body"].is_string()).count());
    page.items().iter().map(|item| html.get(item["id"].as_str().unwrap()).cloned().unwrap_or_default()).collect()
}

#[both_engines]
async fn html_is_added_to_messages(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    ann.say_each(&room, &SOURCES).await;
    for path in [room.messages(), format!("{}?after=0", room.messages()), format!("{}?around=4", room.messages())]
    {
        let plain = ann.get(&path).await.expect_status(200);
        let page = ann.get(rendered(&path)).await.expect_status(200);
        assert_eq!(
            (looks(&page), page.each("body")),
            (LOOKS.map(Value::from).into(), SOURCES.map(Value::from).into())
        );
        assert_eq!(page.header("Content-Type"), Some("application/json"));
        let start = format!("{},\"html\":", plain.text.strip_suffix('}').unwrap());
        assert!(page.text.starts_with(&start), "{}", page.text);
        assert_eq!(ann.get(&path).await.expect_status(200).text, plain.text, "{path}");
    }
    let own = ann.get(rendered("/api/users/me/messages")).await.expect_status(200);
    assert_eq!(looks(&own), [LOOKS[2], LOOKS[1], LOOKS[0]]);
    assert_eq!(ann.get("/api/users/me/messages").await.fields(), ["items", "next_cursor"]);
}

#[both_engines]
async fn single_message_has_html(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    for (source, html) in SOURCES.into_iter().zip(LOOKS) {
        let sent = ann.say(&room, source).await;
        let mut expected = sent.clone();
        expected["html"] = json!(html);
        let shown = ann.get(rendered(&path_of(&sent))).await.expect_status(200);
        assert_eq!((&shown.body, shown.header("ETag")), (&expected, Some("\"1\"")));
        assert_eq!(ann.get(path_of(&sent)).await.expect_status(200).body, sent);
    }
}

#[both_engines]
async fn tombstone_has_no_html(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let sent = ann.say(&room, "*regretted*").await;
    ann.say(&room, "*kept*").await;
    ann.erase(&sent).await;
    let page = ann.get(rendered(&room.messages())).await.expect_status(200);
    assert_eq!(looks(&page), [Value::Null, json!("<p><em>kept</em></p>\n")]);
    let tombstone = ann.get(rendered(&path_of(&sent))).await.expect_status(200);
    assert_eq!(tombstone.body.get("html"), Some(&Value::Null));
    assert_eq!(looks(&ann.get(rendered("/api/users/me/messages")).await), ["<p><em>kept</em></p>\n"]);
}

#[both_engines]
async fn html_follows_changes_of_every_instance(engine: Engine) {
    let here = TestApp::new(engine).await;
    let there = here.another_instance().await;
    let ann = here.sign_up("ann").await;
    let ann_there = there.bearer(ann.token.as_ref().unwrap());
    let room = ann.create_room("Plans", "private", &[]).await;
    assert_eq!(looks(&ann.get(rendered(&room.messages())).await), [Value::Null; 0]);
    let sent = ann.say(&room, "*one*").await;
    for _ in 0..2 {
        assert_eq!(looks(&ann.get(rendered(&room.messages())).await), ["<p><em>one</em></p>\n"]);
        assert_eq!(ann.get(room.messages()).await.fields(), ["items", "mine", "next_cursor"]);
    }
    ann_there.patch(path_of(&sent), json!({"body": "~~one~~"})).await.expect_status(200);
    assert_eq!(looks(&ann.get(rendered(&room.messages())).await), ["<p><del>one</del></p>\n"]);
    ann_there.delete(path_of(&sent)).await.expect_status(204);
    assert_eq!(looks(&ann.get(rendered(&room.messages())).await), [Value::Null]);
}

#[both_engines]
async fn cursors_keep_render_parameter(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    ann.say_each(&room, &SOURCES).await;
    let forwards = format!("{}?after=0&limit=1", room.messages());
    for (first, mut expected) in [
        (format!("{}?limit=1", room.messages()), LOOKS.to_vec()),
        ("/api/users/me/messages?limit=1".to_owned(), LOOKS.to_vec()),
        (forwards, LOOKS.iter().rev().copied().collect()),
    ] {
        let mut next = Some(rendered(&first));
        while let Some(path) = next {
            let page = ann.get(&path).await.expect_status(200);
            assert_eq!(looks(&page), [expected.pop().unwrap()], "{path}");
            let link = page.header("Link");
            next = link.map(|link| link.split(['<', '>']).nth(1).unwrap().to_owned());
        }
        assert_eq!(expected, [""; 0], "{first}");
    }
}

#[both_engines]
async fn unknown_render_value_is_rejected(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, eve) = (app.sign_up("ann").await, app.sign_up("eve").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    let one = path_of(&ann.say(&room, "x").await);
    for path in [room.messages(), one.clone(), "/api/users/me/messages".to_owned()] {
        for other in ["", "HTML", "text", "html%00", "html,html", "html&render=html", "html&render=text"] {
            ann.get(format!("{path}?render={other}")).await.expect_problem(422, "invalid_value");
        }
        let refused = ann.get(format!("{path}?render=xml")).await;
        assert_eq!(refused.errors().next().unwrap()["parameter"], "render");
        app.nobody().get(format!("{path}?render=x")).await.expect_problem(401, "unauthenticated");
    }
    for path in [room.messages(), one] {
        eve.get(rendered(&path)).await.expect_problem(404, "chatroom_not_found");
    }
}

#[both_engines]
async fn html_ignores_matching_revision(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let path = path_of(&ann.say(&room, "x").await);
    let ask = |path: String, seen: &'static str| {
        ann.request(actix_web::http::Method::GET, path).header("If-None-Match", seen).send()
    };
    ask(path.clone(), "\"1\"").await.expect_status(304);
    let shown = ask(rendered(&path), "\"1\"").await.expect_status(200);
    assert_eq!((&shown["html"], shown.header("ETag")), (&json!("<p>x</p>\n"), Some("\"1\"")));
    ask(rendered(&path), "1").await.expect_problem(400, "malformed_header");
}

#[both_engines]
async fn full_page_is_rendered(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let sources: Vec<String> = (0..200).map(|number| format!("*{number}* <b>")).collect();
    ann.say_each(&room, &sources.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let page = ann.get(rendered(&room.path("messages?limit=200"))).await.expect_status(200);
    let expected: Vec<String> = (0..200).map(|number| format!("<p><em>{number}</em> &lt;b&gt;</p>\n")).collect();
    assert_eq!(looks(&page), expected);
}
