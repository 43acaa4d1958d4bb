//! Random actions of users.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::people::{Person, Room, path_of, reaction_path};
use crate::session::Session;

/// A small random generator, so that a failure can be reproduced from its seed.
pub(super) struct TestRng(u64);

/// Ann, who listens and owns a chatroom, and other users, as clients of one instance.
pub(super) struct People {
    pub(super) ann: Person,
    bob: Person,
    cem: Person,
    plans: Room,
}

impl TestRng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }
}

impl People {
    pub(super) async fn sign_up(app: &TestApp) -> Self {
        let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
        let plans = ann.create_room("Plans", "public", &[&bob]).await;
        Self { ann, bob, cem, plans }
    }

    pub(super) fn through_instance(&self, app: &TestApp) -> Self {
        let person = |person: &Person| Person {
            id: person.id.clone(),
            session: Session {
                client: app.client_with(person.token.clone()),
                refresh_token: person.session.refresh_token.clone(),
                username: person.session.username.clone(),
            },
        };
        let plans = self.plans.clone();
        Self { ann: person(&self.ann), bob: person(&self.bob), cem: person(&self.cem), plans }
    }

    /// Tries a random action, and returns its description.
    pub(super) async fn act(&self, rng: &mut TestRng) -> String {
        let who = *rng.pick(&[&self.ann, &self.bob, &self.cem]);
        match rng.below(12) {
            0..=2 => self.say(rng, who, &self.plans).await,
            3..=5 => self.change_message(rng, who).await,
            6 => self.set(rng).await,
            7 => self.change_members(rng).await,
            8 => self.ban_or_invite(rng).await,
            9 => self.change_private_state(rng).await,
            10 => self.use_direct_chatroom(rng).await,
            _ => self.use_chatroom_of_bob(rng).await,
        }
    }

    async fn say(&self, rng: &mut TestRng, who: &Person, room: &Room) -> String {
        let parent = self.random_message(rng, room).await.filter(|_| rng.below(2) == 0);
        let body = format!("{} @ann", rng.below(1_000));
        let message = json!({"body": body, "reply_to": parent.map(|parent| parent["id"].clone())});
        describe(who.post(room.messages(), message).await.status, "a message was sent")
    }

    async fn change_message(&self, rng: &mut TestRng, who: &Person) -> String {
        let Some(message) = self.random_message(rng, &self.plans).await else {
            return "nothing".to_owned();
        };
        let emoji = *rng.pick(&["👍", "🎉", "👀"]);
        match rng.below(8) {
            0 | 1 => {
                let author = self.all().into_iter().find(|person| message["author_id"] == person.id).unwrap();
                let edit = json!({"body": format!("edited {}", rng.below(1_000))});
                describe(author.patch(path_of(&message), edit).await.status, "a message was edited")
            }
            2 => describe(self.ann.delete(path_of(&message)).await.status, "a message was deleted"),
            3 | 4 => describe(who.put(reaction_path(&message, emoji)).await.status, "a user reacted"),
            5 => describe(who.delete(reaction_path(&message, emoji)).await.status, "a reaction was taken back"),
            6 => describe(who.put(self.plans.pin(&message)).await.status, "a message was pinned"),
            _ => describe(who.delete(self.plans.pin(&message)).await.status, "a message was unpinned"),
        }
    }

    async fn set(&self, rng: &mut TestRng) -> String {
        let change = match rng.below(6) {
            0 => json!({"name": format!("Plans {}", rng.below(99))}),
            1 => json!({"topic": format!("Topic {}", rng.below(99))}),
            2 => json!({"topic": null}),
            3 => json!({"visibility": if rng.below(2) == 0 { "private" } else { "public" }}),
            4 => json!({
                "rename_role": "owner", "add_role": "moderator", "delete_role": "moderator",
                "slow_mode_seconds": rng.below(2),
            }),
            _ => json!({"archived": rng.below(3) == 0}),
        };
        describe(self.ann.patch(self.plans.own_path(), change).await.status, "the chatroom was set")
    }

    async fn change_members(&self, rng: &mut TestRng) -> String {
        let other = *rng.pick(&[&self.bob, &self.cem]);
        let theirs = self.plans.membership(&other.id);
        match rng.below(5) {
            0 => describe(self.ann.put(&theirs).await.status, "a user was added"),
            1 => describe(other.put(self.plans.membership("me")).await.status, "a user joined"),
            2 => describe(other.delete(self.plans.membership("me")).await.status, "a user left"),
            3 => describe(self.ann.delete(&theirs).await.status, "a user was removed"),
            _ => {
                let role = json!({"role": rng.pick(&["member", "moderator"])});
                describe(self.ann.patch(&theirs, role).await.status, "a user got a role")
            }
        }
    }

