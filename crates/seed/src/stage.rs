//! Executes the plan through the domain's services.

use std::sync::{Arc, Weak};

use chit_chat_domain::chatroom::{ChatroomChange, CreateChatroom};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::denial::Failure;
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::message::{IdempotencyKey, Precondition, SendMessage};
use chit_chat_domain::reaction::Emoji;
use chit_chat_domain::services::{Policies, Services, System};
use chit_chat_domain::storage::StorageMeter;
use chit_chat_domain::user::{PasswordHasher, PasswordPolicy, SignUp};
use chit_chat_system::SystemSecrets;
use uuid::Uuid;

use super::clock::{Calendar, Moment, ScriptedClock};
use super::ids::ScriptedIds;
use super::people::{PASSWORD, Person};
use super::plan::{Act, Plan, Step};
use chit_chat_domain::stores::Stores;

pub(crate) struct Stage {
    calendar: Calendar,
    clock: Arc<ScriptedClock>,
    ids: Arc<ScriptedIds>,
    pub(crate) services: Services,
}

/// A room, and whether an earlier run created it.
pub(crate) struct Opened {
    pub(crate) id: ChatroomId,
    pub(crate) replayed: bool,
}

impl Stage {
    pub(crate) fn new(stores: &Stores, hasher: Arc<dyn PasswordHasher>, now: Timestamp) -> Self {
        let (clock, ids) = (Arc::new(ScriptedClock::new(now)), Arc::new(ScriptedIds::new()));
        let system =
            System { clock: clock.clone(), ids: ids.clone(), secrets: Arc::new(SystemSecrets::default()), hasher };
        let services = Services::over(stores, &system, Policies::default());
        let services = services.with_password_policy(PasswordPolicy::Demonstration);
        let meter: Weak<StorageMeter> = Arc::downgrade(&services.storage);
        stores.commits.observe(meter);
        Self { calendar: Calendar::new(now), clock, ids, services }
    }

    /// Creates an account for a person who has none.
    pub(crate) fn sign_up(&self, person: &Person) -> Result<(), Failure> {
        self.cue(person.signs_up, person.id.into());
        let entered = SignUp {
            username: person.username.to_owned(),
            password: PASSWORD.to_owned(),
            email: person.email.map(str::to_owned),
            display_name: person.display_name.map(str::to_owned),
        };
        self.services.accounts.sign_up(&entered).map(drop)
    }

    /// Creates a room, or finds the one of an earlier run.
    pub(crate) fn open(&self, plan: &Plan) -> Result<Opened, Failure> {
        self.cue(plan.opening, plan.id.into());
        let entered = CreateChatroom {
            name: plan.name.to_owned(),
            visibility: Some(plan.visibility.to_owned()),
            member_ids: plan.members.iter().map(ToString::to_string).collect(),
            key: Some(key(&format!("seed-room-{}", plan.slug))?),
        };
        let created = self.services.chatrooms.create(plan.owner, &entered)?;
        Ok(Opened { id: created.chatroom.id, replayed: created.replayed })
    }

    /// The remaining steps: those after the last stored message. An interrupted run may have done some of them;
    /// repeating them changes nothing.
    pub(crate) fn remaining<'a>(&self, opened: &Opened, plan: &'a Plan) -> Result<&'a [Step], Failure> {
        if !opened.replayed {
            return Ok(&plan.steps);
        }
        let mut done = plan.steps.len();
        for step in plan.steps.iter().rev() {
            if let Act::Say { id, .. } = &step.act
                && self.services.messages.messages.find(opened.id, *id)?.is_some()
            {
                break;
            }
            done -= 1;
        }
        Ok(plan.steps.get(done..).unwrap_or_default())
    }

    pub(crate) fn play(&self, room: ChatroomId, step: &Step) -> Result<(), Failure> {
        self.clock.set(self.calendar.instant(step.at));
        match &step.act {
            Act::Say { author, id, key: name, body, reply_to } => {
                self.ids.set((*id).into());
                let (key, reply_to) = (Some(key(name)?), reply_to.map(|id| id.to_string()));
                let message = SendMessage { reply_to, key, ..SendMessage::new(room, *author, body) };
                self.services.messages.send(&message).map(drop)
            }
            Act::Edit { author, message, body } => {
                self.services.messages.edit(room, *author, *message, body, &Precondition::None).map(drop)
            }
            Act::Delete { by, message } => self.services.messages.delete(room, *by, *message, &Precondition::None),
            Act::Join { who } => self.services.memberships.join(room, *who).map(drop),
            Act::Add { by, who } => self.services.memberships.add(room, *by, *who).map(drop),
            Act::Leave { who } => self.services.memberships.leave(room, *who).map(drop),
            Act::Remove { by, who } => self.services.memberships.remove(room, *by, *who),
            Act::Promote { by, who } => self.services.memberships.change_role(room, *by, *who, "owner").map(drop),
            Act::React { by, message, emoji } => {
                let emoji = Emoji::parse(emoji).map_err(|violation| Failure::invalid("emoji", violation))?;
                self.services.reactions.add(room, *by, *message, &emoji)
            }
            Act::Rename { by, name } => {
                let change = ChatroomChange { name: Some((*name).to_owned()), ..ChatroomChange::default() };
                self.services.chatrooms.change(room, *by, &change).map(drop)
            }
        }
    }

    pub(crate) fn cue(&self, at: Moment, id: Uuid) {
        self.at(at);
        self.ids.set(id);
    }

    pub(crate) fn at(&self, moment: Moment) {
        self.clock.set(self.calendar.instant(moment));
    }
}

pub(crate) fn key(text: &str) -> Result<IdempotencyKey, Failure> {
    IdempotencyKey::parse(text).map_err(|violation| Failure::invalid("key", violation))
}
