//! The resources that a stranger may not see: a private chatroom, a direct one of two others, and a session of somebody else.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use fastrand::Rng;
use serde_json::json;

use super::pairs::{Pair, Request};
use crate::rig::{MARK, Person, Server};

/// The random digits at the end of an id.
const DIGITS: usize = 12;

/// The messages of the private chatroom: enough for the time to show whether any are read.
const MESSAGES: usize = 400;

/// Values of path parameters by name.
pub(super) type Ids = BTreeMap<&'static str, String>;

pub(super) struct Scene {
    pub(super) stranger: Person,
    /// A chatroom of the stranger.
    pub(super) own: Ids,
    /// A name and the ids of each chatroom that the stranger may not see.
    pub(super) hidden: Vec<(&'static str, Ids)>,
    pub(super) session: String,
    suffix: String,
}

impl Scene {
    pub(super) fn new(server: &Server, rng: &mut Rng) -> Result<Self> {
        let person = |name, rng: &mut Rng| Person::new(&server.nobody(), name, rng);
        let (ann, bob, stranger) = (person("ann", rng)?, person("bob", rng)?, person("stranger", rng)?);
        let sessions = bob.client.get("/api/auth/sessions")?.expect(200)?;
        let session = sessions.items()?.first().and_then(|session| session["id"].as_str()).context("no session")?;
        let private = json!({"name": MARK, "visibility": "private", "member_ids": [bob.id]});
        let private = ann.client.post("/api/chatrooms", &private)?.expect(201)?.text_of("id")?.to_owned();
        let message = json!({"body": MARK});
        for _ in 0..MESSAGES {
            ann.client.post(format!("/api/chatrooms/{private}/messages"), &message)?.expect(201)?;
        }
        let direct = ann.client.put(format!("/api/direct/{}", bob.id))?.expect(201)?.text_of("id")?.to_owned();
        let own = stranger.client.post("/api/chatrooms", &json!({"name": MARK, "visibility": "private"}))?.expect(201)?;
        Ok(Self {
            own: fill(&stranger, own.text_of("id")?, &bob)?,
            hidden: vec![("private", fill(&ann, &private, &bob)?), ("direct", fill(&ann, &direct, &bob)?)],
            session: session.to_owned(),
            suffix: format!("{:0DIGITS$x}", rng.u64(..1 << (4 * DIGITS))),
            stranger,
        })
    }

    /// An id like this one, of nothing.
    pub(super) fn absent(&self, id: &str) -> String {
        format!("{}{}", id.get(..id.len() - DIGITS).unwrap_or_default(), self.suffix)
    }

    /// Ids like these, of nothing; users exist all the same.
    pub(super) fn absent_ids(&self, ids: &Ids) -> Ids {
        let absent = |(name, id): (&&'static str, &String)| {
            (*name, if *name == "user_id" { id.clone() } else { self.absent(id) })
        };
        ids.iter().map(absent).collect()
    }

    /// Two requests for nothing.
    pub(super) fn control(&self) -> Pair {
        let id = self.absent(&self.session);
        let other: String = id.chars().rev().map(|digit| if digit == '-' { '0' } else { digit }).take(DIGITS).collect();
        let get = |id: &str| Request { method: "GET", target: format!("/api/chatrooms/{id}"), body: None };
        let other = format!("{}{other}", id.get(..id.len() - DIGITS).unwrap_or_default());
        Pair { name: "control".to_owned(), hidden: get(&id), absent: get(&other) }
    }
}

/// Fills a chatroom with everything that has an id, and returns the ids.
fn fill(owner: &Person, room: &str, member: &Person) -> Result<Ids> {
    let path = format!("/api/chatrooms/{room}");
    let message = owner.client.post(format!("{path}/messages"), &json!({"body": MARK}))?.expect(201)?;
    let message = message.text_of("id")?;
    owner.client.put(format!("{path}/messages/{message}/reactions/%F0%9F%91%8D"))?.expect_one_of(&[200, 201, 204])?;
    owner.client.put(format!("{path}/pins/{message}"))?.expect_one_of(&[200, 201, 204])?;
    // A direct chatroom has no invitations.
    let invitation = owner.client.post(format!("{path}/invitations"), &json!({}))?.expect_one_of(&[201, 409])?;
    let invitation = invitation.json["id"].as_str().unwrap_or(message);
    let ids = [("chatroom_id", room), ("message_id", message), ("invitation_id", invitation), ("user_id", &member.id)];
    Ok(ids.into_iter().map(|(name, id)| (name, id.to_owned())).collect())
}
