//! The people in a room at a moment of the script.

use fastrand::Rng;

use super::people::{People, Person};

pub(crate) struct Participants<'a> {
    people: &'a People,
    present: Vec<&'a Person>,
    silent: &'a [&'static str],
}

impl<'a> Participants<'a> {
    pub(crate) fn new(people: &'a People, silent: &'a [&'static str]) -> Self {
        Self { people, present: Vec::new(), silent }
    }

    /// Adds a person; `None` if there is no such person, or if they are already in the room.
    pub(crate) fn join(&mut self, username: &str) -> Option<&'a Person> {
        let person = self.people.find(username)?;
        if self.find(username).is_some() {
            return None;
        }
        self.present.push(person);
        Some(person)
    }

    /// Removes a person; `None` if they are not in the room.
    pub(crate) fn leave(&mut self, username: &str) -> Option<&'a Person> {
        let place = self.present.iter().position(|person| person.username == username)?;
        Some(self.present.remove(place))
    }

    pub(crate) fn find(&self, username: &str) -> Option<&'a Person> {
        self.present.iter().copied().find(|person| person.username == username)
    }

    /// Draws a person who talks and is not busy, with a preference for those who joined early.
    pub(crate) fn draw(&self, is_busy: impl Fn(&Person) -> bool, rng: &mut Rng) -> Option<&'a Person> {
        let talks = |person: &&Person| !self.silent.contains(&person.username) && !is_busy(person);
        let free: Vec<&'a Person> = self.present.iter().copied().filter(talks).collect();
        let most = free.len().max(1);
        free.get(rng.usize(..most).min(rng.usize(..most))).copied()
    }
}
