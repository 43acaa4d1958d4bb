//! The store: its connections, its queues and the observers of its commits.

use std::sync::Arc;

use crate::append::MessageWriter;
use crate::chatroom_heads;
use crate::conn::{Conn, Connections, Tx};
use crate::session::{self, Pooling, Purpose};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::Sql;
use chit_chat_relational::commits::Observers;
use chit_chat_relational::group_commit::{HeadQueue, SendQueue};
use chit_chat_relational::pool::Pool;
use chit_chat_relational::writability::Writability;

/// The number of connections that follow other instances' writes, which the trust in sessions depends on.
const FOLLOWERS: u32 = 2;
/// The number of connections of a thread that works alone.
const ONE: u32 = 1;
/// The number of threads that write messages: while one batch is synced to disk, the database executes the next.
const WRITERS: u32 = 2;

/// A PostgreSQL database that stores everything behind the domain's ports.
pub struct Store {
    pub(crate) readers: Connections,
    pub(crate) changers: Connections,
    pub(crate) followers: Connections,
    pub(crate) sends: SendQueue,
    pub(crate) heads: HeadQueue,
    pub(crate) observers: Arc<Observers>,
    pub(crate) writability: Arc<Writability>,
    pub(crate) pooling: Pooling,
    /// The statements that set a session or a transaction of `changers` up.
    pub(crate) settings: String,
}

impl Store {
    /// The number of connections for reads; more would only queue inside PostgreSQL.
    pub const READERS: u32 = 8;
    /// The number of connections for writes other than sends, so that slow reads do not delay them.
    pub const CHANGERS: u32 = 4;

    /// Creates the store without connecting; the first use connects.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        Self::with(url, Pooling::Sessions)
    }

    /// Creates the store for a server that is reached directly, or through a pooler.
    pub fn with(url: &str, pooling: Pooling) -> Result<Self, StoreError> {
        let url = session::with_timeouts(url);
        let (observers, writability) = (Arc::default(), Arc::default());
        let pool = |name, size, purpose| {
            let pool = Pool::new(name, &url, size, session::setup(&url, purpose, pooling))?;
            Ok::<_, StoreError>(match pooling {
                Pooling::Sessions => pool.renewed_by(session::discard_plans),
                Pooling::Transactions => pool.begun_by(&session::of_transaction(&url, purpose)),
            })
        };
        let asking = pool("heads", ONE, Purpose::Changing)?;
        let sending = pool("sends", WRITERS, Purpose::Sending)?.watched_by(&writability);
        Ok(Self {
            readers: pool("reads", Self::READERS, Purpose::Reading)?,
            changers: pool("writes", Self::CHANGERS, Purpose::Changing)?.watched_by(&writability),
            followers: pool("follow", FOLLOWERS, Purpose::Changing)?,
            sends: SendQueue::start(WRITERS, MessageWriter(sending), Arc::clone(&observers))?,
            heads: HeadQueue::start(Box::new(move |questions| {
                asking.read(|conn| chatroom_heads::ask(conn, questions))
            }))?,
            observers,
            writability,
            pooling,
            settings: match pooling {
                Pooling::Sessions => session::of_session(&url, Purpose::Changing),
                Pooling::Transactions => session::within_transaction(&url, Purpose::Changing),
            },
        })
    }

    pub(crate) fn read<T>(&self, query: impl Fn(&mut Conn) -> Sql<T>) -> Result<T, StoreError> {
        self.readers.read(query)
    }

    /// Reads what other instances have changed.
    pub(crate) fn follow<T>(&self, query: impl Fn(&mut Conn) -> Sql<T>) -> Result<T, StoreError> {
        self.followers.read(query)
    }

    pub(crate) fn write<T>(&self, transaction: impl Fn(&mut Tx<'_>) -> Sql<T>) -> Result<T, StoreError> {
        let (done, changes) = self.changers.write(|conn| Tx::run(conn, &transaction))?;
        self.observers.notify(&changes);
        Ok(done)
    }
}
