//! The store: its connections, its queues and the observers of its commits.

use std::sync::Arc;

use crate::append::MessageWriter;
use crate::chatroom_heads;
use crate::conn::{Conn, Connections, Tx};
use crate::database;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::Sql;
use chit_chat_relational::commits::Observers;
use chit_chat_relational::group_commit::{HeadQueue, SendQueue};
use chit_chat_relational::pool::Pool;
use chit_chat_relational::writability::Writability;

/// The number of connections for reads; more would only queue inside PostgreSQL.
const READERS: u32 = 8;
/// The number of connections for writes other than sends, so that slow reads do not delay them.
const CHANGERS: u32 = 4;
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
}

impl Store {
    /// Creates the store without connecting; the first use connects.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let url = database::with_timeouts(url);
        let (observers, writability) = (Arc::default(), Arc::default());
        let pool = |name, size, setup| {
            Pool::new(name, &url, size, setup).map(|pool| pool.renewed_by(database::discard_plans))
        };
        let asking = pool("heads", ONE, database::setup())?;
        let sending = pool("sends", WRITERS, database::setup_for_sending())?.watched_by(&writability);
        Ok(Self {
            readers: pool("reads", READERS, database::setup_for_reading())?,
            changers: pool("writes", CHANGERS, database::setup())?.watched_by(&writability),
            followers: pool("follow", FOLLOWERS, database::setup())?,
            sends: SendQueue::start(WRITERS, MessageWriter(sending), Arc::clone(&observers))?,
            heads: HeadQueue::start(Box::new(move |questions| {
                asking.read(|conn| chatroom_heads::ask(conn, questions))
            }))?,
            observers,
            writability,
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
