//! The dependencies of the handlers: the domain's services, the ports that they use directly, and the in-memory
//! state of this instance.

use std::io;
use std::sync::{Arc, Weak};

use actix_web::web::Data;
use chit_chat_domain::clock::Clock;
use chit_chat_domain::credential::Via;
use chit_chat_domain::id::{InstanceId, UserId};
use chit_chat_domain::services::Services;
use chit_chat_domain::session::AccessTokens;
use chit_chat_domain::storage::{StorageMeter, StorageUse};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::stores::Stores;
use chit_chat_live::{Hub, Sources};
use metrics::{counter, gauge};

use crate::ended_sessions::EndedSessionSet;
use crate::keys::KnownKeys;
use crate::limits::Limits;
use crate::pages::NewestPages;
use crate::renderer::Renderer;
use crate::streams::EventWriter;
use crate::work::{AtOnce, StoreConnections, Work};

/// The dependencies and settings of the HTTP layer itself.
pub struct Environment {
    pub clock: Arc<dyn Clock>,
    pub tokens: Arc<dyn AccessTokens>,
    pub at_once: AtOnce,
    pub connections: StoreConnections,
    pub limits: Option<Data<Limits>>,
    /// The number of threads that check passwords.
    pub password_threads: usize,
}

/// The state shared by all handlers.
pub struct State {
    pub services: Services,
    pub(crate) stores: Stores,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tokens: Arc<dyn AccessTokens>,
    pub(crate) ended: Arc<EndedSessionSet>,
    pub(crate) keys: KnownKeys,
    pub(crate) pages: NewestPages,
    pub(crate) renderer: Renderer,
    pub(crate) work: Work,
    pub(crate) limits: Option<Data<Limits>>,
    pub streams: Hub,
    instance: InstanceId,
}

impl State {
    /// Starts the threads that streams and rendering need.
    pub fn start(services: Services, stores: Stores, environment: Environment) -> io::Result<Self> {
        let Environment { clock, tokens, at_once, connections, limits, password_threads } = environment;
        let ended = Arc::new(EndedSessionSet::default());
        let writer = Box::new(EventWriter { clock: Arc::clone(&clock) });
        let streams = Hub::start(Sources::new(
            stores.events.clone(),
            stores.changes_since.clone(),
            stores.users.clone(),
            writer,
        ))?;
        // Registered in this order, so that a woken stream finds its session ended.
        let of_sessions: Weak<EndedSessionSet> = Arc::downgrade(&ended);
        stores.commits.observe(of_sessions);
        stores.commits.observe(streams.observer());
        let of_storage: Weak<StorageMeter> = Arc::downgrade(&services.storage);
        stores.commits.observe(of_storage);
        Ok(Self {
            instance: services.chatrooms.ids.next().into(),
            services,
            stores,
            clock,
            tokens,
            ended,
            keys: KnownKeys::default(),
            pages: NewestPages::default(),
            renderer: Renderer::start()?,
            work: Work::new(at_once, connections, password_threads),
            limits,
            streams,
        })
    }

    /// Reads the sessions that ended through other instances. The server calls it several times a second.
    pub fn follow_sessions(&self) -> Result<(), StoreError> {
        self.ended.refresh(&*self.stores.sessions, self.clock.now())?;
        self.streams.wake_sessions(|session| self.ended.contains(session));
        Ok(())
    }

    /// Reads the changes by other instances that streams deliver. The server calls it several times a second,
    /// apart from [`follow_sessions`](Self::follow_sessions), which must not wait for thousands of chatrooms.
    pub fn follow_streams(&self) -> Result<(), StoreError> {
        let exchanged = self.streams.exchange(&*self.stores.announcements, self.instance, self.clock.now());
        // Polling needs no announcements.
        self.streams.follow()?;
        exchanged
    }

    /// Writes what users stored through this instance, and reads whose quota is used up. The server calls it every
    /// few seconds.
    pub fn follow_storage(&self) -> Result<(), StoreError> {
        let meter = &self.services.storage;
        let followed = meter.follow(&*self.stores.storage);
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 users")]
        gauge!("chit_chat_storage_full_users").set(meter.full_users() as f64);
        counter!("chit_chat_storage_refusals_total").absolute(meter.refusals());
        followed
    }

    /// Stores when keys were used. The server calls it every few seconds.
    pub fn follow_keys(&self) -> Result<(), StoreError> {
        self.keys.store_uses(&*self.stores.keys)
    }

    /// What a user stores and may store. Reads from the store, and so blocks.
    pub(crate) fn storage_of(&self, user: UserId) -> Result<StorageUse, StoreError> {
        self.services.storage.use_of(user, &*self.stores.storage)
    }

    /// Reads everything that other instances changed.
    pub fn follow(&self) -> Result<(), StoreError> {
        self.follow_sessions()?;
        self.follow_streams()?;
        self.follow_storage()?;
        self.follow_keys()
    }

    /// Returns whether the credential was ended before it expires.
    pub(crate) fn has_ended(&self, via: Via) -> bool {
        self.ended.contains(via.logged_as())
    }
}
