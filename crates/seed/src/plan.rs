//! The plan of a room: who does what, and when.

use std::collections::HashMap;

use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use fastrand::Rng;

use super::clock::{MINUTE, Moment, SECOND};
use super::ids;
use super::parse_error::ParseError;
use super::participants::Participants;
use super::people::People;
use super::scene::Scene;
use super::scripts::{Cue, Dialogue, Line, Script, Text};
use super::timetable::Timetable;
use super::words::{Drawer, Words};

pub(crate) struct Plan {
    /// Part of all idempotency keys of the room.
    pub(crate) slug: &'static str,
    pub(crate) id: ChatroomId,
    pub(crate) opening: Moment,
    pub(crate) name: &'static str,
    pub(crate) visibility: &'static str,
    pub(crate) owner: UserId,
    pub(crate) members: Vec<UserId>,
    pub(crate) steps: Vec<Step>,
    pub(crate) messages: usize,
}

pub(crate) struct Step {
    pub(crate) at: Moment,
    pub(crate) act: Act,
}

pub(crate) enum Act {
    Say { author: UserId, id: MessageId, key: String, body: String, reply_to: Option<MessageId> },
    Edit { author: UserId, message: MessageId, body: String },
    Delete { by: UserId, message: MessageId },
    Join { who: UserId },
    Add { by: UserId, who: UserId },
    Leave { who: UserId },
    Remove { by: UserId, who: UserId },
    Promote { by: UserId, who: UserId },
    Rename { by: UserId, name: &'static str },
    React { by: UserId, message: MessageId, emoji: &'static str },
}

impl Step {
    pub(crate) fn is_message(&self) -> bool {
        matches!(self.act, Act::Say { .. })
    }
}

impl Plan {
    /// Makes the plan, which depends only on the arguments and not on the day.
    pub(crate) fn new(
        slug: &'static str,
        script: &Script,
        people: &People,
        common: &Words,
        seed: u64,
    ) -> Result<Self, ParseError> {
        let mut rng = Rng::with_seed(seed);
        let Timetable { opening, dialogues } = Timetable::new(script, &mut rng);
        let mut participants = Participants::new(people, &script.silent);
        let mut enter = |username: &&str| {
            let unknown = ParseError { file: script.file, line: 0, reason: "a member is unknown or listed twice" };
            participants.join(username).map(|person| person.id).ok_or(unknown)
        };
        let owner = enter(&script.owner)?;
        let members = script.members.iter().map(enter).collect::<Result<_, _>>()?;
        let drawer = Drawer::new(&script.words, common);
        let mut planner =
            Planner { slug, participants, drawer, rng, now: opening, steps: Vec::new(), messages: 0 };
        for (start, dialogue) in &dialogues {
            let played = planner.play(*start, dialogue);
            played.map_err(|(line, reason)| ParseError { file: script.file, line, reason })?;
        }
        let (name, visibility) = (script.name, script.visibility);
        let Planner { steps, messages, .. } = planner;
        let id = ChatroomId::from(ids::id(&format!("room {slug}"), opening));
        Ok(Self { slug, id, opening, name, visibility, owner, members, steps, messages })
    }
}

/// Walks through the dialogues and tracks who is in the room.
struct Planner<'a> {
    slug: &'static str,
    participants: Participants<'a>,
    drawer: Drawer<'a>,
    rng: Rng,
    now: Moment,
    steps: Vec<Step>,
    messages: usize,
}

/// The last message of each person in a dialogue, and of anybody.
#[derive(Default)]
struct LastMessages {
    by: HashMap<UserId, MessageId>,
    last: Option<MessageId>,
}

/// The emoji of reactions, most common first.
const EMOJI: [&str; 8] = ["👍", "❤️", "😂", "🎉", "🙏", "👀", "☕", "🤝🏽"];

impl<'a> Planner<'a> {
    fn play(&mut self, start: Moment, dialogue: &Dialogue) -> Result<(), (usize, &'static str)> {
        self.now = start.max(self.now + self.rng.i64(MINUTE..7 * MINUTE));
        let mut scene = Scene::new(dialogue);
        let mut last_messages = LastMessages::default();
        for (place, line) in dialogue.lines.iter().enumerate() {
            if !line.optional || self.rng.bool() {
                self.follow(line, &mut scene, &mut last_messages).map_err(|reason| (line.number, reason))?;
            }
            // Reacts only if a message follows, so that no other change to the same person or message comes before
            // it.
            let next = dialogue.lines.get(place + 1);
            if next.is_some_and(|next| !next.optional && matches!(next.cue, Cue::Say { .. })) {
                self.react(&last_messages);
            }
        }
        Ok(())
    }

