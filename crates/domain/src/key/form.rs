//! The input for creating a key.

use super::{KeyKind, KeyName, Reach};
use crate::clock::Timestamp;
use crate::denial::Failure;
use crate::form::Form;
use crate::scope::{Scope, Scopes};
use crate::violation::Violation;

/// The input for creating a key.
#[derive(Clone, Debug, Default)]
pub struct CreateKey {
    pub name: String,
    /// The names of the scopes, at least one.
    pub scopes: Vec<String>,
    /// The ids of the chatrooms that the key reaches; all if absent.
    pub chatrooms: Option<Vec<String>>,
    /// An RFC 3339 timestamp; without it, the key does not expire.
    pub expires_at: Option<String>,
}

/// The parsed input.
pub(super) struct ParsedKey {
    pub(super) name: KeyName,
    pub(super) scopes: Scopes,
    pub(super) reach: Reach,
    pub(super) expires_at: Option<Timestamp>,
}

impl CreateKey {
    /// Parses the input, or returns every violation.
    pub(super) fn parse(&self, kind: KeyKind, now: Timestamp) -> Result<ParsedKey, Failure> {
        let mut form = Form::default();
        let name = form.check("name", KeyName::parse(&self.name));
        let scopes = form.check("scopes", parse_scopes(&self.scopes, kind));
        let reach = form.check("chatrooms", self.chatrooms.as_deref().map_or(Ok(Reach::ALL), Reach::parse));
        let expires_at = self.expires_at.as_deref().map(|text| parse_expiry(text, now));
        let expires_at = form.check("expires_at", expires_at.transpose());
        match (name, scopes, reach, expires_at) {
            (Some(name), Some(scopes), Some(reach), Some(expires_at)) => {
                Ok(ParsedKey { name, scopes, reach, expires_at })
            }
            _ => Err(form.into_failure()),
        }
    }
}

fn parse_scopes(entered: &[String], kind: KeyKind) -> Result<Scopes, Violation> {
    if entered.is_empty() {
        return Err(Violation::NoEntries);
    }
    if entered.len() > Scope::ALL.len() {
        return Err(Violation::TooManyEntries(Scope::ALL.len()));
    }
    let scope = |(index, name): (usize, &String)| {
        let scope = Scope::named(name).filter(|scope| kind.scopes().contains(*scope));
        scope.ok_or(Violation::EntryNotAScope(index))
    };
    entered.iter().enumerate().map(scope).collect()
}

fn parse_expiry(text: &str, now: Timestamp) -> Result<Timestamp, Violation> {
    let at = text.parse().map_err(|_| Violation::NotATimestamp)?;
    if at <= now { Err(Violation::NotInTheFuture) } else { Ok(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(entered: &CreateKey, kind: KeyKind) -> Vec<(&'static str, Violation)> {
        match entered.parse(kind, Timestamp::from_micros(0)) {
            Err(Failure::Invalid(violations)) => {
                violations.into_iter().map(|it| (it.field, it.violation)).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn all_violations_are_reported() {
        let entered = CreateKey {
            name: " ".to_owned(),
            scopes: vec!["messages:read".to_owned(), "messages:all".to_owned()],
            chatrooms: Some(Vec::new()),
            expires_at: Some("tomorrow".to_owned()),
        };
        let expected = [
            ("name", Violation::Empty),
            ("scopes", Violation::EntryNotAScope(1)),
            ("chatrooms", Violation::NoEntries),
            ("expires_at", Violation::NotATimestamp),
        ];
        assert_eq!(violations(&entered, KeyKind::Personal), expected);
    }

    #[test]
    fn kind_decides_which_scopes_are_possible() {
        let with = |scopes: &[&str]| CreateKey {
            name: "ci".to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            ..CreateKey::default()
        };
        assert_eq!(violations(&with(&["act_as"]), KeyKind::Server), []);
        assert_eq!(violations(&with(&["act_as"]), KeyKind::Bot), [("scopes", Violation::EntryNotAScope(0))]);
        assert_eq!(
            violations(&with(&["users:read"]), KeyKind::Server),
            [("scopes", Violation::EntryNotAScope(0))]
        );
        assert_eq!(violations(&with(&[]), KeyKind::Personal), [("scopes", Violation::NoEntries)]);
        let past = CreateKey { expires_at: Some("1970-01-01T00:00:00Z".to_owned()), ..with(&["users:read"]) };
        assert_eq!(violations(&past, KeyKind::Bot), [("expires_at", Violation::NotInTheFuture)]);
    }
}
