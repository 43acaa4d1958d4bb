//! Who is in a room at a time of the script.

use fastrand::Rng;

use super::people::{People, Person};

pub(crate) struct Company<'a> {
    people: &'a People,
    present: Vec<&'a Person>,
    silent: &'a [&'static str],
}

impl<'a> Company<'a> {
    pub(crate) fn new(people: &'a People, silent: &'a [&'static str]) -> Self {
        Self { people, present: Vec::new(), silent }
    }

    /// `None` if there is no such person, or if they are there already.
    pub(crate) fn enter(&mut self, username: &str) -> Option<&'a Person> {
        let person = self.people.find(username)?;
        if self.find(username).is_some() {
            return None;
        }
        self.present.push(person);
        Some(person)
    }

    /// `None` if they are not there.
    pub(crate) fn go(&mut self, username: &str) -> Option<&'a Person> {
        let place = self.present.iter().position(|person| person.username == username)?;
        Some(self.present.remove(place))
    }

    pub(crate) fn find(&self, username: &str) -> Option<&'a Person> {
        self.present.iter().copied().find(|person| person.username == username)
    }

    /// Somebody who talks and is not busy, more often one who came early.
    pub(crate) fn draw(&self, is_busy: impl Fn(&Person) -> bool, rng: &mut Rng) -> Option<&'a Person> {
        let talks = |person: &&Person| !self.silent.contains(&person.username) && !is_busy(person);
        let free: Vec<&'a Person> = self.present.iter().copied().filter(talks).collect();
        let most = free.len().max(1);
        free.get(rng.usize(..most).min(rng.usize(..most))).copied()
    }
}
