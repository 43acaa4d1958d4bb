//! The input for changing a chatroom.

use super::{ChatroomChanges, ChatroomName, SlowMode, Topic, Visibility};
use crate::denial::Failure;
use crate::membership::Role;
use crate::violation::{FieldViolation, Violation};

/// The input for changing a chatroom. Absent fields stay as they are.
#[derive(Clone, Debug, Default)]
pub struct ChatroomChange {
    pub name: Option<String>,
    /// `public` or `private`.
    pub visibility: Option<String>,
    /// `Some(None)` removes the topic.
    pub topic: Option<Option<String>>,
    /// The lowest role that may change name and topic.
    pub rename_role: Option<String>,
    /// The lowest role that may add users.
    pub add_role: Option<String>,
    /// The time that members wait between two messages.
    pub slow_mode_seconds: Option<i64>,
    /// Whether the chatroom is archived: nobody can write in it.
    pub archived: Option<bool>,
}

impl ChatroomChange {
    /// Parses the changes, or returns every violation.
    pub fn parse(&self) -> Result<ChatroomChanges, Failure> {
        let mut wrong = Wrong::default();
        let topic = self.topic.as_ref().map(|topic| topic.as_deref().map(Topic::parse).transpose());
        let changes = ChatroomChanges {
            name: wrong.unless("name", self.name.as_deref().map(ChatroomName::parse)),
            visibility: wrong.unless("visibility", self.visibility.as_deref().map(Visibility::parse)),
            topic: wrong.unless("topic", topic),
            rename_role: wrong.unless("rename_role", self.rename_role.as_deref().map(Role::parse)),
            add_role: wrong.unless("add_role", self.add_role.as_deref().map(Role::parse)),
            slow_mode: wrong.unless("slow_mode_seconds", self.slow_mode_seconds.map(SlowMode::parse)),
            archived: self.archived,
        };
        if wrong.0.is_empty() { Ok(changes) } else { Err(Failure::Invalid(wrong.0)) }
    }
}

#[derive(Default)]
struct Wrong(Vec<FieldViolation>);

impl Wrong {
    fn unless<T>(&mut self, field: &'static str, parsed: Option<Result<T, Violation>>) -> Option<T> {
        match parsed? {
            Ok(value) => Some(value),
            Err(violation) => {
                self.0.push(FieldViolation::new(field, violation));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_named() {
        let entered = ChatroomChange {
            name: Some(" ".to_owned()),
            visibility: Some("secret".to_owned()),
            topic: Some(Some("a\nb".to_owned())),
            rename_role: Some("king".to_owned()),
            add_role: Some("king".to_owned()),
            slow_mode_seconds: Some(-1),
            archived: Some(true),
        };
        let Err(Failure::Invalid(wrong)) = entered.parse() else { panic!("not refused") };
        let fields: Vec<_> = wrong.iter().map(|violation| violation.field).collect();
        assert_eq!(fields, ["name", "visibility", "topic", "rename_role", "add_role", "slow_mode_seconds"]);
    }

    #[test]
    fn what_is_absent_stays_and_a_topic_can_be_taken_away() {
        assert_eq!(ChatroomChange::default().parse(), Ok(ChatroomChanges::default()));
        let entered = ChatroomChange { topic: Some(None), ..ChatroomChange::default() };
        assert_eq!(entered.parse(), Ok(ChatroomChanges { topic: Some(None), ..ChatroomChanges::default() }));
    }
}
