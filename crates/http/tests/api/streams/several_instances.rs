//! Events of one instance reach the streams of others once these have polled the heads.

use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use super::event_stream::EventStream;
use crate::app::TestApp;
use crate::sockets::Listening;

#[both_engines]
async fn every_kind_of_event_reaches_other_instances(engine: Engine) {
    let here = TestApp::new(engine).await;
    let there = here.another_instance().await;
    let (ann, bob) = (here.sign_up("ann").await, here.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&there);
    let mut anns = EventStream::open(&server, &ann, &room.path("events"), &[]);
    anns.expect("caught_up");
    let mut bobs = EventStream::open(&server, &bob, "/api/events", &[]);
    bobs.expect_each(&["ready", "caught_up"]);
    ann.say(&room, "before").await;
    ann.add(&room, &bob).await;
    there.follow();
    anns.expect_each(&["message.created", "membership.created"]);
    bobs.expect("membership.created");
    let sent = ann.say(&room, "hello").await;
    ann.edit(&sent, "Hello").await;
    there.follow();
    anns.expect_each(&["message.created", "message.updated"]);
    bobs.expect_each(&["message.created", "message.updated"]);
    ann.remove(&room, &bob).await;
    ann.say(&room, "after").await;
    there.follow();
    anns.expect_each(&["membership.deleted", "message.created"]);
    bobs.expect("membership.deleted");
    ann.delete("/api/auth/session").await.expect_status(204);
    there.follow();
    anns.expect("unauthenticated");
    anns.expect_end();
}

#[both_engines]
async fn instances_send_equal_order(engine: Engine) {
    let here = TestApp::new(engine).await;
    let there = here.another_instance().await;
    let ann = here.sign_up("ann").await;
    let elsewhere = there.client_with(ann.token.clone());
    let room = ann.create_room("Plans", "private", &[]).await;
    let servers = [Listening::start(&here), Listening::start(&there)];
    let mut streams = servers.each_ref().map(|server| EventStream::open(server, &ann, &room.path("events"), &[]));
    for number in 0..20 {
        let client = if number % 3 == 0 { &elsewhere } else { &*ann };
        client.post(room.messages(), serde_json::json!({"body": number.to_string()})).await.expect_status(201);
    }
    here.follow();
    there.follow();
    for stream in &mut streams {
        stream.expect("caught_up");
        for number in 0..20 {
            let message = stream.expect("message.created");
            assert_eq!(
                (&message["seq"], &message["data"]["body"]),
                (&(3 + number).into(), &number.to_string().into())
            );
        }
    }
}

/// The log shows messages in their current state; changes after a removal must not reach the removed user.
#[both_engines]
async fn removed_user_sees_no_later_changes(engine: Engine) {
    let here = TestApp::new(engine).await;
    let there = here.another_instance().await;
    let (ann, bob) = (here.sign_up("ann").await, here.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&there);
    let mut anns = EventStream::open(&server, &ann, &room.path("events"), &[]);
    let mut bobs = [
        EventStream::open(&server, &bob, "/api/events", &[]),
        EventStream::open(&server, &bob, &room.path("events"), &[]),
    ];
    anns.expect("caught_up");
    bobs[0].expect("ready");
    for stream in &mut bobs {
        stream.expect("caught_up");
    }
    let (edited, liked) = (ann.say(&room, "harmless").await, ann.say(&room, "liked").await);
    let plain = ann.say(&room, "as it was").await;
    ann.remove(&room, &bob).await;
    ann.edit(&edited, "secret").await;
    ann.react(&liked, "👍").await;
    there.follow();
    for body in ["secret", "liked", "as it was"] {
        assert_eq!(anns.expect("message.created")["data"]["body"], body);
    }
    for stream in &mut bobs {
        for _ in [edited["seq"].clone(), liked["seq"].clone()] {
            let message = stream.expect("message.created");
            assert_eq!((&message["data"]["body"], &message["data"]["reactions"]), (&json!(null), &json!({})));
        }
        assert_eq!(stream.expect("message.created")["data"]["body"], plain["body"]);
        stream.expect("membership.deleted");
    }
}
