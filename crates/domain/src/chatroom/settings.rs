//! Settings of a chatroom.

use std::time::Duration;

use super::{Chatroom, ChatroomName, Visibility};
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::membership::Role;
use crate::text;
use crate::violation::Violation;

/// The topic of a chatroom: 1 to 250 characters on a single line, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic(String);

impl Topic {
    /// The maximum length, in characters.
    pub const LONGEST: usize = 250;

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

/// The seconds that members must wait between two messages; zero switches slow mode off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlowMode(u16);

impl SlowMode {
    /// The maximum: six hours.
    pub const LONGEST: u16 = 21_600;

    /// Accepts 0 to 21,600 seconds.
    pub fn parse(seconds: i64) -> Result<Self, Violation> {
        match u16::try_from(seconds) {
            Ok(seconds) if seconds <= Self::LONGEST => Ok(Self(seconds)),
            _ => Err(Violation::NotOneOf("0 to 21600")),
        }
    }

    pub fn seconds(self) -> u16 {
        self.0
    }

    /// The time until which no slow mode asks for earlier messages.
    pub fn oldest_turn(now: Timestamp) -> Timestamp {
        now.minus(Duration::from_secs(Self::LONGEST.into()))
    }

    /// The time of the last turn by this clock. A turn in its future was written by another clock, which is ahead or
    /// was set back since; it counts as taken now, so that nobody waits for longer than the seconds.
    pub fn last_turn(stored: Timestamp, now: Timestamp) -> Timestamp {
        stored.min(now)
    }

    /// The time from which the next message can be sent, after one sent at `last`.
    pub fn next_turn(self, last: Timestamp) -> Timestamp {
        last.plus(Duration::from_secs(self.0.into()))
    }
}

/// Settings of a chatroom. New chatrooms have the defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub topic: Option<Topic>,
    /// The minimum role for changing the name and the topic.
    pub rename_role: Role,
    /// The minimum role for adding members.
    pub add_role: Role,
    /// The minimum role for deleting the chatroom.
    pub delete_role: Role,
    pub slow_mode: SlowMode,
    /// True if the chatroom is archived and so read-only.
    pub archived: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            topic: None,
            rename_role: Role::Member,
            add_role: Role::Member,
            delete_role: Role::Owner,
            slow_mode: SlowMode::default(),
            archived: false,
        }
    }
}

impl Settings {
    /// The slow mode that applies to this role, if any.
    pub fn slow_mode_of(&self, role: Role) -> Option<SlowMode> {
        Some(self.slow_mode).filter(|slow_mode| slow_mode.0 > 0 && role < Role::Moderator)
    }

    /// The minimum role that can send without a check of slow mode. `None` if nobody can send.
    pub fn speaking_role(&self) -> Option<Role> {
        match self {
            Self { archived: true, .. } => None,
            Self { slow_mode: SlowMode(0), .. } => Some(Role::Member),
            _ => Some(Role::Moderator),
        }
    }
}

/// A right that a user needs in a chatroom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// Anything that requires at least this role.
    Role(Role),
    /// Sending and editing messages, and anything else that adds to the conversation.
    Speak,
    /// Mentioning everyone.
    CallAll,
    /// Changing the name or the topic.
    Rename,
    /// Adding members.
    Add,
    /// Deleting the chatroom.
    Delete,
}

impl Right {
    /// The minimum role that has this right under the chatroom's current settings.
    pub fn least_role(self, Chatroom { visibility, settings, .. }: &Chatroom) -> Result<Role, Denial> {
        match self {
            _ if *visibility == Visibility::Direct && !self.allowed_in_direct() => Err(Denial::DirectChatroom),
            Self::Role(role) => Ok(role),
            Self::Speak | Self::CallAll | Self::Rename if settings.archived => Err(Denial::ChatroomArchived),
            Self::Speak => Ok(Role::Member),
            Self::CallAll => Ok(Role::Moderator),
            Self::Rename => Ok(settings.rename_role),
            Self::Add => Ok(settings.add_role),
            Self::Delete => Ok(settings.delete_role),
        }
    }

