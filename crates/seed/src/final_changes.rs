//! The actions after all dialogues: settings and moderation of rooms, read markers, and direct messages. All of
//! them can be repeated without harm.

use chit_chat_domain::chatroom::ChatroomChange;
use chit_chat_domain::denial::Failure;
use chit_chat_domain::direct::Pair;
use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::invitation::CreateInvitation;
use chit_chat_domain::message::SendMessage;
use chit_chat_domain::page::Limit;
use chit_chat_domain::reading::Mark;

use super::clock::{MINUTE, Moment, PRESENT};
use super::ids;
use super::people::People;
use super::plan::{Act, Plan};
use super::stage::{Stage, key};

const TOPICS: [(&str, &str); 4] = [
    ("announcements", "Read this first"),
    ("kitchen", "No photo without a recipe"),
    ("rust", "Borrow, and give back"),
    ("walks", "Saturday at nine, whatever the weather"),
];
const MODERATORS: [(&str, &str); 3] = [("lounge", "joao"), ("kitchen", "priya.s"), ("rust", "ingrid")];
const PINNED: [&str; 3] = ["announcements", "kitchen", "lounge"];
/// Bans: a room and a username.
const BANNED: [(&str, &str); 1] = [("lounge", "best_deals4u")];
const ARCHIVED: &str = "surprise";
const INVITING: &str = "lantern";
const MUTED: [(&str, &str); 3] = [("Matt", "lounge"), ("Beth", "rust"), ("Rohan", "football")];
const BLOCKED: [(&str, &str); 1] = [("chloe", "piotr.w")];
const DIRECT: [&[(&str, &str)]; 2] = [
    &[
        ("Matt", "Rohan"),
        ("Rohan", "Is the shelf up?"),
        ("Matt", "The shelf is up. The wall is another matter"),
        ("Rohan", "I'll bring **filler**"),
    ],
    &[
        ("Beth", "Siobhan"),
        ("Siobhan", "@Beth, Sunday walk, you and me? See https://example.org/walks/12"),
        ("Beth", "Yes!! But only with cake at the end"),
    ],
];
/// The maximum number of unread messages of a person.
const UNREAD: u128 = 9;

pub(crate) struct FinalChanges<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) people: &'a People,
    pub(crate) plans: &'a [Plan],
}

