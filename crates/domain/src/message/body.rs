//! Message bodies, stored unchanged.

use std::fmt;

use pulldown_cmark::Options;

use crate::redacted;
use crate::violation::Violation;

/// The text of a message: 1 to 4,000 characters, not blank, without U+0000. Its `Debug` is redacted, except under
/// the feature `mocks`.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageBody(String);

impl MessageBody {
    /// The maximum length, in characters.
    pub const LONGEST: usize = 4_000;
    /// The features of Markdown that a body may use beyond CommonMark.
    pub const MARKDOWN: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

    /// Checks the text without changing it.
    pub fn parse(entered: &str) -> Result<Self, Violation> {
        if entered.contains('\0') {
            return Err(Violation::Nul);
        }
        if entered.is_empty() {
            return Err(Violation::Empty);
        }
        if entered.chars().all(char::is_whitespace) {
            return Err(Violation::Blank);
        }
        if entered.chars().count() > Self::LONGEST {
            return Err(Violation::TooManyCharacters(Self::LONGEST));
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_violation_is_reported() {
        assert_eq!(MessageBody::parse(""), Err(Violation::Empty));
        assert_eq!(MessageBody::parse(" \n\u{2003}"), Err(Violation::Blank));
        assert_eq!(MessageBody::parse("a\0"), Err(Violation::Nul));
        assert_eq!(MessageBody::parse(&"好".repeat(4_001)), Err(Violation::TooManyCharacters(4_000)));
        assert!(MessageBody::parse(&"好".repeat(4_000)).is_ok());
    }

    proptest! {
        #[test]
        fn body_is_kept_byte_for_byte(text in "(?s).{1,200}") {
            if let Ok(body) = MessageBody::parse(&text) {
                prop_assert_eq!(body.as_str(), text.as_str());
                prop_assert!(!text.trim().is_empty());
            }
        }
    }
}
