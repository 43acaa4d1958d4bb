//! Chatroom names.

use crate::text;
use crate::violation::Violation;

/// The name of a chatroom: 1 to 80 characters on one line, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatroomName(String);

impl ChatroomName {
    /// The maximum length, in characters.
    pub const LONGEST: usize = 80;

    /// Trims and checks the text.
    pub fn parse(entered: &str) -> Result<Self, Violation> {
        text::name(entered, Self::LONGEST).map(Self)
    }

    /// Wraps text that was parsed before it was stored.
    pub fn restore(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_violation_is_reported() {
        assert_eq!(ChatroomName::parse("  "), Err(Violation::Empty));
        assert_eq!(ChatroomName::parse("a\nb"), Err(Violation::ControlCharacter));
        assert_eq!(ChatroomName::parse("a\0b"), Err(Violation::Nul));
        assert_eq!(ChatroomName::parse(&"é".repeat(81)), Err(Violation::TooManyCharacters(80)));
        assert!(ChatroomName::parse(&"é".repeat(80)).is_ok());
        assert_eq!(ChatroomName::parse(&format!("{:81}", "a")), Err(Violation::TooManyCharacters(80)));
    }

    proptest! {
        #[test]
        fn name_is_trimmed_bounded_and_one_line(text in "\\s{0,3}\\PC{0,90}\\s{0,3}") {
            if let Ok(name) = ChatroomName::parse(&text) {
                prop_assert_eq!(name.as_str(), text.trim());
                prop_assert!((1..=80).contains(&name.as_str().chars().count()));
                prop_assert!(!name.as_str().chars().any(char::is_control));
            }
        }
    }
}
