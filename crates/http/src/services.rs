//! What the handlers work with: the domain's services, and the ports that they may use directly.

use std::io;
use std::sync::Arc;

use chit_chat_domain::ban::BanService;
use chit_chat_domain::block::BlockService;
use chit_chat_domain::chatroom::ChatroomService;
use chit_chat_domain::clock::Clock;
use chit_chat_domain::direct::DirectService;
use chit_chat_domain::id::IdSource;
use chit_chat_domain::invitation::InvitationService;
use chit_chat_domain::membership::MembershipService;
use chit_chat_domain::message::MessageService;
use chit_chat_domain::pin::PinService;
use chit_chat_domain::reaction::ReactionService;
use chit_chat_domain::reading::ReadingService;
use chit_chat_domain::revision::RevisionService;
use chit_chat_domain::secrets::Secrets;
use chit_chat_domain::session::{AccessTokens, SessionService};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::stores::Stores;
use chit_chat_domain::user::{AccountService, PasswordHasher, PasswordPolicy, SignUps};
use chit_chat_live::{Hub, Sources};

use crate::ended_sessions::EndedSessionSet;
use crate::pages::NewestPages;
use crate::views::EventWriter;

/// The ports that no store implements.
#[derive(Clone)]
pub struct System {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub secrets: Arc<dyn Secrets>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub tokens: Arc<dyn AccessTokens>,
}

/// Shared by all handlers.
pub struct Services {
    pub accounts: AccountService,
    pub sessions: SessionService,
    pub chatrooms: ChatroomService,
    pub memberships: MembershipService,
    pub direct: DirectService,
    pub blocks: BlockService,
    pub bans: BanService,
    pub invitations: InvitationService,
    pub messages: MessageService,
    pub reactions: ReactionService,
    pub pins: PinService,
    pub revisions: RevisionService,
    pub reading: ReadingService,
    pub(crate) stores: Stores,
    pub(crate) tokens: Arc<dyn AccessTokens>,
    pub(crate) clock: Arc<dyn Clock>,
    pub ended: Arc<EndedSessionSet>,
    pub(crate) newest: NewestPages,
    pub streams: Hub,
}

impl Services {
    /// Wires the services to a store, and starts the threads that streams need.
    pub fn start(stores: Stores, system: System) -> io::Result<Self> {
        let System { clock, ids, secrets, hasher, tokens } = system;
        let ended = Arc::new(EndedSessionSet::default());
        let written = Box::new(EventWriter);
        let streams = Hub::start(Sources::new(stores.events.clone(), stores.changes_since.clone(), written))?;
        Ok(Self {
            accounts: AccountService {
                policy: PasswordPolicy::Strict,
                sign_ups: SignUps::Open,
                users: stores.users.clone(),
                memberships: stores.memberships.clone(),
                hasher: hasher.clone(),
                secrets: secrets.clone(),
                ended: ended.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            sessions: SessionService {
                users: stores.users.clone(),
                sessions: stores.sessions.clone(),
                hasher,
                secrets: secrets.clone(),
                ended: ended.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            chatrooms: ChatroomService {
                chatrooms: stores.chatrooms.clone(),
                events: stores.events.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            memberships: MembershipService {
                chatrooms: stores.chatrooms.clone(),
                memberships: stores.memberships.clone(),
                clock: clock.clone(),
            },
            direct: DirectService { direct: stores.direct.clone(), clock: clock.clone() },
            blocks: BlockService { blocks: stores.blocks.clone(), clock: clock.clone() },
            bans: BanService {
                chatrooms: stores.chatrooms.clone(),
                memberships: stores.memberships.clone(),
                bans: stores.bans.clone(),
                clock: clock.clone(),
            },
            invitations: InvitationService {
                chatrooms: stores.chatrooms.clone(),
                memberships: stores.memberships.clone(),
                invitations: stores.invitations.clone(),
                secrets,
                clock: clock.clone(),
                ids: ids.clone(),
            },
            messages: MessageService {
                chatrooms: stores.chatrooms.clone(),
                messages: stores.messages.clone(),
                mentions: stores.mentions.clone(),
                clock: clock.clone(),
                ids,
            },
            reactions: ReactionService {
                chatrooms: stores.chatrooms.clone(),
                messages: stores.messages.clone(),
                reactions: stores.reactions.clone(),
                clock: clock.clone(),
            },
            pins: PinService {
                chatrooms: stores.chatrooms.clone(),
                messages: stores.messages.clone(),
                pins: stores.pins.clone(),
                clock: clock.clone(),
            },
            revisions: RevisionService {
                chatrooms: stores.chatrooms.clone(),
                messages: stores.messages.clone(),
                revisions: stores.revisions.clone(),
            },
            reading: ReadingService { chatrooms: stores.chatrooms.clone(), reads: stores.reads.clone() },
            stores,
            tokens,
            clock,
            ended,
            newest: NewestPages::default(),
            streams,
        })
    }

    /// Reads what happened through other instances. Somebody does so a few times a second.
    pub fn follow(&self) -> Result<(), StoreError> {
        self.ended.refresh(&*self.stores.sessions, self.clock.now())?;
        self.wake_ended();
        self.streams.follow()
    }

    /// The streams of ended sessions end.
    pub(crate) fn wake_ended(&self) {
        self.streams.wake_sessions(|session| self.ended.contains(session));
    }

    /// Lets people sign up, or not; they may unless told otherwise.
    #[must_use]
    pub fn with_sign_ups(mut self, sign_ups: SignUps) -> Self {
        self.accounts.sign_ups = sign_ups;
        self
    }
}