impl FinalChanges<'_> {
    pub(crate) fn play(&self) -> Result<(), Failure> {
        self.stage.at(PRESENT - 20 * MINUTE);
        self.set_up_rooms()?;
        self.set_up_moderation()?;
        self.pin()?;
        self.send_direct_messages()?;
        for (who, whom) in pairs(self.people, &BLOCKED) {
            self.stage.services.blocks.block(Pair::new(who, whom)?)?;
        }
        self.read()
    }

    fn set_up_rooms(&self) -> Result<(), Failure> {
        for (slug, topic) in TOPICS {
            self.set(slug, &ChatroomChange { topic: Some(Some(topic.to_owned())), ..ChatroomChange::default() })?;
        }
        let only_owners = Some("owner".to_owned());
        self.set("announcements", &ChatroomChange { rename_role: only_owners, ..ChatroomChange::default() })?;
        self.set("lounge", &ChatroomChange { slow_mode_seconds: Some(3), ..ChatroomChange::default() })?;
        self.set(ARCHIVED, &ChatroomChange { archived: Some(true), ..ChatroomChange::default() })
    }

    fn set(&self, slug: &str, change: &ChatroomChange) -> Result<(), Failure> {
        let Some(plan) = self.plan(slug) else { return Ok(()) };
        let changed = self.stage.services.chatrooms.change(plan.id, plan.owner, change);
        ignore_denials(changed.map(drop))
    }

    fn set_up_moderation(&self) -> Result<(), Failure> {
        for (slug, username) in MODERATORS {
            if let (Some(plan), Some(user)) = (self.plan(slug), self.id(username)) {
                let promoted = self.stage.services.memberships.change_role(plan.id, plan.owner, user, "moderator");
                ignore_denials(promoted.map(drop))?;
            }
        }
        for (slug, username) in BANNED {
            if let (Some(plan), Some(user)) = (self.plan(slug), self.id(username)) {
                ignore_denials(self.stage.services.bans.ban(plan.id, plan.owner, user).map(drop))?;
            }
        }
        self.invite()
    }

    /// Creates an invitation unless there is one, because each has a new code.
    fn invite(&self) -> Result<(), Failure> {
        let Some(plan) = self.plan(INVITING) else { return Ok(()) };
        let there = self.stage.services.invitations.list(plan.id, plan.owner, None, Limit::default());
        if there.is_ok_and(|page| page.items.is_empty()) {
            self.stage.cue(PRESENT - 19 * MINUTE, ids::id("invitation", PRESENT - 19 * MINUTE));
            let entered = CreateInvitation { max_uses: Some(10), ..CreateInvitation::default() };
            self.stage.services.invitations.create(plan.id, plan.owner, &entered)?;
        }
        Ok(())
    }

    fn pin(&self) -> Result<(), Failure> {
        for plan in PINNED.iter().filter_map(|slug| self.plan(slug)) {
            if let Some(first) = first_message(plan) {
                ignore_denials(self.stage.services.pins.pin(plan.id, plan.owner, first))?;
            }
        }
        Ok(())
    }

    fn send_direct_messages(&self) -> Result<(), Failure> {
        for (number, dialogue) in DIRECT.iter().enumerate() {
            let [(one, other), lines @ ..] = dialogue else { continue };
            let (Some(one), Some(other)) = (self.id(one), self.id(other)) else { continue };
            let room = self.stage.services.direct.open(Pair::new(one, other)?)?.chatroom.id;
            for ((author, text), line) in lines.iter().zip(1..) {
                let Some(author) = self.id(author) else { continue };
                self.say(room, author, text, &format!("direct-{number}-{line}"), Moment::from(line))?;
            }
        }
        Ok(())
    }

    fn say(
        &self,
        room: ChatroomId,
        author: UserId,
        text: &str,
        name: &str,
        minute: Moment,
    ) -> Result<(), Failure> {
        let at = PRESENT - 18 * MINUTE + minute * MINUTE;
        self.stage.cue(at, ids::id(&format!("message {name}"), at));
        let key = Some(key(&format!("seed-{name}"))?);
        let message = SendMessage { key, ..SendMessage::new(room, author, text) };
        self.stage.services.messages.send(&message).map(drop)
    }

    fn read(&self) -> Result<(), Failure> {
        for plan in self.plans {
            for person in self.people.all() {
                self.mark_nearly_all_read(plan.id, person.id)?;
            }
        }
        for (username, slug) in MUTED {
            if let (Some(plan), Some(user)) = (self.plan(slug), self.id(username)) {
                ignore_denials(self.stage.services.reading.set_muted(plan.id, user, true))?;
            }
        }
        Ok(())
    }

    fn mark_nearly_all_read(&self, room: ChatroomId, user: UserId) -> Result<(), Failure> {
        // Most people are no members of most rooms.
        let Ok(head) = self.stage.services.chatrooms.head(room, user) else { return Ok(()) };
        let behind = (uuid::Uuid::from(room).as_u128() ^ uuid::Uuid::from(user).as_u128()) % UNREAD;
        let seq = (head - i64::try_from(behind).unwrap_or_default()).max(0);
        ignore_denials(self.stage.services.reading.mark(room, user, Mark { seq, force: false }).map(drop))
    }

    fn plan(&self, slug: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.slug == slug)
    }

    fn id(&self, username: &str) -> Option<UserId> {
        self.people.find(username).map(|person| person.id)
    }
}

fn pairs<'a>(people: &'a People, names: &'a [(&str, &str)]) -> impl Iterator<Item = (UserId, UserId)> + 'a {
    names.iter().filter_map(|(one, other)| Some((people.find(one)?.id, people.find(other)?.id)))
}

fn first_message(plan: &Plan) -> Option<MessageId> {
    plan.steps.iter().find_map(|step| match &step.act {
        Act::Say { id, .. } => Some(*id),
        _ => None,
    })
}

/// Ignores refusals, because users may have changed the data between an interrupted run and the next one.
fn ignore_denials(outcome: Result<(), Failure>) -> Result<(), Failure> {
    match outcome {
        Err(Failure::Denied(_)) => Ok(()),
        other => other,
    }
}
