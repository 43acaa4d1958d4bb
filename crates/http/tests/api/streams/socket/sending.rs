//! Messages and other frames that a client sends over a WebSocket.

use std::collections::BTreeSet;

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use super::call;
use crate::app::TestApp;
use crate::limits::{limited, rates};
use crate::sockets::Listening;
use crate::streams::event_stream::EventStream;

#[both_engines]
async fn sent_message_is_answered_and_received(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let (mut anns, mut bobs) = (call(&server, &ann), call(&server, &bob));
    let send =
        json!({"type": "send", "ref": "1", "chatroom_id": room.id, "body": "hello", "idempotency_key": "k"});
    anns.say(&send);
    let received = [anns.receive(), anns.receive()];
    let of = |kind: &str| {
        received.iter().find(|it| it["type"] == kind).unwrap_or_else(|| panic!("no {kind}: {received:?}"))
    };
    let (sent, created) = (of("sent"), of("message.created"));
    assert_eq!((&sent["ref"], &sent["replayed"]), (&json!("1"), &json!(false)));
    assert_eq!(sent["message"], created["data"]);
    assert_eq!(bobs.expect("message.created")["data"]["client_key"], "k");
    anns.say(&send);
    let again = anns.expect("sent");
    assert_eq!((&again["replayed"], &again["message"]), (&json!(true), &sent["message"]));
    anns.say(&json!({"type": "typing", "chatroom_id": room.id}));
    assert_eq!(bobs.expect("typing")["actor_id"], ann.id.as_str());
}

#[both_engines]
async fn concurrent_sends_keep_order(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut test_socket = call(&server, &ann);
    for number in 0..100 {
        test_socket.say(&json!({"type": "send", "ref": number.to_string(), "chatroom_id": room.id, "body": number.to_string()}));
    }
    let (mut sent, mut received) = (BTreeSet::new(), Vec::new());
    while sent.len() < 100 || received.len() < 100 {
        let frame = test_socket.receive();
        match frame["type"].as_str().unwrap() {
            "sent" => assert!(sent.insert(frame["ref"].as_str().unwrap().to_owned())),
            "message.created" => received.push(frame["data"]["body"].as_str().unwrap().to_owned()),
            other => panic!("unexpected {other}"),
        }
    }
    assert_eq!(received, (0..100).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[both_engines]
async fn replies_and_mentions_keep_order_among_sends(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let parent = ann.say(&room, "parent").await;
    let server = Listening::start(&app);
    let mut test_socket = call(&server, &ann);
    let body = |number: usize| ["plain", "@bob", "reply", "@all"][number % 4].to_owned() + &format!(" {number}");
    for number in 0..60 {
        let reply_to = if number % 4 == 2 { &parent["id"] } else { &Value::Null };
        test_socket
            .say(&json!({"type": "send", "chatroom_id": room.id, "body": body(number), "reply_to": reply_to}));
    }
    let mut received = Vec::new();
    while received.len() < 60 {
        let frame = test_socket.receive();
        if frame["type"] == "message.created" {
            received.push(frame["data"]["body"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(received, (0..60).map(body).collect::<Vec<_>>());
}

#[both_engines]
async fn refused_send_explains_and_keeps_socket_open(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, eve) = (app.sign_up("ann").await, app.sign_up("eve").await);
    let hidden = ann.create_room("Plans", "private", &[]).await;
    let open = ann.create_room("Plaza", "public", &[]).await;
    let server = Listening::start(&app);
    let mut test_socket = call(&server, &eve);
    let send = |room: &str, body: &str| json!({"type": "send", "ref": "r", "chatroom_id": room, "body": body});
    let mut keyed = send(&open.id, "x");
    keyed["idempotency_key"] = json!("é");
    for (frame, reference, code) in [
        (send(&hidden.id, "x"), json!("r"), "chatroom_not_found"),
        (send("7", "x"), json!("r"), "chatroom_not_found"),
        (send(&open.id, "x"), json!("r"), "not_a_member"),
        (send(&open.id, ""), json!("r"), "invalid_value"),
        (keyed, json!("r"), "invalid_value"),
        (json!({"type": "typing", "ref": "r", "chatroom_id": hidden.id}), json!("r"), "chatroom_not_found"),
        (json!({"type": "typing", "ref": "r", "chatroom_id": open.id}), json!("r"), "not_a_member"),
        (json!({"type": "sing"}), Value::Null, "malformed_body"),
        (json!({"type": "send", "ref": "r"}), json!("r"), "malformed_body"),
        (json!({"type": "send"}), Value::Null, "malformed_body"),
        (json!(7), Value::Null, "malformed_body"),
    ] {
        test_socket.say(&frame);
        let refused = test_socket.expect("refused");
        assert_eq!((&refused["ref"], &refused["problem"]["code"]), (&reference, &json!(code)), "{frame}");
    }
    eve.join(&open).await;
    test_socket.expect("membership.created");
}

#[actix_web::test]
async fn sends_count_as_writes() {
    let rates = chit_chat_http::Rates { writes_per_user: "4/1h".parse().unwrap(), ..rates() };
    let app = TestApp::with_config(Engine::Sqlite, limited(rates)).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut test_socket = call(&server, &ann);
    let send = json!({"type": "send", "chatroom_id": room.id, "body": "x"});
    let mut outcomes = Vec::new();
    for _ in 0..5 {
        test_socket.say(&send);
    }
    while outcomes.len() < 5 {
        let frame = test_socket.receive();
        if ["sent", "refused"].contains(&frame["type"].as_str().unwrap()) {
            outcomes.push(frame["problem"]["code"].clone());
        }
    }
    assert_eq!(outcomes.iter().filter(|code| **code == "rate_limited").count(), 2, "{outcomes:?}");
    let mut others = EventStream::open(&server, &ann, &room.path("events"), &[]);
    others.expect("caught_up");
    // Resuming a stream does not count as a write, although it is a POST.
    EventStream::resume(&server, &ann, &json!({})).expect("ready");
    ann.post(room.path("typing"), json!({})).await.expect_problem(429, "rate_limited");
}
