//! A client that keeps its own picture from `ready` and the events that follow has the picture that a
//! fresh look would give it, whatever happens.

use std::collections::BTreeMap;

use chit_chat_contract::Engine;
use rstest::rstest;
use serde_json::{Value, json};

use super::ears::Ears;
use crate::app::TestApp;
use crate::people::{Person, Room, path_of};
use crate::sockets::Listening;

const STEPS: usize = 60;

/// What a client knows of one chatroom.
#[derive(Debug, Default, PartialEq)]
struct Picture {
    name: Value,
    head: i64,
    roles: BTreeMap<String, String>,
    messages: BTreeMap<i64, Value>,
}

/// A small generator, so that a failure can be repeated from its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

#[rstest]
#[actix_web::test]
async fn what_is_heard_adds_up_to_what_is_there(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(1, 2, 3)] seed: u64,
) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "public", &[]).await;
    let server = Listening::start(&app);
    let mut picture = look(&ann, &room).await;
    let mut ears = Ears::resume(&server, &ann, &json!({&room.id: picture.head}));
    assert_eq!(ears.expect("ready")["data"]["heads"][&room.id], picture.head);
    ears.expect("caught_up");
    let mut dice = Dice(seed);
    for step in 0..STEPS {
        happen(&mut dice, &ann, [&bob, &cem], &room).await;
        if dice.roll(8) == 0 {
            // The connection is lost; the client goes on from its own position.
            ears = Ears::resume(&server, &ann, &json!({&room.id: picture.head}));
            ears.expect("ready");
        }
        let now = look(&ann, &room).await;
        while picture.head < now.head {
            let heard = ears.next().expect("an event");
            picture.apply(&heard.kind, &heard.body);
        }
        assert_eq!(picture, now, "seed {seed}, step {step}");
    }
}

impl Picture {
    fn apply(&mut self, kind: &str, event: &Value) {
        let Some(seq) = event["seq"].as_i64() else { return };
        assert_eq!(seq, self.head + 1, "{event}");
        self.head = seq;
        let data = &event["data"];
        let text = |name: &str| data[name].as_str().unwrap().to_owned();
        match kind {
            "chatroom.updated" => self.name = data["name"].clone(),
            "membership.created" | "membership.updated" => drop(self.roles.insert(text("user_id"), text("role"))),
            "membership.deleted" => drop(self.roles.remove(&text("user_id"))),
            "message.created" | "message.updated" | "message.deleted" => {
                // What is heard twice, or as it was later, never goes back.
                let known = self.messages.entry(data["seq"].as_i64().unwrap()).or_default();
                if known["revision"].as_i64().unwrap_or_default() <= data["revision"].as_i64().unwrap() {
                    *known = data.clone();
                }
            }
            _ => panic!("unknown: {event}"),
        }
    }
}

async fn look(ann: &Person, room: &Room) -> Picture {
    let chatroom = ann.get(room.own_path()).await.expect_status(200).body;
    let members = ann.get(room.memberships()).await.expect_status(200).body;
    let messages = ann.get(room.path("messages?limit=200")).await.expect_status(200).body;
    let each = |list: &Value| list["items"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Picture {
        name: chatroom["name"].clone(),
        head: chatroom["last_seq"].as_i64().unwrap(),
        roles: each(&members).iter().map(|it| (text(&it["user_id"]), text(&it["role"]))).collect(),
        messages: each(&messages).into_iter().map(|it| (it["seq"].as_i64().unwrap(), it)).collect(),
    }
}

/// Something, if it is possible just now.
async fn happen(dice: &mut Dice, ann: &Person, others: [&Person; 2], room: &Room) {
    let other = others[dice.roll(2)];
    let message = {
        let page = ann.get(room.messages()).await;
        let items = page["items"].as_array().unwrap().clone();
        (!items.is_empty()).then(|| items[dice.roll(items.len())].clone())
    };
    match (dice.roll(9), message) {
        (0..=2, _) | (3..=5, None) => drop(ann.say(room, &format!("{}", dice.roll(1_000))).await),
        (3 | 4, Some(message)) => {
            let edit = json!({"body": format!("edited {}", dice.roll(1_000))});
            ann.patch(path_of(&message), edit).await;
        }
        (5, Some(message)) => drop(ann.delete(path_of(&message)).await),
        (6, _) => drop(ann.patch(room.own_path(), json!({"name": format!("Plans {}", dice.roll(99))})).await),
        (7, _) => {
            let membership = room.membership(&other.id);
            if ann.put(&membership).await.status == 200 {
                ann.patch(&membership, json!({"role": if dice.roll(2) == 0 { "owner" } else { "member" }})).await;
            }
        }
        _ => drop(other.delete(room.membership("me")).await),
    }
}
