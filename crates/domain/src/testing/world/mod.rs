//! Every port as a mock, and the services over them.

mod expectations;

use std::sync::Arc;

use super::{FixedClock, SequentialIds};
use crate::ban::{BanService, MockBanRepository};
use crate::block::{BlockService, MockBlockRepository};
use crate::changes_since::MockChangesSince;
use crate::chatroom::{ChatroomService, MockChatroomHeads, MockChatroomRepository};
use crate::direct::{DirectService, MockDirectRepository};
use crate::event::MockEventRepository;
use crate::invitation::{InvitationService, MockInvitationRepository};
use crate::membership::{MembershipService, MockMembershipRepository};
use crate::mention::MockMentionRepository;
use crate::message::{MessageService, MockMessageRepository};
use crate::pin::{MockPinRepository, PinService};
use crate::reaction::{MockReactionRepository, ReactionService};
use crate::readiness::MockReadiness;
use crate::reading::{MockReadRepository, ReadingService};
use crate::revision::{MockRevisionRepository, RevisionService};
use crate::secrets::MockSecrets;
use crate::session::{MockEndedSessions, MockSessionRepository, SessionService};
use crate::user::{
    AccountService, AdministrationService, MockAdministrationRepository, MockPasswordHasher, MockUserRepository,
    PasswordPolicy, SignUps,
};

/// A mock of every port, and a clock and ids that are known beforehand.
///
/// Set what a test expects, then turn the world into the service under test, or take its mocks for a rule of your own.
/// A call that was not expected fails the test, and so does an expected call that never comes.
///
/// ```
/// use chit_chat_domain::chatroom::Visibility;
/// use chit_chat_domain::denial::Denial;
/// use chit_chat_domain::membership::Role;
/// use chit_chat_domain::message::Precondition;
/// use chit_chat_domain::testing::{World, me, message, message_id, other, room};
///
/// let mut world = World::where_i_am(Visibility::Private, Some(Role::Owner));
/// world.messages.expect_find().return_const(Ok(Some(message().with_author(other()).build())));
/// let outcome = world.messages().edit(room(), me(), message_id(), "goodbye", &Precondition::None);
/// assert_eq!(outcome, Err(Denial::NotTheAuthor.into()));
/// ```
#[derive(Default)]
pub struct World {
    pub administration: MockAdministrationRepository,
    pub bans: MockBanRepository,
    pub blocks: MockBlockRepository,
    pub changes_since: MockChangesSince,
    pub chatrooms: MockChatroomRepository,
    pub direct: MockDirectRepository,
    pub ended: MockEndedSessions,
    pub events: MockEventRepository,
    pub hasher: MockPasswordHasher,
    pub heads: MockChatroomHeads,
    pub invitations: MockInvitationRepository,
    pub memberships: MockMembershipRepository,
    pub mentions: MockMentionRepository,
    pub messages: MockMessageRepository,
    pub pins: MockPinRepository,
    pub reactions: MockReactionRepository,
    pub readiness: MockReadiness,
    pub reads: MockReadRepository,
    pub revisions: MockRevisionRepository,
    pub secrets: MockSecrets,
    pub sessions: MockSessionRepository,
    pub users: MockUserRepository,
    /// Shows [`NOW`](super::NOW).
    pub clock: Arc<FixedClock>,
    /// Gives [`fresh_id`](super::fresh_id) first.
    pub ids: Arc<SequentialIds>,
}

/// The services, each over the mocks of its ports.
impl World {
    pub fn accounts(self) -> AccountService {
        AccountService {
            policy: PasswordPolicy::Strict,
            sign_ups: SignUps::Open,
            users: Arc::new(self.users),
            memberships: Arc::new(self.memberships),
            hasher: Arc::new(self.hasher),
            secrets: Arc::new(self.secrets),
            ended: Arc::new(self.ended),
            clock: self.clock,
            ids: self.ids,
        }
    }

    pub fn administration(self) -> AdministrationService {
        AdministrationService {
            users: Arc::new(self.users),
            administration: Arc::new(self.administration),
            hasher: Arc::new(self.hasher),
            ended: Arc::new(self.ended),
            clock: self.clock,
        }
    }

    pub fn sessions(self) -> SessionService {
        SessionService {
            users: Arc::new(self.users),
            sessions: Arc::new(self.sessions),
            hasher: Arc::new(self.hasher),
            secrets: Arc::new(self.secrets),
            ended: Arc::new(self.ended),
            clock: self.clock,
            ids: self.ids,
        }
    }

    pub fn chatrooms(self) -> ChatroomService {
        ChatroomService {
            chatrooms: Arc::new(self.chatrooms),
            events: Arc::new(self.events),
            clock: self.clock,
            ids: self.ids,
        }
    }

    pub fn memberships(self) -> MembershipService {
        MembershipService {
            chatrooms: Arc::new(self.chatrooms),
            memberships: Arc::new(self.memberships),
            clock: self.clock,
        }
    }

    pub fn direct(self) -> DirectService {
        DirectService { direct: Arc::new(self.direct), clock: self.clock }
    }

    pub fn blocks(self) -> BlockService {
        BlockService { blocks: Arc::new(self.blocks), clock: self.clock }
    }

    pub fn bans(self) -> BanService {
        BanService {
            chatrooms: Arc::new(self.chatrooms),
            memberships: Arc::new(self.memberships),
            bans: Arc::new(self.bans),
            clock: self.clock,
        }
    }

    pub fn invitations(self) -> InvitationService {
        InvitationService {
            chatrooms: Arc::new(self.chatrooms),
            memberships: Arc::new(self.memberships),
            invitations: Arc::new(self.invitations),
            secrets: Arc::new(self.secrets),
            clock: self.clock,
            ids: self.ids,
        }
    }

    pub fn reading(self) -> ReadingService {
        ReadingService { chatrooms: Arc::new(self.chatrooms), reads: Arc::new(self.reads) }
    }

    pub fn messages(self) -> MessageService {
        MessageService {
            chatrooms: Arc::new(self.chatrooms),
            messages: Arc::new(self.messages),
            mentions: Arc::new(self.mentions),
            clock: self.clock,
            ids: self.ids,
        }
    }

    pub fn reactions(self) -> ReactionService {
        ReactionService {
            chatrooms: Arc::new(self.chatrooms),
            messages: Arc::new(self.messages),
            reactions: Arc::new(self.reactions),
            clock: self.clock,
        }
    }

    pub fn pins(self) -> PinService {
        PinService {
            chatrooms: Arc::new(self.chatrooms),
            messages: Arc::new(self.messages),
            pins: Arc::new(self.pins),
            clock: self.clock,
        }
    }

    pub fn revisions(self) -> RevisionService {
        RevisionService {
            chatrooms: Arc::new(self.chatrooms),
            messages: Arc::new(self.messages),
            revisions: Arc::new(self.revisions),
        }
    }
}
