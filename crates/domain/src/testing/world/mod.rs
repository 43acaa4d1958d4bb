//! Mocks of all ports, and the services over them.

mod expectations;

use std::sync::Arc;

use super::{FixedClock, SequentialIds};
use crate::announcements::MockAnnouncements;
use crate::ban::{BanService, MockBanRepository};
use crate::block::{BlockService, MockBlockRepository};
use crate::changes_since::MockChangesSince;
use crate::chatroom::{ChatroomService, MockChatroomHeads, MockChatroomRepository};
use crate::commits::MockCommits;
use crate::direct::{DirectService, MockDirectRepository};
use crate::event::MockEventRepository;
use crate::invitation::{InvitationService, MockInvitationRepository};
use crate::invitee::{InviteeService, MockInviteeRepository};
use crate::key::{KeyService, MockKeyRepository};
use crate::membership::{MembershipService, MockMembershipRepository};
use crate::mention::MockMentionRepository;
use crate::message::{MessageService, MockMessageRepository};
use crate::pin::{MockPinRepository, PinService};
use crate::reaction::{MockReactionRepository, ReactionService};
use crate::readiness::MockReadiness;
use crate::reading::{MockReadRepository, ReadingService};
use crate::revision::{MockRevisionRepository, RevisionService};
use crate::search::MockSearchRepository;
use crate::secrets::MockSecrets;
use crate::services::{Policies, Services, System};
use crate::session::{MockSessionRepository, SessionService};
use crate::storage::MockStorageRepository;
use crate::stores::Stores;
use crate::upkeep::MockUpkeep;
use crate::user::{
    AccountService, AdministrationService, MockAdministrationRepository, MockPasswordHasher, MockUserRepository,
};

/// A mock of every port, with a clock and ids that the test controls.
///
/// Set the expected calls, then turn the world into the service under test, or take its mocks for your own rule.
/// An unexpected call fails the test, and so does a missing one.
///
/// ```
/// use chit_chat_domain::chatroom::Visibility;
/// use chit_chat_domain::denial::Denial;
/// use chit_chat_domain::membership::Role;
/// use chit_chat_domain::message::Precondition;
/// use chit_chat_domain::testing::{World, me, message, message_id, other, room};
///
/// let mut world = World::with_access(Visibility::Private, Some(Role::Owner));
/// world.messages.expect_find().return_const(Ok(Some(message().with_author(other()).build())));
/// let outcome = world.messages().edit(room(), me(), message_id(), "goodbye", &Precondition::None);
/// assert_eq!(outcome, Err(Denial::NotTheAuthor.into()));
/// ```
#[derive(Default)]
pub struct World {
    pub administration: MockAdministrationRepository,
    pub announcements: MockAnnouncements,
    pub bans: MockBanRepository,
    pub blocks: MockBlockRepository,
    pub changes_since: MockChangesSince,
    pub chatrooms: MockChatroomRepository,
    pub commits: MockCommits,
    pub direct: MockDirectRepository,
    pub events: MockEventRepository,
    pub hasher: MockPasswordHasher,
    pub heads: MockChatroomHeads,
    pub invitations: MockInvitationRepository,
    pub invitees: MockInviteeRepository,
    pub keys: MockKeyRepository,
    pub memberships: MockMembershipRepository,
    pub mentions: MockMentionRepository,
    pub messages: MockMessageRepository,
    pub pins: MockPinRepository,
    pub reactions: MockReactionRepository,
    pub readiness: MockReadiness,
    pub reads: MockReadRepository,
    pub revisions: MockRevisionRepository,
    pub search: MockSearchRepository,
    pub secrets: MockSecrets,
    pub sessions: MockSessionRepository,
    pub storage: MockStorageRepository,
    pub upkeep: MockUpkeep,
    pub users: MockUserRepository,
    /// The rules of the deployment; none unless a test adds some.
    pub policies: Policies,
    /// The clock, which starts at [`NOW`](super::NOW).
    pub clock: Arc<FixedClock>,
    /// The id source, which starts with [`fresh_id`](super::fresh_id).
    pub ids: Arc<SequentialIds>,
}

impl World {
    /// All services over these mocks.
    pub fn services(self) -> Services {
        let policies = self.policies.clone();
        let (stores, system) = self.into_ports();
        Services::over(&stores, &system, policies)
    }

    /// These mocks as the ports of a store and of the system.
    pub fn into_ports(self) -> (Stores, System) {
        let stores = Stores {
            users: Arc::new(self.users),
            administration: Arc::new(self.administration),
            sessions: Arc::new(self.sessions),
            keys: Arc::new(self.keys),
            chatrooms: Arc::new(self.chatrooms),
            heads: Arc::new(self.heads),
            memberships: Arc::new(self.memberships),
            mentions: Arc::new(self.mentions),
            direct: Arc::new(self.direct),
            blocks: Arc::new(self.blocks),
            bans: Arc::new(self.bans),
            invitations: Arc::new(self.invitations),
            invitees: Arc::new(self.invitees),
            reads: Arc::new(self.reads),
            messages: Arc::new(self.messages),
            reactions: Arc::new(self.reactions),
            pins: Arc::new(self.pins),
            revisions: Arc::new(self.revisions),
            events: Arc::new(self.events),
            announcements: Arc::new(self.announcements),
            changes_since: Arc::new(self.changes_since),
            search: Arc::new(self.search),
            readiness: Arc::new(self.readiness),
            commits: Arc::new(self.commits),
            storage: Arc::new(self.storage),
            upkeep: Arc::new(self.upkeep),
        };
        let system = System {
            clock: self.clock,
            ids: self.ids,
            secrets: Arc::new(self.secrets),
            hasher: Arc::new(self.hasher),
        };
        (stores, system)
    }
}

/// Single services over these mocks.
impl World {
    pub fn accounts(self) -> AccountService {
        self.services().accounts
    }

    pub fn administration(self) -> AdministrationService {
        self.services().administration
    }

    pub fn sessions(self) -> SessionService {
        self.services().sessions
    }

    pub fn keys(self) -> KeyService {
        self.services().keys
    }

    pub fn chatrooms(self) -> ChatroomService {
        self.services().chatrooms
    }

    pub fn memberships(self) -> MembershipService {
        self.services().memberships
    }

    pub fn direct(self) -> DirectService {
        self.services().direct
    }

    pub fn blocks(self) -> BlockService {
        self.services().blocks
    }

    pub fn bans(self) -> BanService {
        self.services().bans
    }

    pub fn invitations(self) -> InvitationService {
        self.services().invitations
    }

    pub fn invitees(self) -> InviteeService {
        self.services().invitees
    }

    pub fn reading(self) -> ReadingService {
        self.services().reading
    }

    pub fn messages(self) -> MessageService {
        self.services().messages
    }

    pub fn reactions(self) -> ReactionService {
        self.services().reactions
    }

    pub fn pins(self) -> PinService {
        self.services().pins
    }

    pub fn revisions(self) -> RevisionService {
        self.services().revisions
    }
}
