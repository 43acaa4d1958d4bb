//! Display names of users.

use crate::text;
use crate::violation::Violation;

/// A display name: 1 to 64 characters on one line, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// The maximum length, in characters.
    pub const LONGEST: usize = 64;

    /// Trims and checks the text.
    pub fn parse(entered: &str) -> Result<Self, Violation> {
        text::line(entered, Self::LONGEST).map(Self)
    }

    /// Wraps text that was parsed before it was stored.
    pub fn restore(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
