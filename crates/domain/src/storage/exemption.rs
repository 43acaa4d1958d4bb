//! The table of what is possible once a quota is used up.

use crate::event::Kind;

/// Returns whether users whose quota is used up may still write this entry: those that free storage, or end or
/// take back something, which cannot go on without end. The entry counts all the same. The ban of a member counts as
/// the end of a membership.
///
/// Changes that write no entry (read markers, mutes, blocks, invitations that are declined or withdrawn, sessions and
/// the account itself) are always possible.
pub fn is_exempt(entry: Kind) -> bool {
    match entry {
        Kind::ChatroomDeleted
        | Kind::MembershipDeleted
        | Kind::BanDeleted
        | Kind::InvitationDeleted
        | Kind::MessageDeleted
        | Kind::ReactionDeleted
        | Kind::PinDeleted => true,
        Kind::ChatroomCreated
        | Kind::ChatroomUpdated
        | Kind::MembershipCreated
        | Kind::MembershipUpdated
        | Kind::InvitationCreated
        | Kind::MessageCreated
        | Kind::MessageUpdated
        | Kind::ReactionCreated
        | Kind::BanCreated
        | Kind::PinCreated => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_exempt() {
        for kind in Kind::ALL {
            assert_eq!(is_exempt(*kind), kind.as_str().ends_with(".deleted"), "{}", kind.as_str());
        }
    }
}
