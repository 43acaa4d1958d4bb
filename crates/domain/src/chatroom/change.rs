//! The input for changing a chatroom.

use super::{ChatroomChanges, ChatroomName, SlowMode, Topic, Visibility};
use crate::denial::Failure;
use crate::form::{Form, patched};
use crate::membership::Role;

/// The input for changing a chatroom. Absent fields keep their value.
#[derive(Clone, Debug, Default)]
pub struct ChatroomChange {
    pub name: Option<String>,
    /// `public` or `private`.
    pub visibility: Option<String>,
    /// `Some(None)` removes the topic.
    pub topic: Option<Option<String>>,
    /// The minimum role for changing the name and the topic.
    pub rename_role: Option<String>,
    /// The minimum role for adding members.
    pub add_role: Option<String>,
    /// The minimum role for deleting the chatroom.
    pub delete_role: Option<String>,
    /// The seconds that members must wait between two messages.
    pub slow_mode_seconds: Option<i64>,
    /// True if the chatroom is archived and so read-only.
    pub archived: Option<bool>,
}

impl ChatroomChange {
    /// Parses the changes, or returns every violation.
    pub fn parse(&self) -> Result<ChatroomChanges, Failure> {
        let mut form = Form::default();
        let changes = ChatroomChanges {
            name: form.optional("name", self.name.as_deref().map(ChatroomName::parse)),
            visibility: form.optional("visibility", self.visibility.as_deref().map(Visibility::parse)),
            topic: form.check("topic", patched(self.topic.as_ref(), Topic::parse)).flatten(),
            rename_role: form.optional("rename_role", self.rename_role.as_deref().map(Role::parse)),
            add_role: form.optional("add_role", self.add_role.as_deref().map(Role::parse)),
            delete_role: form.optional("delete_role", self.delete_role.as_deref().map(Role::parse)),
            slow_mode: form.optional("slow_mode_seconds", self.slow_mode_seconds.map(SlowMode::parse)),
            archived: self.archived,
        };
        form.into_result(changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_violations_are_reported() {
        let entered = ChatroomChange {
            name: Some(" ".to_owned()),
            visibility: Some("secret".to_owned()),
            topic: Some(Some("a\nb".to_owned())),
            rename_role: Some("king".to_owned()),
            add_role: Some("king".to_owned()),
            delete_role: Some("king".to_owned()),
            slow_mode_seconds: Some(-1),
            archived: Some(true),
        };
        let Err(Failure::Invalid(wrong)) = entered.parse() else { panic!("not refused") };
        let fields: Vec<_> = wrong.iter().map(|violation| violation.field).collect();
        let roles = ["rename_role", "add_role", "delete_role"];
        assert_eq!(fields, [&["name", "visibility", "topic"], &roles[..], &["slow_mode_seconds"]].concat());
    }

    #[test]
    fn absent_field_is_kept_and_null_topic_removed() {
        assert_eq!(ChatroomChange::default().parse(), Ok(ChatroomChanges::default()));
        let entered = ChatroomChange { topic: Some(None), ..ChatroomChange::default() };
        assert_eq!(entered.parse(), Ok(ChatroomChanges { topic: Some(None), ..ChatroomChanges::default() }));
    }
}
