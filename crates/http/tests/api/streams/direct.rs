//! Direct chatrooms on streams.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use super::event_stream::EventStream;
use crate::app::TestApp;
use crate::sockets::Listening;

#[both_engines]
async fn new_direct_chatroom_reaches_other_member_with_first_message(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let server = Listening::start(&app);
    let mut all = [&ann, &bob, &cem].map(|person| EventStream::open(&server, person, "/api/events", &[]));
    for stream in &mut all {
        stream.expect_each(&["ready", "caught_up"]);
    }
    let [mut stream_of_ann, mut stream_of_bob, mut stream_of_cem] = all;
    let room = ann.open(&bob).await;
    stream_of_ann.expect_each(&["membership.created", "membership.created"]);
    let plans = cem.create_room("Plans", "private", &[&bob]).await;
    assert_eq!(stream_of_bob.expect("membership.created")["chatroom_id"], plans.id.as_str());
    let mut late = EventStream::open(&server, &bob, "/api/events", &[]);
    assert_eq!(late.expect("ready")["data"]["heads"], json!({&plans.id: 3}));
    late.expect("caught_up");
    ann.say(&room, "hello").await;
    assert_eq!(stream_of_ann.expect("message.created")["data"]["body"], "hello");
    for stream in [&mut stream_of_bob, &mut late] {
        let joined = stream.expect("membership.created");
        assert_eq!((&joined["chatroom_id"], &joined["data"]["user_id"]), (&json!(room.id), &json!(bob.id)));
        assert_eq!(stream.expect("message.created")["data"]["body"], "hello");
    }
    ann.say(&room, "again").await;
    assert_eq!(stream_of_bob.expect("message.created")["seq"], 5);
    stream_of_cem.expect_each(&["membership.created", "membership.created"]);
    cem.say(&plans, "hi").await;
    assert_eq!(stream_of_cem.expect("message.created")["data"]["body"], "hi");
}

#[both_engines]
async fn stream_covers_hidden_direct_chatroom_and_blocks(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.open(&bob).await;
    let server = Listening::start(&app);
    let mut stream = EventStream::open(&server, &ann, "/api/events", &[]);
    stream.expect_each(&["ready", "caught_up"]);
    ann.leave(&room).await;
    assert_eq!(stream.expect("chatroom.hidden")["data"], json!({"chatroom_id": room.id, "seq": 3}));
    ann.put(format!("/api/direct/{}", bob.id)).await.expect_status(200);
    assert_eq!(stream.expect("chatroom.shown")["data"], json!({"chatroom_id": room.id}));
    bob.say(&room, "are you there?").await;
    assert_eq!(stream.event(), (4, "message.created".to_owned()));
    let block = format!("/api/users/me/blocks/{}", ann.id);
    bob.put(&block).await.expect_status(204);
    let updated = stream.expect("chatroom.updated")["data"].clone();
    assert_eq!((&updated["name"], &updated["archived"]), (&Value::Null, &json!(true)));
    bob.delete(&block).await.expect_status(204);
    assert_eq!(stream.expect("chatroom.updated")["data"]["archived"], false);
    bob.say(&room, "hello").await;
    assert_eq!(stream.event(), (7, "message.created".to_owned()));
}