    async fn ban_or_invite(&self, rng: &mut TestRng) -> String {
        let ban = self.plans.ban(&self.cem.id);
        let invitations = self.ann.get(self.plans.path("invitations")).await.expect_status(200);
        let invitation = invitations.items().first();
        match (rng.below(6), invitation) {
            (0, _) => describe(self.ann.put(ban).await.status, "a user was banned"),
            (1 | 2, _) => describe(self.ann.delete(ban).await.status, "a ban was lifted"),
            (3, Some(invitation)) => {
                let path = self.plans.path(&format!("invitations/{}", invitation["id"].as_str().unwrap()));
                describe(self.ann.delete(path).await.status, "an invitation was revoked")
            }
            (4, Some(invitation)) => {
                describe(self.cem.accept(invitation).await.status, "a user accepted an invitation")
            }
            _ => {
                let made = self.ann.post(self.plans.path("invitations"), json!({"max_uses": 2})).await;
                describe(made.status, "an invitation was made")
            }
        }
    }

    /// Changes data that only Ann sees, as from another device.
    async fn change_private_state(&self, rng: &mut TestRng) -> String {
        let rooms = self.ann.get("/api/chatrooms").await.expect_status(200).each("id");
        let room = Room { id: rng.pick(&rooms).as_str().unwrap().to_owned() };
        match rng.below(3) {
            0 => describe(self.ann.put(room.path("mute")).await.status, "a chatroom was muted"),
            1 => describe(self.ann.delete(room.path("mute")).await.status, "a chatroom was unmuted"),
            _ => {
                let mark = json!({"seq": rng.below(6), "force": true});
                let call = self.ann.request(Method::PUT, room.path("read_marker")).json(mark);
                describe(call.send().await.status, "a marker was moved")
            }
        }
    }

    /// Acts in the direct chatroom of Ann and Bob.
    async fn use_direct_chatroom(&self, rng: &mut TestRng) -> String {
        let opened = self.bob.put(format!("/api/direct/{}", self.ann.id)).await;
        let (Some(id), block) = (opened.body["id"].as_str(), format!("/api/users/me/blocks/{}", self.ann.id))
        else {
            return describe(opened.status, "two people met");
        };
        let room = Room { id: id.to_owned() };
        match rng.below(8) {
            _ if opened.status == 201 => "two people met".to_owned(),
            0 | 1 => self.say(rng, &self.bob, &room).await,
            2 | 3 => describe(self.ann.delete(room.membership("me")).await.status, "a chatroom was hidden"),
            4 => {
                describe(self.ann.put(format!("/api/direct/{}", self.bob.id)).await.status, "a chatroom was shown")
            }
            5 => describe(self.bob.put(block).await.status, "a user was blocked"),
            _ => describe(self.bob.delete(block).await.status, "a block was lifted"),
        }
    }

    /// Acts in a chatroom of Bob, in which Ann is at most a member.
    async fn use_chatroom_of_bob(&self, rng: &mut TestRng) -> String {
        let rooms = self.bob.get("/api/chatrooms?q=Bobs").await.expect_status(200).each("id");
        let Some(id) = rooms.first().and_then(Value::as_str) else {
            self.bob.create_room("Bobs", "private", &[&self.cem]).await;
            return "a chatroom was made".to_owned();
        };
        let room = Room { id: id.to_owned() };
        let anns = room.membership(&self.ann.id);
        match rng.below(7) {
            0 | 1 => describe(self.bob.put(anns).await.status, "I was added"),
            2 => describe(self.bob.delete(anns).await.status, "I was removed"),
            3 => describe(self.ann.delete(room.membership("me")).await.status, "I left"),
            4 => describe(self.bob.delete(room.own_path()).await.status, "a chatroom was deleted"),
            _ => self.say(rng, &self.cem, &room).await,
        }
    }

    fn all(&self) -> [&Person; 3] {
        [&self.ann, &self.bob, &self.cem]
    }

    async fn random_message(&self, rng: &mut TestRng, room: &Room) -> Option<Value> {
        let page = self.bob.get(room.messages()).await;
        let page = if page.status == 200 { page } else { self.ann.get(room.messages()).await };
        let items = page["items"].as_array()?;
        (!items.is_empty()).then(|| rng.pick(items).clone())
    }
}

fn describe(status: actix_web::http::StatusCode, what: &str) -> String {
    format!("{what}: {status}")
}
