//! Display names of users.

use crate::folding::fold;
use crate::text;
use crate::violation::Violation;

/// Names that clients show instead of a user.
const RESERVED: [&str; 2] = ["deleted", "system"];

/// A display name: 1 to 64 characters on one line, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// The maximum length, in characters.
    pub const LONGEST: usize = 64;

    /// Trims and checks the text.
    pub fn parse(entered: &str) -> Result<Self, Violation> {
        let name = text::name(entered, Self::LONGEST)?;
        if RESERVED.contains(&fold(&name).as_str()) { Err(Violation::Reserved) } else { Ok(Self(name)) }
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
    use super::*;

    #[test]
    fn names_of_nobody_are_reserved() {
        for name in ["deleted", " System "] {
            assert_eq!(DisplayName::parse(name), Err(Violation::Reserved));
        }
        assert!(DisplayName::parse("Deleted User").is_ok());
    }

    #[test]
    fn invisible_names_are_refused() {
        assert_eq!(DisplayName::parse("\u{200b}"), Err(Violation::InvisibleCharacter));
    }
}
