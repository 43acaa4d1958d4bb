//! The roles of a dialogue and the words in its slots.

use std::collections::HashMap;

use fastrand::Rng;

use super::participants::Participants;
use super::people::Person;
use super::scripts::Dialogue;
use super::words::{self, Drawer};

pub(crate) struct Scene<'a> {
    /// People who are named by username and play no other role.
    named: Vec<&'static str>,
    roles: HashMap<String, &'a Person>,
    slots: HashMap<String, String>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(dialogue: &Dialogue) -> Self {
        let named = dialogue.lines.iter().flat_map(|line| line.cue.people()).collect();
        Self { named, roles: HashMap::new(), slots: HashMap::new() }
    }

    /// The member with this username or role; `None` if they are not in the room.
    pub(crate) fn find(
        &mut self,
        who: &str,
        participants: &Participants<'a>,
        rng: &mut Rng,
    ) -> Option<&'a Person> {
        if is_role(who) { self.cast(who, participants, rng) } else { participants.find(who) }
    }

    /// Fills all slots of a line; `None` if one is unknown or stays open.
    pub(crate) fn fill(
        &mut self,
        line: &str,
        drawer: &mut Drawer<'_>,
        participants: &Participants<'a>,
        rng: &mut Rng,
    ) -> Option<String> {
        words::fill(line, rng, &mut |slot, rng| {
            self.name(slot, participants, rng).or_else(|| self.word(slot, drawer, rng))
        })
    }

    fn cast(&mut self, role: &str, participants: &Participants<'a>, rng: &mut Rng) -> Option<&'a Person> {
        if let Some(person) = self.roles.get(role) {
            return Some(person);
        }
        let is_busy = |person: &Person| {
            self.named.contains(&person.username) || self.roles.values().any(|taken| taken.id == person.id)
        };
        let person = participants.draw(is_busy, rng)?;
        self.roles.insert(role.to_owned(), person);
        Some(person)
    }

    fn name(&mut self, slot: &str, participants: &Participants<'a>, rng: &mut Rng) -> Option<String> {
        if let Some(role) = slot.strip_prefix('@') {
            return self.cast(role, participants, rng).map(|person| format!("@{}", person.username));
        }
        if let Some(role) = slot.strip_suffix('~') {
            return self.cast(role, participants, rng).map(|person| native_name(person).to_owned());
        }
        if let Some(role) = slot.strip_suffix(".home") {
            return self.cast(role, participants, rng).map(|person| person.home.to_owned());
        }
        let person = if is_role(slot) { self.cast(slot, participants, rng) } else { None };
        person.map(|person| person.call_name.to_owned())
    }

    fn word(&mut self, slot: &str, drawer: &mut Drawer<'_>, rng: &mut Rng) -> Option<String> {
        if let Some(word) = self.slots.get(slot) {
            return Some(word.clone());
        }
        let word = if slot.starts_with(|first: char| first.is_ascii_digit()) {
            words::number(slot, rng)?
        } else {
            // A word may itself contain slots.
            let drawn = drawer.draw(slot.trim_end_matches(|last: char| last.is_ascii_digit()), rng)?;
            words::fill(drawn, rng, &mut |inner, rng| self.word(inner, drawer, rng))?
        };
        self.slots.insert(slot.to_owned(), word.clone());
        Some(word)
    }
}

/// A role is one capital letter.
fn is_role(who: &str) -> bool {
    matches!(who.as_bytes(), [b'A'..=b'Z'])
}

/// The name in the person's native script.
fn native_name(person: &Person) -> &'static str {
    person.display_name.and_then(|name| name.split_whitespace().next()).unwrap_or(person.call_name)
}