    /// Returns whether members of a direct chatroom have this right: they can talk and manage what is their own,
    /// but not each other.
    fn allowed_in_direct(self) -> bool {
        matches!(self, Self::Speak | Self::Role(Role::Member))
    }
}

/// Changes to a chatroom. `None` keeps the current value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChatroomChanges {
    pub name: Option<ChatroomName>,
    /// The new visibility.
    pub visibility: Option<Visibility>,
    /// `Some(None)` removes the topic.
    pub topic: Option<Option<Topic>>,
    pub rename_role: Option<Role>,
    pub add_role: Option<Role>,
    pub delete_role: Option<Role>,
    pub slow_mode: Option<SlowMode>,
    pub archived: Option<bool>,
}

impl ChatroomChanges {
    /// The rights that the changes require, the highest first.
    pub fn rights(&self) -> impl Iterator<Item = Right> {
        let Self { name, topic, visibility, rename_role, add_role, delete_role, slow_mode, archived } = self;
        let roles = rename_role.or(*add_role).or(*delete_role).is_some();
        let decides = visibility.is_some() || roles || slow_mode.is_some() || archived.is_some();
        let renames = name.is_some() || topic.is_some();
        let owner = decides.then_some(Right::Role(Role::Owner));
        owner.into_iter().chain(renames.then_some(Right::Rename))
    }

    /// The changes that have an effect.
    #[must_use]
    pub fn differing_from(self, old: &Chatroom) -> Self {
        let was = &old.settings;
        Self {
            name: self.name.filter(|new| old.name.as_ref() != Some(new)),
            visibility: self.visibility.filter(|new| *new != old.visibility),
            topic: self.topic.filter(|new| *new != was.topic),
            rename_role: self.rename_role.filter(|new| *new != was.rename_role),
            add_role: self.add_role.filter(|new| *new != was.add_role),
            delete_role: self.delete_role.filter(|new| *new != was.delete_role),
            slow_mode: self.slow_mode.filter(|new| *new != was.slow_mode),
            archived: self.archived.filter(|new| *new != was.archived),
        }
    }

