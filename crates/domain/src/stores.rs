//! All ports of one store.

use std::sync::Arc;

/// Declares [`Stores`] from one list of its ports.
macro_rules! stores {
    ($($field:ident: $port:path,)*) => {
        /// All ports that a store implements, to be passed to the services that need them.
        #[derive(Clone)]
        pub struct Stores {
            $(pub $field: Arc<dyn $port>,)*
        }

        impl<S> From<Arc<S>> for Stores
        where
            S: $($port +)* 'static,
        {
            fn from(store: Arc<S>) -> Self {
                Self { $($field: store.clone(),)* }
            }
        }
    };
}

stores! {
    users: crate::user::UserRepository,
    administration: crate::user::AdministrationRepository,
    sessions: crate::session::SessionRepository,
    keys: crate::key::KeyRepository,
    chatrooms: crate::chatroom::ChatroomRepository,
    heads: crate::chatroom::ChatroomHeads,
    memberships: crate::membership::MembershipRepository,
    mentions: crate::mention::MentionRepository,
    direct: crate::direct::DirectRepository,
    blocks: crate::block::BlockRepository,
    bans: crate::ban::BanRepository,
    invitations: crate::invitation::InvitationRepository,
    invitees: crate::invitee::InviteeRepository,
    reads: crate::reading::ReadRepository,
    messages: crate::message::MessageRepository,
    reactions: crate::reaction::ReactionRepository,
    pins: crate::pin::PinRepository,
    revisions: crate::revision::RevisionRepository,
    events: crate::event::EventRepository,
    announcements: crate::announcements::Announcements,
    changes_since: crate::changes_since::ChangesSince,
    search: crate::search::SearchRepository,
    readiness: crate::readiness::Readiness,
    commits: crate::commits::Commits,
    storage: crate::storage::StorageRepository,
    upkeep: crate::upkeep::Upkeep,
}
