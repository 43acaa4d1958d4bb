//! Violations of rules by entered values.

use thiserror::Error;

use crate::id::UserId;

/// The rule that a value violates, worded for the user who entered it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Violation {
    #[error("must not be empty")]
    Empty,
    #[error("must not be blank")]
    Blank,
    #[error("must have at most {0} characters")]
    TooManyCharacters(usize),
    #[error("must have at least {0} characters")]
    TooFewCharacters(usize),
    #[error("must have at most {0} bytes")]
    TooManyBytes(usize),
    #[error("must have at most {0} entries")]
    TooManyEntries(usize),
    #[error("must not contain the character U+0000")]
    Nul,
    #[error("must not contain control characters")]
    ControlCharacter,
    #[error("must not contain invisible characters, or characters that change the direction of text")]
    InvisibleCharacter,
    #[error("must not consist of combining marks, or have more than {0} of them on one character")]
    CombiningMarks(usize),
    #[error("may contain only {0}")]
    ForbiddenCharacter(&'static str),
    #[error("must end with {0}")]
    BadEnding(&'static str),
    #[error("is reserved")]
    Reserved,
    #[error("is too common")]
    TooCommon,
    #[error("must be an email address")]
    NotAnEmailAddress,
    #[error("must be a single emoji")]
    NotAnEmoji,
    #[error("must be between 0 and {0}, the chatroom's last_seq")]
    NotInLog(i64),
    #[error("must be one of {0}")]
    NotOneOf(&'static str),
    #[error("entry {0} is not a valid id")]
    EntryNotAnId(usize),
    #[error("must be a valid id")]
    NotAnId,
    #[error("must be a message of the same chatroom")]
    NoSuchMessage,
    #[error("no such user: {}", list(.0))]
    NoSuchUsers(Vec<UserId>),
    #[error("these users have blocked you: {}", list(.0))]
    BlockedBy(Vec<UserId>),
    #[error("too many of your invitations wait for an answer of these users: {}", list(.0))]
    InvitedTooOften(Vec<UserId>),
    #[error("must have at least 1 entry")]
    NoEntries,
    #[error("entry {0} is not a scope that such a key can have")]
    EntryNotAScope(usize),
    #[error("must be an RFC 3339 timestamp, such as 2026-01-01T23:00:00Z")]
    NotATimestamp,
    #[error("must be in the future")]
    NotInTheFuture,
    #[error("must be between {0} and {1}")]
    NotBetween(u64, u64),
}

fn list(ids: &[UserId]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    ids.join(", ")
}

/// A violation and its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// The name of the field in the API.
    pub field: &'static str,
    /// The violation.
    pub violation: Violation,
}

impl FieldViolation {
    /// A violation of this field.
    pub fn new(field: &'static str, violation: Violation) -> Self {
        Self { field, violation }
    }
}
