//! Finds names in a text.

use std::collections::BTreeSet;

use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd, TextMergeStream};

use super::MAX_MENTIONED;
use crate::message::MessageBody;
use crate::user::Username;

const ALL: &str = "all";

/// The names in a text (`@username` and `@all`), outside code, before they are resolved to members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Folded usernames, without duplicates.
    pub usernames: Vec<String>,
    pub all: bool,
}

impl Named {
    /// Returns whether a text may contain names at all.
    pub fn may_be_in(text: &str) -> bool {
        text.contains('@')
    }

    /// Finds the names in a Markdown text, except in code and addresses, at most [`MAX_MENTIONED`].
    pub fn in_text(text: &str) -> Self {
        let mut named = Self::default();
        let mut usernames = BTreeSet::new();
        for part in words(text) {
            for name in names(&part) {
                if name.eq_ignore_ascii_case(ALL) {
                    named.all = true;
                } else if let Ok(username) = Username::parse(name)
                    && usernames.len() < MAX_MENTIONED
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

/// The text of a Markdown message without code and links; the text of a link is, or stands for, an address.
fn words(text: &str) -> Vec<CowStr<'_>> {
    let (mut words, mut within) = (Vec::new(), 0_usize);
    for event in TextMergeStream::new(Parser::new_ext(text, MessageBody::MARKDOWN)) {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::Link { .. } | Tag::Image { .. }) => within += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image) => within = within.saturating_sub(1),
            Event::Text(text) if within == 0 => words.push(text),
            _ => {}
        }
    }
    words
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('@').filter_map(|(place, at)| {
        let (before, name) = (text.get(..place)?, text.get(place + at.len()..)?);
        let end = name.find(|c: char| !is_of_name(c)).unwrap_or(name.len());
        let (name, behind) = name.split_at_checked(end)?;
        let is_address = is_in_address(before) || behind.starts_with('@');
        (!is_address).then(|| name.trim_end_matches(['.', '-']))
    })
}

/// Returns whether text that follows `before` continues an email address or URL.
fn is_in_address(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let joins = |last: char| last.is_alphanumeric() || "/?=&#%+._-@\\".contains(last);
    word.chars().next_back().is_some_and(joins)
        || ["://", "www.", "mailto:"].iter().any(|sign| word.contains(sign))
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
    fn names_are_found_anywhere_in_text() {
        assert_eq!(usernames("@Matt"), ["matt"]);
        assert_eq!(usernames("hi @matt, (@Beth) and @o.b-1_!"), ["beth", "matt", "o.b-1_"]);
        assert_eq!(usernames("line\n@matt\n@MATT"), ["matt"]);
        assert_eq!(usernames("@matt... @beth-- **@ann** ~~@zoe~~"), ["ann", "beth", "matt", "zoe"]);
        assert_eq!(usernames("…@matt"), ["matt"]);
    }

    #[test]
    fn names_in_links_are_ignored() {
        for address in [
            "https://x.com/@matt",
            "https://x.com/a?@matt",
            "http://@matt/",
            "[a](http://x/@matt)",
            "<http://x/@matt>",
            "![a](http://x/@matt)",
            "[r]\n\n[r]: http://x/@matt",
            "www.x.com/@matt",
            "mailto:@matt",
            "@matt@x.com",
            "https://medium.com/@all",
            "(https://x.com/(@matt))",
        ] {
            assert_eq!(Named::in_text(address), Named::default(), "{address}");
        }
        assert_eq!(usernames("see https://x.com/a @matt"), ["matt"]);
        assert_eq!(usernames("cc:@matt, \"@beth\" and > @ann"), ["ann", "beth", "matt"]);
    }

    #[test]
    fn addresses_and_invalid_usernames_are_ignored() {
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
    fn all_is_recognized_as_whole_word() {
        assert_eq!(Named::in_text("@all: tea"), Named { usernames: vec![], all: true });
        assert_eq!(Named::in_text("@ALL @matt"), Named { usernames: vec!["matt".to_owned()], all: true });
        assert_eq!(Named::in_text("@allan"), Named { usernames: vec!["allan".to_owned()], all: false });
    }

    #[test]
    fn names_in_code_are_ignored() {
        assert_eq!(usernames("`@matt` @beth"), ["beth"]);
        assert_eq!(usernames("```\n@matt ` @zoe\n```\n@beth"), ["beth"]);
        assert_eq!(usernames("``@matt ` @zoe`` @beth `@ann`"), ["beth"]);
        assert_eq!(usernames("it`s @matt"), ["matt"], "a backtick that nothing closes is a backtick");
        assert_eq!(usernames("\\`@matt` @beth"), ["beth", "matt"], "one that is escaped too");
        for code in [
            "    @matt",
            "\t@matt",
            "- a\n\n      @matt",
            "~~~\n@matt\n~~~",
            "```\n@matt",
            "a\n```rust\n@matt\n```",
        ] {
            assert_eq!(Named::in_text(code), Named::default(), "{code}");
        }
    }

    #[test]
    fn number_of_found_names_is_limited() {
        let crowd = (0..60).map(|n| format!("@user{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(usernames(&crowd).len(), MAX_MENTIONED);
    }

    proptest! {
        #[test]
        fn found_names_are_usernames_in_text(text in "[@`a-zA-Z0-9._é\\-\\n ]{0,80}") {
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
