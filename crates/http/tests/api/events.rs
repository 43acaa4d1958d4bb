//! The log of a chatroom: every durable change, dense and in order.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::answer::fields;
use crate::app::TestApp;
use crate::people::{Person, Room};

async fn whole_log(person: &Person, room: &Room) -> Vec<Value> {
    person.get(room.path("events?limit=200")).await.expect_status(200).items().to_vec()
}

#[both_engines]
async fn every_change_takes_next_seq(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "public", &[&bob]).await;
    let sent = bob.say(&room, "hello").await;
    bob.edit(&sent, "hello again").await;
    cem.join(&room).await;
    bob.patch(room.own_path(), json!({"name": "New"})).await.expect_status(200);
    ann.promote(&room, &bob).await;
    ann.erase(&sent).await;
    cem.leave(&room).await;
    let log = whole_log(&ann, &room).await;
    let seqs: Vec<u64> = log.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=10).collect::<Vec<_>>());
    assert_eq!(ann.get(room.own_path()).await["last_seq"], 10);
    assert_eq!(
        ann.log(&room).await,
        [
            "chatroom.created",
            "membership.created",
            "membership.created",
            "message.created",
            "message.updated",
            "membership.created",
            "chatroom.updated",
            "membership.updated",
            "message.deleted",
            "membership.deleted",
        ]
    );
    let actors: Vec<&Value> = log.iter().map(|event| &event["actor_id"]).collect();
    let by = [&ann, &ann, &ann, &bob, &bob, &cem, &bob, &ann, &ann, &cem];
    assert_eq!(actors, by.map(|person| &person.id));
    assert!(log.iter().all(|event| fields(event) == ["actor_id", "at", "chatroom_id", "data", "seq", "type"]));
}

#[both_engines]
async fn event_describes_change(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "public", &[&bob]).await;
    let sent = bob.say(&room, "hello").await;
    ann.patch(room.own_path(), json!({"name": "New", "visibility": "private"})).await.expect_status(200);
    bob.leave(&room).await;
    let data: Vec<Value> = whole_log(&ann, &room).await.into_iter().map(|event| event["data"].clone()).collect();
    let member = |id: &str, name: &str, value: &str| json!({"chatroom_id": room.id, "user_id": id, name: value});
    let set = |name: &str, visibility: &str| {
        json!({
            "id": room.id, "name": name, "visibility": visibility, "topic": null, "rename_role": "member",
            "add_role": "member", "delete_role": "owner", "slow_mode_seconds": 0, "archived": false,
        })
    };
    assert_eq!(
        data,
        [
            set("Plans", "public"),
            member(&ann.id, "role", "owner"),
            member(&bob.id, "role", "member"),
            sent,
            set("New", "private"),
            member(&bob.id, "reason", "left"),
        ]
    );
}

#[both_engines]
async fn old_text_is_never_replayed(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let (one, two) = (ann.say(&room, "secret one").await, ann.say(&room, "secret two").await);
    let edited = ann.edit(&one, "public one").await;
    ann.erase(&two).await;
    let log = whole_log(&ann, &room).await;
    assert!(!json!(log).to_string().contains("secret"));
    let of_one: Vec<&Value> =
        log.iter().map(|event| &event["data"]).filter(|data| data["id"] == one["id"]).collect();
    assert_eq!(of_one, [&edited, &edited], "the message as it is now, also where it was sent");
}

#[both_engines]
async fn log_continues_after_seq(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    ann.say_each(&room, &["3", "4", "5", "6"]).await;
    let seqs =
        async |query: &str| ann.get(room.path(&format!("events?{query}"))).await.expect_status(200).each("seq");
    assert_eq!(seqs("after=4").await, [5, 6]);
    assert_eq!(seqs("after=0&limit=2").await, [1, 2]);
    assert_eq!(seqs("after=3&limit=2").await, [4, 5]);
    assert!(seqs("after=6").await.is_empty());
    assert!(seqs("after=9223372036854775807").await.is_empty());
    for wrong in ["after=-1", "after=x", "after=9223372036854775808", "after=", "after=1.5"] {
        ann.get(room.path(&format!("events?{wrong}"))).await.expect_problem(422, "invalid_value");
    }
}

#[both_engines]
async fn new_member_reads_whole_log(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[]).await;
    ann.say(&room, "before bob").await;
    ann.add(&room, &bob).await;
    assert_eq!(whole_log(&bob, &room).await, whole_log(&ann, &room).await);
    assert_eq!(bob.read(&room).await, ["before bob"]);
}
