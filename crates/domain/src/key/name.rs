//! Names of keys.

use crate::text;
use crate::violation::Violation;

/// The name by which its owner knows a key: 1 to 80 characters on one line, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
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
