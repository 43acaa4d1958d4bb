//! Random actions of users.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::app::{Session, TestApp};
use crate::client::Client;
use crate::people::{Person, Room, path_of, reaction_path};

/// A small random generator, so that a failure can be reproduced from its seed.
pub(super) struct Dice(u64);

/// Ann, who listens and owns a chatroom, and other users, as clients of one instance.
pub(super) struct People {
    pub(super) ann: Person,
    bob: Person,
    cem: Person,
    plans: Room,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.roll(among.len())]
    }
}

impl People {
    pub(super) async fn meet(app: &TestApp) -> Self {
        let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
        let plans = ann.create_room("Plans", "public", &[&bob]).await;
        Self { ann, bob, cem, plans }
    }

    pub(super) fn through(&self, app: &TestApp) -> Self {
        let person = |person: &Person| Person {
            id: person.id.clone(),
            session: Session {
                client: Client::new(app.clone(), person.token.clone()),
                refresh_token: person.session.refresh_token.clone(),
                username: person.session.username.clone(),
            },
        };
        let plans = self.plans.clone();
        Self { ann: person(&self.ann), bob: person(&self.bob), cem: person(&self.cem), plans }
    }

    /// Tries a random action, and returns its description.
    pub(super) async fn happen(&self, dice: &mut Dice) -> String {
        let who = *dice.pick(&[&self.ann, &self.bob, &self.cem]);
        match dice.roll(12) {
            0..=2 => self.say(dice, who, &self.plans).await,
            3..=5 => self.touch_a_message(dice, who).await,
            6 => self.set(dice).await,
            7 => self.change_members(dice).await,
            8 => self.ban_or_invite(dice).await,
            9 => self.keep_for_oneself(dice).await,
            10 => self.meet_in_private(dice).await,
            _ => self.be_guests(dice).await,
        }
    }

    async fn say(&self, dice: &mut Dice, who: &Person, room: &Room) -> String {
        let parent = self.a_message(dice, room).await.filter(|_| dice.roll(2) == 0);
        let body = format!("{} @ann", dice.roll(1_000));
        let message = json!({"body": body, "reply_to": parent.map(|parent| parent["id"].clone())});
        told(who.post(room.messages(), message).await.status, "a message was sent")
    }

    async fn touch_a_message(&self, dice: &mut Dice, who: &Person) -> String {
        let Some(message) = self.a_message(dice, &self.plans).await else {
            return "nothing".to_owned();
        };
        let emoji = *dice.pick(&["👍", "🎉", "👀"]);
        match dice.roll(8) {
            0 | 1 => {
                let author = self.all().into_iter().find(|person| message["author_id"] == person.id).unwrap();
                let edit = json!({"body": format!("edited {}", dice.roll(1_000))});
                told(author.patch(path_of(&message), edit).await.status, "a message was edited")
            }
            2 => told(self.ann.delete(path_of(&message)).await.status, "a message was deleted"),
            3 | 4 => told(who.put(reaction_path(&message, emoji)).await.status, "somebody reacted"),
            5 => told(who.delete(reaction_path(&message, emoji)).await.status, "a reaction was taken back"),
            6 => told(who.put(self.plans.pin(&message)).await.status, "a message was pinned"),
            _ => told(who.delete(self.plans.pin(&message)).await.status, "a message was unpinned"),
        }
    }

    async fn set(&self, dice: &mut Dice) -> String {
        let change = match dice.roll(6) {
            0 => json!({"name": format!("Plans {}", dice.roll(99))}),
            1 => json!({"topic": format!("Topic {}", dice.roll(99))}),
            2 => json!({"topic": null}),
            3 => json!({"visibility": if dice.roll(2) == 0 { "private" } else { "public" }}),
            4 => json!({"rename_role": "owner", "add_role": "moderator", "slow_mode_seconds": dice.roll(2)}),
            _ => json!({"archived": dice.roll(3) == 0}),
        };
        told(self.ann.patch(self.plans.own_path(), change).await.status, "the chatroom was set")
    }

    async fn change_members(&self, dice: &mut Dice) -> String {
        let other = *dice.pick(&[&self.bob, &self.cem]);
        let theirs = self.plans.membership(&other.id);
        match dice.roll(5) {
            0 => told(self.ann.put(&theirs).await.status, "somebody was added"),
            1 => told(other.put(self.plans.membership("me")).await.status, "somebody joined"),
            2 => told(other.delete(self.plans.membership("me")).await.status, "somebody left"),
            3 => told(self.ann.delete(&theirs).await.status, "somebody was removed"),
            _ => {
                let role = json!({"role": dice.pick(&["member", "moderator"])});
                told(self.ann.patch(&theirs, role).await.status, "somebody got a role")
            }
        }
    }

