//! Everything around the services, as mocks.

use std::sync::Arc;

use chit_chat_domain::ban::{BanService, MockBanRepository};
use chit_chat_domain::block::{BlockService, MockBlockRepository};
use chit_chat_domain::chatroom::{
    Access, Chatroom, ChatroomService, MockChatroomRepository, Settings, Visibility,
};
use chit_chat_domain::clock::{Clock, MockClock};
use chit_chat_domain::direct::{DirectService, MockDirectRepository};
use chit_chat_domain::event::MockEventRepository;
use chit_chat_domain::id::{IdSource, MockIdSource};
use chit_chat_domain::invitation::{InvitationService, MockInvitationRepository};
use chit_chat_domain::membership::{MembershipService, MockMembershipRepository, Role};
use chit_chat_domain::mention::MockMentionRepository;
use chit_chat_domain::message::{MessageService, MockMessageRepository};
use chit_chat_domain::pin::{MockPinRepository, PinService};
use chit_chat_domain::reaction::{MockReactionRepository, ReactionService};
use chit_chat_domain::reading::{MockReadRepository, ReadingService};
use chit_chat_domain::revision::{MockRevisionRepository, RevisionService};
use chit_chat_domain::secrets::MockSecrets;
use chit_chat_domain::session::{EndedSession, MockEndedSessions, MockSessionRepository, SessionService};
use chit_chat_domain::user::{
    AccountService, AdministrationService, Credentials, MockAdministrationRepository, MockPasswordHasher,
    MockUserRepository, PasswordPolicy, SignUps, User,
};
use mockall::TimesRange;
use mockall::predicate::eq;

use crate::builders::{NOW, access, fresh_id, me, password_hash, room};

#[derive(Default)]
pub(crate) struct World {
    pub(crate) administration: MockAdministrationRepository,
    pub(crate) blocks: MockBlockRepository,
    pub(crate) bans: MockBanRepository,
    pub(crate) chatrooms: MockChatroomRepository,
    pub(crate) direct: MockDirectRepository,
    pub(crate) ended: MockEndedSessions,
    pub(crate) events: MockEventRepository,
    pub(crate) hasher: MockPasswordHasher,
    pub(crate) invitations: MockInvitationRepository,
    pub(crate) memberships: MockMembershipRepository,
    pub(crate) mentions: MockMentionRepository,
    pub(crate) messages: MockMessageRepository,
    pub(crate) pins: MockPinRepository,
    pub(crate) reactions: MockReactionRepository,
    pub(crate) revisions: MockRevisionRepository,
    pub(crate) reads: MockReadRepository,
    pub(crate) secrets: MockSecrets,
    pub(crate) sessions: MockSessionRepository,
    pub(crate) users: MockUserRepository,
}

impl World {
    /// A world in which I stand to the room like this, however often it is read.
    pub(crate) fn where_i_am(visibility: Visibility, role: Option<Role>) -> Self {
        let mut world = Self::default();
        world.then_i_am(visibility, role);
        world
    }

    /// A world in which I have this role in a private room that is set like this.
    pub(crate) fn where_the_room_is(settings: Settings, role: Role) -> Self {
        let mut world = Self::default();
        let Access { chatroom, membership } = access(Visibility::Private, Some(role));
        let chatroom = Chatroom { settings, ..chatroom };
        world.expect_access(1.., Some(Access { chatroom, membership }));
        world
    }

    /// A world in which the first read, and no other, finds me like this.
    pub(crate) fn where_i_was(visibility: Visibility, role: Option<Role>) -> Self {
        let mut world = Self::default();
        world.expect_access(1, Some(access(visibility, role)));
        world
    }

    /// How every further read finds me; there must be one.
    pub(crate) fn then_i_am(&mut self, visibility: Visibility, role: Option<Role>) {
        self.expect_access(1.., Some(access(visibility, role)));
    }

    pub(crate) fn without_the_room() -> Self {
        let mut world = Self::default();
        world.expect_access(1.., None);
        world
    }

    fn expect_access(&mut self, times: impl Into<TimesRange>, found: Option<Access>) {
        self.chatrooms.expect_access().with(eq(room()), eq(me())).times(times).return_const(Ok(found));
    }

    pub(crate) fn user_is(&mut self, user: User) {
        self.users.expect_find().with(eq(me())).return_const(Ok(Some(user)));
    }

    /// Matt's folded username is looked up and finds this.
    pub(crate) fn credentials_are(&mut self, credentials: Option<Credentials>) {
        self.users.expect_credentials().with(eq("matt".to_owned())).times(1).return_const(Ok(credentials));
    }

