//! The setting that says who can add a user to chatrooms, and the rule that follows from it.

use crate::violation::Violation;

/// The maximum number of chatrooms in which a user takes no part, before further additions become invitations.
pub const MAX_PASSIVE_CHATROOMS: usize = 200;

/// The people who can add a user to a chatroom. Others can only invite them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhoCanAddMe {
    /// Every user whom they do not block.
    #[default]
    Everyone,
    /// Their acquaintances: see [`Addee::is_acquainted`].
    PeopleInMyChatrooms,
    Nobody,
}

impl WhoCanAddMe {
    /// Accepts `everyone`, `people_in_my_chatrooms` and `nobody`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        match text {
            "everyone" => Ok(Self::Everyone),
            "people_in_my_chatrooms" => Ok(Self::PeopleInMyChatrooms),
            "nobody" => Ok(Self::Nobody),
            _ => Err(Violation::NotOneOf("everyone, people_in_my_chatrooms, nobody")),
        }
    }

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::PeopleInMyChatrooms => "people_in_my_chatrooms",
            Self::Nobody => "nobody",
        }
    }
}

/// A user whom a member wants to add to a chatroom.
///
/// A user *takes part* in a chatroom if they created it, entered it by themselves, or have moved their read marker
/// there. A role does not count, because others give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addee {
    pub who_can_add_me: WhoCanAddMe,
    /// True if the adding user is in a chatroom in which the addee takes part, or the addee has lately written in
    /// the direct chatroom of the two. Opening a direct chatroom makes nobody an acquaintance, because anybody
    /// can.
    pub is_acquainted: bool,
    /// The number of chatrooms that the addee was added to and takes no part in.
    pub passive_chatrooms: usize,
}

/// The outcome of adding a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The user becomes a member.
    Add,
    /// The user is invited, and becomes a member when they accept.
    Invite,
}

impl Addee {
    /// Decides whether the user becomes a member at once.
    pub fn admission(self) -> Admission {
        let allowed = match self.who_can_add_me {
            WhoCanAddMe::Everyone => true,
            WhoCanAddMe::PeopleInMyChatrooms => self.is_acquainted,
            WhoCanAddMe::Nobody => false,
        };
        if allowed && self.passive_chatrooms < MAX_PASSIVE_CHATROOMS { Admission::Add } else { Admission::Invite }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(who_can_add_me: WhoCanAddMe, is_acquainted: bool, passive_chatrooms: usize) -> Admission {
        Addee { who_can_add_me, is_acquainted, passive_chatrooms }.admission()
    }

    #[test]
    fn setting_is_parsed_from_its_word() {
        for setting in [WhoCanAddMe::Everyone, WhoCanAddMe::PeopleInMyChatrooms, WhoCanAddMe::Nobody] {
            assert_eq!(WhoCanAddMe::parse(setting.as_str()), Ok(setting));
        }
        assert!(WhoCanAddMe::parse("Everyone").is_err());
    }

    #[test]
    fn setting_decides_who_adds_and_who_invites() {
        assert_eq!(admission(WhoCanAddMe::Everyone, false, 0), Admission::Add);
        assert_eq!(admission(WhoCanAddMe::PeopleInMyChatrooms, true, 0), Admission::Add);
        assert_eq!(admission(WhoCanAddMe::PeopleInMyChatrooms, false, 0), Admission::Invite);
        assert_eq!(admission(WhoCanAddMe::Nobody, true, 0), Admission::Invite);
    }

    #[test]
    fn additions_without_reaction_become_invitations() {
        for setting in [WhoCanAddMe::Everyone, WhoCanAddMe::PeopleInMyChatrooms] {
            assert_eq!(admission(setting, true, MAX_PASSIVE_CHATROOMS - 1), Admission::Add);
            assert_eq!(admission(setting, true, MAX_PASSIVE_CHATROOMS), Admission::Invite);
        }
    }
}
