//! The text that a search looks for.

use super::parts::indexed;
use crate::folding::fold;

/// Folded text that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameQuery(String);

impl NameQuery {
    /// Folds the text; `None` if nothing is left of it, because every name contains that.
    pub fn parse(entered: &str) -> Option<Self> {
        let folded = fold(entered.trim());
        (!folded.is_empty()).then_some(Self(folded))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The beginning of every indexed part that can match.
    pub fn start(&self) -> &str {
        indexed(&self.0)
    }

    /// The first text after all that begin with [`start`](Self::start), in the order of code points; `None` if none
    /// is.
    pub fn end(&self) -> Option<String> {
        let mut characters: Vec<char> = self.start().chars().collect();
        while let Some(last) = characters.pop() {
            if let Some(next) = successor(last) {
                characters.push(next);
                return Some(characters.into_iter().collect());
            }
        }
        None
    }
}

fn successor(character: char) -> Option<char> {
    (character..=char::MAX).nth(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_without_content_is_no_query() {
        for nothing in ["", "  ", "\u{301}"] {
            assert_eq!(NameQuery::parse(nothing), None);
        }
    }

    #[test]
    fn end_follows_every_continuation() {
        let end = |text: &str| NameQuery(text.to_owned()).end();
        assert_eq!(end("ab"), Some("ac".to_owned()));
        assert_eq!(end("a\u{d7ff}"), Some("a\u{e000}".to_owned()));
        assert_eq!(end("a\u{10ffff}"), Some("b".to_owned()));
        assert_eq!(end("\u{10ffff}"), None);
    }

    proptest! {
        #[test]
        fn range_holds_what_begins_with_the_query(query in "[a-c😀]{1,3}", text in "[a-c😀]{0,5}") {
            let query = NameQuery(query);
            let within = text.as_str() >= query.start() && query.end().is_none_or(|end| text < end);
            prop_assert_eq!(within, text.starts_with(query.as_str()));
        }
    }
}
