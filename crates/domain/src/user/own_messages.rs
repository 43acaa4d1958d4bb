//! The choice of a user who deletes their account: to keep or to delete what they wrote.

use crate::violation::Violation;

/// The fate of the messages of a deleted account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OwnMessages {
    /// They stay readable, under the id of the deleted user.
    #[default]
    Keep,
    /// They become tombstones, in batches after the deletion.
    Delete,
}

impl OwnMessages {
    /// Accepts `keep` and `delete`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        match text {
            "keep" => Ok(Self::Keep),
            "delete" => Ok(Self::Delete),
            _ => Err(Violation::NotOneOf("keep, delete")),
        }
    }

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Delete => "delete",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parsed_and_others_refused() {
        for choice in [OwnMessages::Keep, OwnMessages::Delete] {
            assert_eq!(OwnMessages::parse(choice.as_str()), Ok(choice));
        }
        assert_eq!(OwnMessages::parse("Delete"), Err(Violation::NotOneOf("keep, delete")));
    }
}
