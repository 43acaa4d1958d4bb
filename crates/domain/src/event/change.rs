//! All changes to a chatroom, each with its name in the log and in the API.

use super::MembershipEnd;
use crate::chatroom::{ChatroomName, Settings, Visibility};
use crate::id::{InvitationId, MessageId, UserId};
use crate::membership::Role;
use crate::message::Message;
use crate::reaction::Tally;

/// Declares [`Change`] and [`Kind`], with one name for each variant.
macro_rules! changes {
    ($(
        $(#[$doc:meta])*
        $name:ident $({ $($field:ident: $of:ty),+ })? $(($message:ident))? = $text:literal,
    )+) => {
        /// A change to a chatroom.
        ///
        /// `M` stands for a message: in entries that are read, the message in its current state, so that an edited
        /// or deleted text is never replayed; in entries that are written, only its id.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Change<M = Message> {
            $($(#[$doc])* $name $({ $($field: $of),+ })? $(($message))?,)+
        }

        /// The kind of a [`Change`], without its details.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl<M> Change<M> {
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$name { .. } => Kind::$name,)+
                }
            }
        }

        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name in the log and in the API. It never changes, because stored entries contain it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// The kind with this name.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

changes! {
    /// The chatroom was created.
    ChatroomCreated { name: Option<ChatroomName>, visibility: Visibility } = "chatroom.created",
    /// The chatroom's name or settings were changed.
    ChatroomUpdated { name: Option<ChatroomName>, visibility: Visibility, settings: Settings } = "chatroom.updated",
    /// The chatroom was deleted. This is the last entry of its log.
    ChatroomDeleted = "chatroom.deleted",
    /// A user joined or was added.
    MembershipCreated { user_id: UserId, role: Role } = "membership.created",
    /// A member's role was changed.
    MembershipUpdated { user_id: UserId, role: Role } = "membership.updated",
    /// A member left or was removed.
    MembershipDeleted { user_id: UserId, reason: MembershipEnd } = "membership.deleted",
    /// A user was banned.
    BanCreated { user_id: UserId } = "ban.created",
    /// A ban was lifted.
    BanDeleted { user_id: UserId } = "ban.deleted",
    /// An invitation was created. Its code is not included.
    InvitationCreated { invitation_id: InvitationId } = "invitation.created",
    /// An invitation was revoked, or used for the last time.
    InvitationDeleted { invitation_id: InvitationId } = "invitation.deleted",
    /// A message was sent.
    MessageCreated(M) = "message.created",
    /// A message was edited.
    MessageUpdated(M) = "message.updated",
    /// A message was deleted, together with its reactions and its pin.
    MessageDeleted(M) = "message.deleted",
    /// A user added a reaction to a message.
    ReactionCreated { message_id: MessageId, user_id: UserId, tally: Tally } = "reaction.created",
    /// A user removed a reaction.
    ReactionDeleted { message_id: MessageId, user_id: UserId, tally: Tally } = "reaction.deleted",
    /// A message was pinned.
    PinCreated { message_id: MessageId } = "pin.created",
    /// A message was unpinned.
    PinDeleted { message_id: MessageId } = "pin.deleted",
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn kind_names_are_unique() {
        let names: HashSet<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(Kind::parse("message"), None);
    }
}
