//! Finding the names in a text.

use std::collections::BTreeSet;

use super::MOST_MENTIONED;
use crate::user::Username;

const ALL: &str = "all";

/// Whom a text names by `@username` and `@all`, outside of code: whether there is such a member is not known yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Folded, each once.
    pub usernames: Vec<String>,
    pub all: bool,
}

impl Named {
    /// Whether a text may name anybody at all.
    pub fn may_be_in(text: &str) -> bool {
        text.contains('@')
    }

    /// The names in a text. One that follows a letter or digit is part of an address, not a name; at most
    /// [`MOST_MENTIONED`] are found.
    pub fn in_text(text: &str) -> Self {
        let mut named = Self::default();
        let mut usernames = BTreeSet::new();
        for part in outside_of_code(text) {
            for name in names(part) {
                if name.eq_ignore_ascii_case(ALL) {
                    named.all = true;
                } else if let Ok(username) = Username::parse(name)
                    && usernames.len() < MOST_MENTIONED
                {
                    usernames.insert(username.folded());
                }
            }
        }
        named.usernames = usernames.into_iter().collect();
        named
    }

    pub fn is_empty(&self) -> bool {
        self.usernames.is_empty() && !self.all
    }
}

/// The text without what stands between two equally long runs of backticks, as Markdown reads them: spans
/// and fenced blocks alike.
fn outside_of_code(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let (before, at) = rest.split_at(start);
        let run = at.len() - at.trim_start_matches('`').len();
        let (ticks, behind) = at.split_at(run);
        parts.push(before);
        rest = match closing(behind, ticks) {
            Some(end) => behind.split_at(end).1,
            None => behind,
        };
    }
    parts.push(rest);
    parts
}

/// Where the code ends that such a run of backticks has opened: behind the next run of the same length.
fn closing(text: &str, ticks: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(start) = text.get(from..)?.find('`') {
        let at = text.get(from + start..)?;
        let run = at.len() - at.trim_start_matches('`').len();
        from += start + run;
        if run == ticks.len() {
            return Some(from);
        }
    }
    None
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('@').filter_map(|(place, at)| {
        let (before, name) = (text.get(..place)?, text.get(place + at.len()..)?);
        if before.chars().next_back().is_some_and(char::is_alphanumeric) {
            return None;
        }
        let end = name.find(|c: char| !is_of_name(c)).unwrap_or(name.len());
        Some(name.get(..end)?.trim_end_matches(['.', '-']))
    })
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usernames(text: &str) -> Vec<String> {
        Named::in_text(text).usernames
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        assert_eq!(usernames("@Matt"), ["matt"]);
        assert_eq!(usernames("hi @matt, (@Beth) and @o.b-1_!"), ["beth", "matt", "o.b-1_"]);
        assert_eq!(usernames("line\n@matt\n@MATT"), ["matt"]);
        assert_eq!(usernames("@matt... @beth-- @@zoe **@ann**"), ["ann", "beth", "matt", "zoe"]);
        assert_eq!(usernames("…@matt"), ["matt"]);
    }

    #[test]
    fn addresses_and_what_is_no_username_name_nobody() {
        for text in [
            "a@b.example",
            "é@matt",
            "1@matt",
            "@",
            "@ matt",
            "@.",
            "@é",
            "@here",
            &format!("@{}", "x".repeat(33)),
        ] {
            assert_eq!(Named::in_text(text), Named::default(), "{text}");
        }
    }

    #[test]
    fn all_is_a_word_of_its_own() {
        assert_eq!(Named::in_text("@all: tea"), Named { usernames: vec![], all: true });
        assert_eq!(Named::in_text("@ALL @matt"), Named { usernames: vec!["matt".to_owned()], all: true });
        assert_eq!(Named::in_text("@allan"), Named { usernames: vec!["allan".to_owned()], all: false });
    }

    #[test]
    fn code_names_nobody() {
        assert_eq!(usernames("`@matt` @beth"), ["beth"]);
        assert_eq!(usernames("```\n@matt ` @zoe\n``` @beth"), ["beth"]);
        assert_eq!(usernames("``@matt ` @zoe`` @beth `@ann`"), ["beth"]);
        assert_eq!(usernames("it`s @matt"), ["matt"], "a backtick that nothing closes is a backtick");
    }

    #[test]
    fn no_more_are_found_than_can_be_mentioned() {
        let crowd = (0..60).map(|n| format!("@user{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(usernames(&crowd).len(), MOST_MENTIONED);
    }

    proptest! {
        #[test]
        fn whatever_is_found_stands_there_and_is_a_username(text in "[@`a-zA-Z0-9._é\\-\\n ]{0,80}") {
            let named = Named::in_text(&text);
            prop_assert!(named.is_empty() || Named::may_be_in(&text));
            for username in named.usernames {
                let named_there = format!("@{username}");
                prop_assert!(text.to_ascii_lowercase().contains(&named_there));
                prop_assert!(Username::parse(&username).is_ok());
            }
        }
    }
}