    fn follow(
        &mut self,
        line: &Line,
        scene: &mut Scene<'a>,
        last_messages: &mut LastMessages,
    ) -> Result<(), &'static str> {
        let act = match &line.cue {
            Cue::Say { who, text } => self.say(who, text, scene, last_messages)?,
            cue => {
                self.now += self.rng.i64(9 * SECOND..50 * SECOND);
                let act = self.other(cue, scene, last_messages)?;
                if matches!(act, Act::Delete { .. }) {
                    last_messages.last = None;
                }
                act
            }
        };
        self.steps.push(Step { at: self.now, act });
        Ok(())
    }

    fn say(
        &mut self,
        who: &str,
        text: &Text,
        scene: &mut Scene<'a>,
        last_messages: &mut LastMessages,
    ) -> Result<Act, &'static str> {
        let author = self.member(who, scene)?;
        let body = self.body(text, scene)?;
        self.now += self.pause(&body);
        self.messages += 1;
        let id = MessageId::from(ids::id(&format!("message {} {}", self.slug, self.messages), self.now));
        let reply_to = last_messages.last.filter(|_| self.rng.u8(..8) == 0);
        last_messages.by.insert(author, id);
        last_messages.last = Some(id);
        Ok(Act::Say { author, id, key: format!("seed-msg-{}-{}", self.slug, self.messages), body, reply_to })
    }

    /// Adds random reactions to the last message.
    fn react(&mut self, last_messages: &LastMessages) {
        let Some(message) = last_messages.last.filter(|_| self.rng.u8(..5) == 0) else { return };
        let mut reacted: Vec<UserId> = Vec::new();
        for _ in 0..self.rng.u8(1..5) {
            let Some(by) = self.participants.draw(|person| reacted.contains(&person.id), &mut self.rng) else {
                return;
            };
            let emoji = self.rng.usize(..EMOJI.len()).min(self.rng.usize(..EMOJI.len()));
            if let Some(emoji) = EMOJI.get(emoji) {
                self.now += self.rng.i64(SECOND..4 * SECOND);
                self.steps.push(Step { at: self.now, act: Act::React { by: by.id, message, emoji } });
            }
            reacted.push(by.id);
        }
    }

    fn other(
        &mut self,
        cue: &Cue,
        scene: &mut Scene<'a>,
        last_messages: &LastMessages,
    ) -> Result<Act, &'static str> {
        let latest = |author: UserId| last_messages.by.get(&author).copied().ok_or("nothing was said before");
        Ok(match cue {
            Cue::Say { .. } => return Err("not said here"),
            Cue::Edit { who, text } => {
                let author = self.member(who, scene)?;
                Act::Edit { author, message: latest(author)?, body: self.body(text, scene)? }
            }
            Cue::Delete { by, author } => {
                let message = latest(self.member(author, scene)?)?;
                Act::Delete { by: self.member(by, scene)?, message }
            }
            Cue::Join { who } => Act::Join { who: self.join(who)? },
            Cue::Add { by, who } => Act::Add { by: self.member(by, scene)?, who: self.join(who)? },
            Cue::Leave { who } => Act::Leave { who: self.leave(who)? },
            Cue::Remove { by, who } => Act::Remove { by: self.member(by, scene)?, who: self.leave(who)? },
            Cue::Promote { by, who } => {
                Act::Promote { by: self.member(by, scene)?, who: self.member(who, scene)? }
            }
            Cue::Rename { by, name } => Act::Rename { by: self.member(by, scene)?, name },
        })
    }

    fn member(&mut self, who: &str, scene: &mut Scene<'a>) -> Result<UserId, &'static str> {
        let found = scene.find(who, &self.participants, &mut self.rng);
        found.map(|person| person.id).ok_or("not a member, or more roles than members")
    }

    fn join(&mut self, who: &str) -> Result<UserId, &'static str> {
        self.participants.join(who).map(|person| person.id).ok_or("unknown person, or already a member")
    }

    fn leave(&mut self, who: &str) -> Result<UserId, &'static str> {
        self.participants.leave(who).map(|person| person.id).ok_or("not a member")
    }

    fn body(&mut self, text: &Text, scene: &mut Scene<'a>) -> Result<String, &'static str> {
        let first = scene.fill(text.first, &mut self.drawer, &self.participants, &mut self.rng);
        let first = first.ok_or("an unknown or open slot")?;
        // An empty alternative may leave a space at the end.
        let mut lines = vec![first.trim_end().to_owned()];
        lines.extend(text.rest.iter().map(|&line| line.to_owned()));
        Ok(lines.join("\n"))
    }

    /// The time to read the last message and to write this one, with occasional interruptions.
    fn pause(&mut self, body: &str) -> Moment {
        let letters = Moment::try_from(body.chars().count()).unwrap_or_default().min(300);
        let interruption = if self.rng.u8(..10) == 0 { self.rng.i64(MINUTE..5 * MINUTE) } else { 0 };
        self.rng.i64(4 * SECOND..35 * SECOND) + letters * self.rng.i64(40..130) + interruption
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::clock::{DAY, PRESENT};
    use crate::rooms;

    fn plans() -> Vec<Plan> {
        rooms::plans(&People::cast().unwrap()).unwrap()
    }

    fn messages(plan: &Plan) -> impl Iterator<Item = (MessageId, &str, &str)> {
        plan.steps.iter().filter_map(|step| match &step.act {
            Act::Say { id, key, body, .. } => Some((*id, key.as_str(), body.as_str())),
            _ => None,
        })
    }

    #[test]
    fn times_run_from_opening_to_present() {
        for plan in plans() {
            let moments: Vec<_> =
                std::iter::once(plan.opening).chain(plan.steps.iter().map(|step| step.at)).collect();
            assert!(moments.is_sorted_by(|earlier, later| earlier < later), "{}", plan.slug);
            assert!(*moments.first().unwrap() > -36 * DAY && *moments.last().unwrap() < PRESENT, "{}", plan.slug);
        }
    }

    #[test]
    fn ids_and_keys_are_unique_and_ordered() {
        let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
        for plan in plans() {
            let mut newest = None;
            for (id, key, _) in messages(&plan) {
                assert!(ids.insert(id) && keys.insert(key.to_owned()), "{key}");
                assert!(newest.replace(id).is_none_or(|before| before < id), "{key}");
            }
        }
    }

    #[test]
    fn every_message_is_allowed() {
        for plan in plans() {
            for (_, key, body) in messages(&plan) {
                assert!(chit_chat_domain::message::MessageBody::parse(body).is_ok(), "{key}");
                assert!(!body.contains(['[', '{']) || body.contains('\n') || body.contains('`'), "{key}: {body}");
            }
        }
    }

    #[test]
    fn plan_is_deterministic() {
        for (one, other) in plans().iter().zip(plans()) {
            assert!(messages(one).eq(messages(&other)), "{}", one.slug);
            assert_eq!(one.steps.len(), other.steps.len());
        }
    }

    #[test]
    fn room_sizes_vary() {
        let plans = plans();
        let messages: Vec<_> = plans.iter().map(|plan| plan.messages).collect();
        assert!((12..=15).contains(&plans.len()));
        assert!((3_000..=4_000).contains(&messages.iter().sum::<usize>()), "{messages:?}");
        assert!(messages.contains(&1) && messages.iter().max() > Some(&1_000), "{messages:?}");
        let members: Vec<_> = plans.iter().map(|plan| plan.members.len() + 1).collect();
        assert!(members.iter().min() == Some(&2) && members.iter().max() > Some(&20), "{members:?}");
    }

    /// Guarantees that the steps after the last stored message can be repeated without harm.
    #[test]
    fn no_conflicting_actions_between_messages() {
        for plan in plans() {
            let mut touched = HashSet::new();
            for step in &plan.steps {
                let subject = match &step.act {
                    Act::Say { .. } => {
                        touched.clear();
                        continue;
                    }
                    Act::Edit { author: by, message, .. } | Act::Delete { by, message } => {
                        touched.insert(by.to_string());
                        message.to_string()
                    }
                    Act::Rename { by, .. } => {
                        touched.insert(by.to_string());
                        "name".to_owned()
                    }
                    Act::Add { by, who } | Act::Remove { by, who } | Act::Promote { by, who } => {
                        touched.insert(by.to_string());
                        who.to_string()
                    }
                    Act::React { by, message, emoji } => {
                        touched.insert(by.to_string());
                        format!("{message} {by} {emoji}")
                    }
                    Act::Join { who } | Act::Leave { who } => who.to_string(),
                };
                assert!(touched.insert(subject), "{} at {}", plan.slug, step.at);
            }
        }
    }
}
