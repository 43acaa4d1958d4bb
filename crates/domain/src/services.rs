//! All services, connected to their ports in one place.

use std::sync::Arc;

use crate::ban::BanService;
use crate::block::BlockService;
use crate::chatroom::ChatroomService;
use crate::clock::Clock;
use crate::direct::DirectService;
use crate::id::IdSource;
use crate::invitation::InvitationService;
use crate::invitee::InviteeService;
use crate::key::KeyService;
use crate::membership::MembershipService;
use crate::message::{BodyLimit, MessageService};
use crate::pin::PinService;
use crate::policy::{MessagePolicies, MessagePolicy};
use crate::reaction::ReactionService;
use crate::reading::ReadingService;
use crate::revision::RevisionService;
use crate::secrets::Secrets;
use crate::session::SessionService;
use crate::storage::StorageMeter;
use crate::stores::Stores;
use crate::user::{AccountService, AdministrationService, PasswordHasher, PasswordPolicy, SignUps};

/// The ports of use cases that no store implements.
#[derive(Clone)]
pub struct System {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub secrets: Arc<dyn Secrets>,
    pub hasher: Arc<dyn PasswordHasher>,
}

/// Rules of one deployment, checked in addition to those of the domain. Create it with `Policies::default()`, so that
/// a new field changes no caller.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Policies {
    /// The maximum length of new and edited message bodies.
    pub body_limit: BodyLimit,
    /// The policies for the texts of messages. Without any, sending a message costs nothing more.
    pub of_messages: MessagePolicies,
}

impl Policies {
    /// The same policies with another limit of message bodies.
    #[must_use]
    pub fn with_body_limit(self, body_limit: BodyLimit) -> Self {
        Self { body_limit, ..self }
    }

    /// The same policies and another one for the texts of messages, which is asked last.
    #[must_use]
    pub fn with_message_policy(self, policy: impl MessagePolicy + 'static) -> Self {
        Self { of_messages: self.of_messages.with(policy), ..self }
    }
}

/// All services of one store.
pub struct Services {
    pub accounts: AccountService,
    pub administration: AdministrationService,
    pub sessions: SessionService,
    pub keys: KeyService,
    pub chatrooms: ChatroomService,
    pub memberships: MembershipService,
    pub direct: DirectService,
    pub blocks: BlockService,
    pub bans: BanService,
    pub invitations: InvitationService,
    pub invitees: InviteeService,
    pub messages: MessageService,
    pub reactions: ReactionService,
    pub pins: PinService,
    pub revisions: RevisionService,
    pub reading: ReadingService,
    /// Counts what users store. It has to observe the store's commits.
    pub storage: Arc<StorageMeter>,
}

impl Services {
    /// Connects every service to its ports. By default sign-up is open, passwords must be strong, and nobody has a
    /// storage quota.
    pub fn over(stores: &Stores, system: &System, policies: Policies) -> Self {
        let System { clock, ids, secrets, hasher } = system;
        let storage = Arc::new(StorageMeter::default());
        Self {
            accounts: AccountService {
                policy: PasswordPolicy::Strict,
                sign_ups: SignUps::Open,
                users: stores.users.clone(),
                memberships: stores.memberships.clone(),
                hasher: hasher.clone(),
                secrets: secrets.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            administration: AdministrationService {
                users: stores.users.clone(),
                administration: stores.administration.clone(),
                hasher: hasher.clone(),
                clock: clock.clone(),
            },
            sessions: SessionService {
                users: stores.users.clone(),
                sessions: stores.sessions.clone(),
                hasher: hasher.clone(),
                secrets: secrets.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            keys: KeyService::over(stores, system),
            chatrooms: ChatroomService {
                chatrooms: stores.chatrooms.clone(),
                events: stores.events.clone(),
                storage: storage.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            memberships: MembershipService {
                chatrooms: stores.chatrooms.clone(),
                memberships: stores.memberships.clone(),
                invitees: stores.invitees.clone(),
                storage: storage.clone(),
                clock: clock.clone(),
            },
            direct: DirectService {
                direct: stores.direct.clone(),
                storage: storage.clone(),
                clock: clock.clone(),
            },
            blocks: BlockService { blocks: stores.blocks.clone(), clock: clock.clone() },
            bans: BanService {
                chatrooms: stores.chatrooms.clone(),
                memberships: stores.memberships.clone(),
                bans: stores.bans.clone(),
                storage: storage.clone(),
                clock: clock.clone(),
            },
            invitations: InvitationService {
                chatrooms: stores.chatrooms.clone(),
                memberships: stores.memberships.clone(),
                invitations: stores.invitations.clone(),
                secrets: secrets.clone(),
                storage: storage.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            invitees: InviteeService {
                chatrooms: stores.chatrooms.clone(),
                invitees: stores.invitees.clone(),
                clock: clock.clone(),
            },
            messages: messages(stores, system, &storage, policies),
            reactions: ReactionService {
                chatrooms: stores.chatrooms.clone(),
                messages: stores.messages.clone(),
                reactions: stores.reactions.clone(),
                storage: storage.clone(),
                clock: clock.clone(),
            },
            pins: PinService {
                chatrooms: stores.chatrooms.clone(),
                messages: stores.messages.clone(),
                pins: stores.pins.clone(),
                storage: storage.clone(),
                clock: clock.clone(),
            },
            revisions: RevisionService::over(stores),
            reading: ReadingService { chatrooms: stores.chatrooms.clone(), reads: stores.reads.clone() },
            storage,
        }
    }

    /// Opens or closes sign-up.
    #[must_use]
    pub fn with_sign_ups(mut self, sign_ups: SignUps) -> Self {
        self.accounts.sign_ups = sign_ups;
        self
    }

    /// Limits the bytes that each user may store.
    #[must_use]
    pub fn with_storage_quota(self, quota: Option<u64>) -> Self {
        self.storage.set_quota(quota);
        self
    }

    /// Sets the policy for the passwords of new accounts.
    #[must_use]
    pub fn with_password_policy(mut self, policy: PasswordPolicy) -> Self {
        self.accounts.policy = policy;
        self
    }
}

fn messages(
    stores: &Stores,
    System { clock, ids, .. }: &System,
    storage: &Arc<StorageMeter>,
    Policies { body_limit, of_messages }: Policies,
) -> MessageService {
    MessageService {
        chatrooms: stores.chatrooms.clone(),
        messages: stores.messages.clone(),
        mentions: stores.mentions.clone(),
        storage: storage.clone(),
        body_limit,
        policies: of_messages,
        clock: clock.clone(),
        ids: ids.clone(),
    }
}
