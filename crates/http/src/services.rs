//! What the handlers work with: the domain's services, and the ports that they may use directly.

use std::sync::Arc;

use chit_chat_domain::chatroom::ChatroomService;
use chit_chat_domain::clock::Clock;
use chit_chat_domain::id::IdSource;
use chit_chat_domain::membership::MembershipService;
use chit_chat_domain::message::MessageService;
use chit_chat_domain::secrets::Secrets;
use chit_chat_domain::session::{AccessTokens, SessionService};
use chit_chat_domain::stores::Stores;
use chit_chat_domain::user::{AccountService, PasswordHasher, PasswordPolicy, SignUps};

use crate::ended_sessions::EndedSessionSet;
use crate::messages::NewestPages;

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
    pub messages: MessageService,
    pub(crate) stores: Stores,
    pub(crate) tokens: Arc<dyn AccessTokens>,
    pub(crate) clock: Arc<dyn Clock>,
    pub ended: Arc<EndedSessionSet>,
    pub(crate) newest: NewestPages,
}

impl Services {
    /// Wires the services to a store.
    pub fn new(stores: Stores, system: System) -> Self {
        let System { clock, ids, secrets, hasher, tokens } = system;
        let ended = Arc::new(EndedSessionSet::default());
        Self {
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
                secrets,
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
            messages: MessageService {
                chatrooms: stores.chatrooms.clone(),
                messages: stores.messages.clone(),
                clock: clock.clone(),
                ids,
            },
            stores,
            tokens,
            clock,
            ended,
            newest: NewestPages::default(),
        }
    }

    /// Lets people sign up, or not; they may unless told otherwise.
    #[must_use]
    pub fn with_sign_ups(mut self, sign_ups: SignUps) -> Self {
        self.accounts.sign_ups = sign_ups;
        self
    }
}
