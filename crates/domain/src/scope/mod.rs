//! Scopes: the part of the rights of a user, or of the application, that a credential has.

mod set;

pub use set::Scopes;

/// Declares [`Scope`] from a table of its names.
macro_rules! scopes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// One right of a credential, named `noun:verb`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Scope {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Scope {
            /// Every scope, in the order of the documentation.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The name, on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

scopes! {
    /// Reads messages, replies, revisions, reactions, pins, mentions and read markers.
    MessagesRead = "messages:read",
    /// Sends, edits and deletes messages, reacts, pins, and moves read markers.
    MessagesWrite = "messages:write",
    /// Reads chatrooms, members, bans and invitations.
    ChatroomsRead = "chatrooms:read",
    /// Creates, changes and deletes chatrooms, memberships, bans and invitations.
    ChatroomsWrite = "chatrooms:write",
    /// Reads users, one's own account and blocks.
    UsersRead = "users:read",
    /// Changes the profile, blocks users and mutes chatrooms.
    ProfileWrite = "profile:write",
    /// Opens live streams and sockets, and reads the log.
    EventsRead = "events:read",
    /// Creates, changes and deletes users.
    AdminUsers = "admin:users",
    /// Creates, rotates and revokes server keys.
    AdminKeys = "admin:keys",
    /// Administers every chatroom and its memberships.
    AdminChatrooms = "admin:chatrooms",
    /// Deletes messages anywhere.
    AdminMessages = "admin:messages",
    /// Administers webhooks.
    AdminWebhooks = "admin:webhooks",
    /// Reads the audit log.
    AdminAudit = "admin:audit",
    /// Acts as any user.
    ActAs = "act_as",
}

impl Scope {
    /// The scope of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    /// Returns whether the scope is a right of the application rather than of a user.
    pub const fn is_of_application(self) -> bool {
        matches!(
            self,
            Self::AdminUsers
                | Self::AdminKeys
                | Self::AdminChatrooms
                | Self::AdminMessages
                | Self::AdminWebhooks
                | Self::AdminAudit
                | Self::ActAs
        )
    }
}