    /// Exactly one password is checked, against the hash of the living user.
    pub(crate) fn password_is(&mut self, right: &'static str) {
        self.hasher
            .expect_verify()
            .withf(|_, hash| *hash == Some(&password_hash()))
            .times(1)
            .returning(move |entered, _| Ok(entered == right));
    }

    /// Exactly these sessions are told to have ended.
    pub(crate) fn ended_are(&mut self, sessions: Vec<EndedSession>) {
        self.ended.expect_note().withf(move |ended| ended == sessions).times(1).return_const(());
    }

    pub(crate) fn accounts(self) -> AccountService {
        AccountService {
            policy: PasswordPolicy::Strict,
            sign_ups: SignUps::Open,
            users: Arc::new(self.users),
            memberships: Arc::new(self.memberships),
            hasher: Arc::new(self.hasher),
            secrets: Arc::new(self.secrets),
            ended: Arc::new(self.ended),
            clock: clock(),
            ids: ids(),
        }
    }

    pub(crate) fn administration(self) -> AdministrationService {
        AdministrationService {
            users: Arc::new(self.users),
            administration: Arc::new(self.administration),
            hasher: Arc::new(self.hasher),
            ended: Arc::new(self.ended),
            clock: clock(),
        }
    }

    pub(crate) fn sessions(self) -> SessionService {
        SessionService {
            users: Arc::new(self.users),
            sessions: Arc::new(self.sessions),
            hasher: Arc::new(self.hasher),
            secrets: Arc::new(self.secrets),
            ended: Arc::new(self.ended),
            clock: clock(),
            ids: ids(),
        }
    }

    pub(crate) fn chatrooms(self) -> ChatroomService {
        ChatroomService {
            chatrooms: Arc::new(self.chatrooms),
            events: Arc::new(self.events),
            clock: clock(),
            ids: ids(),
        }
    }

    pub(crate) fn memberships(self) -> MembershipService {
        MembershipService {
            chatrooms: Arc::new(self.chatrooms),
            memberships: Arc::new(self.memberships),
            clock: clock(),
        }
    }

    pub(crate) fn direct(self) -> DirectService {
        DirectService { direct: Arc::new(self.direct), clock: clock() }
    }

    pub(crate) fn blocks(self) -> BlockService {
        BlockService { blocks: Arc::new(self.blocks), clock: clock() }
    }

    pub(crate) fn bans(self) -> BanService {
        BanService {
            chatrooms: Arc::new(self.chatrooms),
            memberships: Arc::new(self.memberships),
            bans: Arc::new(self.bans),
            clock: clock(),
        }
    }

    pub(crate) fn invitations(self) -> InvitationService {
        InvitationService {
            chatrooms: Arc::new(self.chatrooms),
            memberships: Arc::new(self.memberships),
            invitations: Arc::new(self.invitations),
            secrets: Arc::new(self.secrets),
            clock: clock(),
            ids: ids(),
        }
    }

    pub(crate) fn reading(self) -> ReadingService {
        ReadingService { chatrooms: Arc::new(self.chatrooms), reads: Arc::new(self.reads) }
    }

    pub(crate) fn messages(self) -> MessageService {
        MessageService {
            chatrooms: Arc::new(self.chatrooms),
            messages: Arc::new(self.messages),
            mentions: Arc::new(self.mentions),
            clock: clock(),
            ids: ids(),
        }
    }

    pub(crate) fn reactions(self) -> ReactionService {
        ReactionService {
            chatrooms: Arc::new(self.chatrooms),
            messages: Arc::new(self.messages),
            reactions: Arc::new(self.reactions),
            clock: clock(),
        }
    }

    pub(crate) fn pins(self) -> PinService {
        PinService {
            chatrooms: Arc::new(self.chatrooms),
            messages: Arc::new(self.messages),
            pins: Arc::new(self.pins),
            clock: clock(),
        }
    }

    pub(crate) fn revisions(self) -> RevisionService {
        RevisionService {
            chatrooms: Arc::new(self.chatrooms),
            messages: Arc::new(self.messages),
            revisions: Arc::new(self.revisions),
        }
    }
}

fn clock() -> Arc<dyn Clock> {
    let mut clock = MockClock::new();
    clock.expect_now().return_const(NOW);
    Arc::new(clock)
}

fn ids() -> Arc<dyn IdSource> {
    let mut ids = MockIdSource::new();
    // Whatever is made has one id, however often it is tried.
    ids.expect_next().times(..=1).return_const(fresh_id());
    Arc::new(ids)
}