    async fn ban_or_invite(&self, dice: &mut Dice) -> String {
        let ban = self.plans.ban(&self.cem.id);
        let invitations = self.ann.get(self.plans.path("invitations")).await.expect_status(200);
        let invitation = invitations.items().first();
        match (dice.roll(6), invitation) {
            (0, _) => told(self.ann.put(ban).await.status, "somebody was banned"),
            (1 | 2, _) => told(self.ann.delete(ban).await.status, "a ban was lifted"),
            (3, Some(invitation)) => {
                let path = self.plans.path(&format!("invitations/{}", invitation["id"].as_str().unwrap()));
                told(self.ann.delete(path).await.status, "an invitation was revoked")
            }
            (4, Some(invitation)) => told(self.cem.accept(invitation).await.status, "somebody was let in"),
            _ => {
                let made = self.ann.post(self.plans.path("invitations"), json!({"max_uses": 2})).await;
                told(made.status, "an invitation was made")
            }
        }
    }

    /// Changes data that only Ann sees, as from another device.
    async fn keep_for_oneself(&self, dice: &mut Dice) -> String {
        let rooms = self.ann.get("/api/chatrooms").await.expect_status(200).each("id");
        let room = Room { id: dice.pick(&rooms).as_str().unwrap().to_owned() };
        match dice.roll(3) {
            0 => told(self.ann.put(room.path("mute")).await.status, "a chatroom was muted"),
            1 => told(self.ann.delete(room.path("mute")).await.status, "a chatroom was muted no more"),
            _ => {
                let mark = json!({"seq": dice.roll(6), "force": true});
                let call = self.ann.request(Method::PUT, room.path("read_marker")).json(mark);
                told(call.send().await.status, "a marker was moved")
            }
        }
    }

    /// Acts in the direct chatroom of Ann and Bob.
    async fn meet_in_private(&self, dice: &mut Dice) -> String {
        let opened = self.bob.put(format!("/api/direct/{}", self.ann.id)).await;
        let (Some(id), block) = (opened.body["id"].as_str(), format!("/api/users/me/blocks/{}", self.ann.id))
        else {
            return told(opened.status, "two people met");
        };
        let room = Room { id: id.to_owned() };
        match dice.roll(8) {
            _ if opened.status == 201 => "two people met".to_owned(),
            0 | 1 => self.say(dice, &self.bob, &room).await,
            2 | 3 => told(self.ann.delete(room.membership("me")).await.status, "a chatroom was hidden"),
            4 => told(self.ann.put(format!("/api/direct/{}", self.bob.id)).await.status, "a chatroom was shown"),
            5 => told(self.bob.put(block).await.status, "somebody was blocked"),
            _ => told(self.bob.delete(block).await.status, "a block was lifted"),
        }
    }

    /// Acts in a chatroom of Bob, in which Ann is at most a member.
    async fn be_guests(&self, dice: &mut Dice) -> String {
        let rooms = self.bob.get("/api/chatrooms?q=Bobs").await.expect_status(200).each("id");
        let Some(id) = rooms.first().and_then(Value::as_str) else {
            self.bob.create_room("Bobs", "private", &[&self.cem]).await;
            return "a chatroom was made".to_owned();
        };
        let room = Room { id: id.to_owned() };
        let anns = room.membership(&self.ann.id);
        match dice.roll(7) {
            0 | 1 => told(self.bob.put(anns).await.status, "I was added"),
            2 => told(self.bob.delete(anns).await.status, "I was removed"),
            3 => told(self.ann.delete(room.membership("me")).await.status, "I left"),
            4 => told(self.bob.delete(room.own_path()).await.status, "a chatroom was deleted"),
            _ => self.say(dice, &self.cem, &room).await,
        }
    }

    fn all(&self) -> [&Person; 3] {
        [&self.ann, &self.bob, &self.cem]
    }

    async fn a_message(&self, dice: &mut Dice, room: &Room) -> Option<Value> {
        let page = self.bob.get(room.messages()).await;
        let page = if page.status == 200 { page } else { self.ann.get(room.messages()).await };
        let items = page["items"].as_array()?;
        (!items.is_empty()).then(|| dice.pick(items).clone())
    }
}

fn told(status: actix_web::http::StatusCode, what: &str) -> String {
    format!("{what}: {status}")
}
