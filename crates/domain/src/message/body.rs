//! Message bodies, stored unchanged.

use std::fmt;

use pulldown_cmark::Options;

use crate::redacted;
use crate::violation::Violation;

/// The text of a message: 1 to 40,000 characters, not blank, without U+0000. Its `Debug` is redacted, except under
/// the feature `mocks`. [`BodyLimit`] is the limit of new ones.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageBody(String);

impl MessageBody {
    /// The maximum length under any policy, in characters.
    pub const LONGEST: usize = 40_000;
    /// The features of Markdown that a body may use beyond CommonMark.
    pub const MARKDOWN: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

    /// Checks the text without changing it, by the rules of every deployment; [`BodyLimit::parse`] is for new bodies.
    pub fn parse(entered: &str) -> Result<Self, Violation> {
        BodyLimit(Self::LONGEST).parse(entered)
    }

    fn within(longest: usize, entered: &str) -> Result<Self, Violation> {
        if entered.contains('\0') {
            return Err(Violation::Nul);
        }
        if entered.is_empty() {
            return Err(Violation::Empty);
        }
        if entered.chars().all(char::is_whitespace) {
            return Err(Violation::Blank);
        }
        if entered.chars().count() > longest {
            return Err(Violation::TooManyCharacters(longest));
        }
        Ok(Self(entered.to_owned()))
    }

    /// Wraps text that was parsed before it was stored.
    pub fn restore(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text by value.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for MessageBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted::debug(f, "MessageBody", &self.0)
    }
}

/// The maximum length of new and edited bodies, in characters: a policy of the deployment. Bodies that are stored may
/// be longer, if the limit was higher once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimit(usize);

impl BodyLimit {
    /// A limit from 1 to [`MessageBody::LONGEST`]; `None` for any other.
    pub fn new(characters: usize) -> Option<Self> {
        (1..=MessageBody::LONGEST).contains(&characters).then_some(Self(characters))
    }

    /// Checks the text of a new message without changing it.
    pub fn parse(self, entered: &str) -> Result<MessageBody, Violation> {
        MessageBody::within(self.0, entered)
    }

    /// The number of characters.
    pub fn get(self) -> usize {
        self.0
    }
}

impl Default for BodyLimit {
    fn default() -> Self {
        Self(10_000)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<MessageBody, Violation> {
        BodyLimit::default().parse(text)
    }

    #[test]
    fn each_violation_is_reported() {
        assert_eq!(parse(""), Err(Violation::Empty));
        assert_eq!(parse(" \n\u{2003}"), Err(Violation::Blank));
        assert_eq!(parse("a\0"), Err(Violation::Nul));
        assert_eq!(parse(&"好".repeat(10_001)), Err(Violation::TooManyCharacters(10_000)));
        assert!(parse(&"好".repeat(10_000)).is_ok());
    }

    #[test]
    fn limit_is_a_policy() {
        assert_eq!((BodyLimit::new(0), BodyLimit::new(40_001)), (None, None));
        for most in [1, 2, 40_000] {
            let limit = BodyLimit::new(most).unwrap();
            assert!(limit.parse(&"👩".repeat(most)).is_ok());
            let longer = limit.parse(&"👩".repeat(most + 1));
            assert_eq!(longer, Err(Violation::TooManyCharacters(most)));
        }
    }

    proptest! {
        #[test]
        fn body_is_kept_byte_for_byte(text in "(?s).{1,200}") {
            if let Ok(body) = parse(&text) {
                prop_assert_eq!(body.as_str(), text.as_str());
                prop_assert!(!text.trim().is_empty());
            }
        }
    }
}