    /// The chatroom with the changes applied.
    #[must_use]
    pub fn applied_to(&self, old: &Chatroom) -> Chatroom {
        let was = &old.settings;
        Chatroom {
            name: self.name.clone().or_else(|| old.name.clone()),
            visibility: self.visibility.unwrap_or(old.visibility),
            settings: Settings {
                topic: self.topic.clone().unwrap_or_else(|| was.topic.clone()),
                rename_role: self.rename_role.unwrap_or(was.rename_role),
                add_role: self.add_role.unwrap_or(was.add_role),
                delete_role: self.delete_role.unwrap_or(was.delete_role),
                slow_mode: self.slow_mode.unwrap_or(was.slow_mode),
                archived: self.archived.unwrap_or(was.archived),
            },
            ..old.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::chatroom;

    fn room(settings: Settings) -> Chatroom {
        chatroom().with_settings(settings).build()
    }

    #[test]
    fn each_violation_is_reported() {
        assert_eq!(Topic::parse(" "), Err(Violation::Empty));
        assert_eq!(Topic::parse("a\nb"), Err(Violation::ControlCharacter));
        assert_eq!(Topic::parse(&"é".repeat(251)), Err(Violation::TooManyCharacters(250)));
        assert_eq!(Topic::parse(" tea ").map(|topic| topic.as_str().to_owned()), Ok("tea".to_owned()));
        assert_eq!(SlowMode::parse(21_600).map(SlowMode::seconds), Ok(21_600));
        for seconds in [-1, 21_601, 65_536] {
            assert_eq!(SlowMode::parse(seconds), Err(Violation::NotOneOf("0 to 21600")));
        }
    }

    #[test]
    fn default_settings_let_members_speak_rename_and_add() {
        let usual = room(Settings::default());
        for right in [Right::Speak, Right::Rename, Right::Add] {
            assert_eq!(right.least_role(&usual), Ok(Role::Member));
        }
        assert_eq!(Right::CallAll.least_role(&usual), Ok(Role::Moderator));
        assert_eq!(Right::Delete.least_role(&usual), Ok(Role::Owner));
        let lax = room(Settings { delete_role: Role::Moderator, ..Settings::default() });
        assert_eq!(Right::Delete.least_role(&lax), Ok(Role::Moderator));
        let strict = room(Settings { rename_role: Role::Moderator, add_role: Role::Owner, ..Settings::default() });
        assert_eq!(Right::Rename.least_role(&strict), Ok(Role::Moderator));
        assert_eq!(Right::Add.least_role(&strict), Ok(Role::Owner));
        assert_eq!(Right::Speak.least_role(&strict), Ok(Role::Member));
    }

    #[test]
    fn archived_chatroom_refuses_changes_but_not_members() {
        let archived = room(Settings { archived: true, ..Settings::default() });
        for right in [Right::Speak, Right::CallAll, Right::Rename] {
            assert_eq!(right.least_role(&archived), Err(Denial::ChatroomArchived));
        }
        assert_eq!(Right::Add.least_role(&archived), Ok(Role::Member));
        assert_eq!(Right::Delete.least_role(&archived), Ok(Role::Owner));
        assert_eq!(Right::Role(Role::Owner).least_role(&archived), Ok(Role::Owner));
    }

    #[test]
    fn direct_chatroom_allows_only_speaking() {
        let direct = chatroom().with_visibility(Visibility::Direct).build();
        for right in [Right::Speak, Right::Role(Role::Member)] {
            assert_eq!(right.least_role(&direct), Ok(Role::Member));
        }
        let archived = Chatroom { settings: Settings { archived: true, ..Settings::default() }, ..direct.clone() };
        assert_eq!(Right::Speak.least_role(&archived), Err(Denial::ChatroomArchived));
        for right in
            [Right::Rename, Right::Add, Right::Delete, Right::Role(Role::Moderator), Right::Role(Role::Owner)]
        {
            assert_eq!(right.least_role(&direct), Err(Denial::DirectChatroom));
            assert_eq!(right.least_role(&archived), Err(Denial::DirectChatroom));
        }
    }

    #[test]
    fn settings_require_owner_and_topic_requires_rename() {
        let rights = |changes: ChatroomChanges| changes.rights().collect::<Vec<_>>();
        let none = ChatroomChanges::default;
        let topic = ChatroomChanges { topic: Some(None), ..none() };
        let archived = ChatroomChanges { archived: Some(true), ..none() };
        let slow = ChatroomChanges { slow_mode: Some(SlowMode(1)), ..none() };
        let adding = ChatroomChanges { add_role: Some(Role::Member), ..none() };
        assert_eq!(rights(none()), []);
        assert_eq!(rights(topic.clone()), [Right::Rename]);
        for changes in [archived, slow, adding] {
            assert_eq!(rights(changes.clone()), [Right::Role(Role::Owner)]);
            let both = ChatroomChanges { topic: Some(None), ..changes };
            assert_eq!(rights(both), [Right::Role(Role::Owner), Right::Rename]);
        }
    }

    #[test]
    fn slow_mode_never_asks_for_more_than_its_seconds() {
        let (slow_mode, now) = (SlowMode(30), Timestamp::from_micros(1_000_000_000));
        let wait = |stored| now.seconds_until(slow_mode.next_turn(SlowMode::last_turn(stored, now)));
        assert_eq!(wait(now.minus(Duration::from_secs(10))), 20);
        for ahead in [0, 1, 600] {
            assert_eq!(wait(now.plus(Duration::from_secs(ahead))), 30, "{ahead}");
        }
    }

    #[test]
    fn slow_mode_exempts_moderators() {
        let slow = Settings { slow_mode: SlowMode(5), ..Settings::default() };
        assert_eq!(Settings::default().speaking_role(), Some(Role::Member));
        assert_eq!(slow.speaking_role(), Some(Role::Moderator));
        assert_eq!(slow.slow_mode_of(Role::Member), Some(SlowMode(5)));
        assert_eq!(slow.slow_mode_of(Role::Moderator), None);
        assert_eq!(Settings::default().slow_mode_of(Role::Member), None);
        assert_eq!(Settings { archived: true, ..slow }.speaking_role(), None);
    }
}
