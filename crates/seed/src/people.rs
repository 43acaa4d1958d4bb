//! The people of the demonstration data.

use std::collections::HashMap;

use chit_chat_domain::id::UserId;

use super::clock::{DAY, HOUR, MINUTE, Moment, PRESENT, SECOND};
use super::ids;
use super::parse_error::ParseError;

const FILE: &str = include_str!("people.txt");

/// The password of every account.
pub(crate) const PASSWORD: &str = "1234";

pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) username: &'static str,
    /// The name that others use for them.
    pub(crate) call_name: &'static str,
    pub(crate) display_name: Option<&'static str>,
    pub(crate) email: Option<&'static str>,
    pub(crate) home: &'static str,
    pub(crate) signs_up: Moment,
}

/// All people, in the order of their sign-ups. The last one, the newcomer, signs up at the very end: this
/// account cannot be removed, so it marks the data as complete.
pub(crate) struct People {
    list: Vec<Person>,
    places: HashMap<&'static str, usize>,
}

impl People {
    pub(crate) fn cast() -> Result<Self, ParseError> {
        Self::parse("people.txt", FILE)
    }

    /// Parses one person per line: username, call name, display name, email, home; display name and email may
    /// be `-`.
    pub(crate) fn parse(file: &'static str, text: &'static str) -> Result<Self, ParseError> {
        let mut list = Vec::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let mut columns = line.split('|').map(str::trim);
            let mut next = || {
                columns.next().ok_or(ParseError { file, line: number + 1, reason: "a person has five columns" })
            };
            let (username, call_name) = (next()?, next()?);
            let (display_name, email, home) = (known(next()?), known(next()?), next()?);
            let signs_up = signs_up(list.len());
            let id = UserId::from(ids::id(&format!("user {username}"), signs_up));
            list.push(Person { id, username, call_name, display_name, email, home, signs_up });
        }
        if let Some(last) = list.last_mut() {
            last.signs_up = PRESENT - 2 * MINUTE;
            last.id = UserId::from(ids::id(&format!("user {}", last.username), last.signs_up));
        }
        let places = list.iter().enumerate().map(|(place, person)| (person.username, place)).collect();
        Ok(Self { list, places })
    }

    pub(crate) fn all(&self) -> &[Person] {
        &self.list
    }

    pub(crate) fn find(&self, username: &str) -> Option<&Person> {
        self.places.get(username).and_then(|place| self.list.get(*place))
    }

    /// The newcomer and the other people.
    pub(crate) fn newcomer(&self) -> Option<(&Person, &[Person])> {
        self.list.split_last()
    }
}

/// The time of a sign-up: before the first room, some hours after the previous one, and not a round number.
fn signs_up(place: usize) -> Moment {
    let place = Moment::try_from(place).unwrap_or_default();
    -46 * DAY + place * 6 * HOUR + place * place * 1_237 * SECOND % (5 * HOUR) + place * 137
}

fn known(column: &'static str) -> Option<&'static str> {
    (column != "-").then_some(column)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chit_chat_domain::user::{DisplayName, Email, Username};

    use super::*;

    #[test]
    fn names_are_valid_and_unique() {
        let people = People::cast().unwrap();
        let mut folded = HashSet::new();
        for person in people.all() {
            assert!(folded.insert(Username::parse(person.username).unwrap().folded()), "{}", person.username);
            assert!(
                person.display_name.is_none_or(|name| DisplayName::parse(name).is_ok()),
                "{}",
                person.username
            );
            assert!(person.email.is_none_or(|email| Email::parse(email).is_ok()), "{}", person.username);
        }
        assert!(["Matt", "Beth", "Rohan"].iter().all(|name| people.find(name).is_some()));
        assert!((31..=40).contains(&people.all().len()));
    }

    #[test]
    fn people_sign_up_in_order_before_rooms() {
        let people = People::cast().unwrap();
        let (newcomer, others) = people.newcomer().unwrap();
        assert!(others.is_sorted_by(|one, next| one.signs_up < next.signs_up && one.id < next.id));
        assert!(others.iter().all(|person| person.signs_up < -36 * DAY));
        assert!(newcomer.signs_up < PRESENT);
    }
}
