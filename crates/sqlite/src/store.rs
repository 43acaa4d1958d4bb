//! The store: its connections, its queues and the observers of its commits.

use std::path::Path;
use std::sync::Arc;

use crate::append::MessageWriter;
use crate::chatroom_heads::HeadCache;
use crate::checkpoints::Checkpoints;
use crate::conn::{Conn, Tx};
use crate::database;
use crate::writer::Writer;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::Sql;
use chit_chat_relational::commits::Observers;
use chit_chat_relational::group_commit::{HeadQueue, SendQueue};
use chit_chat_relational::pool::Pool;
use chit_chat_relational::writability::Writability;

/// The number of connections that follow what other processes write, which the trust in sessions depends on.
const FOLLOWERS: u32 = 2;
/// The number of threads that write messages: one, because the whole file has a single lock.
const WRITERS: u32 = 1;

/// An SQLite file that stores everything behind the domain's ports.
pub struct Store {
    pub(crate) readers: Pool<Conn>,
    pub(crate) followers: Pool<Conn>,
    pub(crate) writer: Arc<Writer>,
    pub(crate) sends: SendQueue,
    pub(crate) heads: HeadQueue,
    pub(crate) observers: Arc<Observers>,
    pub(crate) writability: Arc<Writability>,
    _checkpoints: Checkpoints,
}

impl Store {
    /// The number of connections for reads.
    pub const READERS: u32 = 4;
    /// The number of connections for writes.
    pub const CHANGERS: u32 = 1;

    /// Opens the file that [`create`](crate::create) has created.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let url = database::url(path)?;
        let writability = Arc::default();
        let writer = Arc::new(Writer::open(path, &writability)?);
        let heads = HeadCache::new(path);
        let observers = Arc::default();
        Ok(Self {
            readers: Pool::new("readers", &url, Self::READERS, database::reader_setup())?,
            followers: Pool::new("follow", &url, FOLLOWERS, database::reader_setup())?,
            sends: SendQueue::start(WRITERS, MessageWriter(Arc::clone(&writer)), Arc::clone(&observers))?,
            heads: HeadQueue::start(Box::new(move |questions| heads.ask(questions)))?,
            _checkpoints: Checkpoints::start(path, &writer)?,
            writer,
            observers,
            writability,
        })
    }

    pub(crate) fn read<T>(&self, query: impl Fn(&mut Conn) -> Sql<T>) -> Result<T, StoreError> {
        self.readers.read(query)
    }

    /// Reads what other processes have changed.
    pub(crate) fn follow<T>(&self, query: impl Fn(&mut Conn) -> Sql<T>) -> Result<T, StoreError> {
        self.followers.read(query)
    }

    pub(crate) fn write<T>(&self, transaction: impl Fn(&mut Tx<'_>) -> Sql<T>) -> Result<T, StoreError> {
        let (done, changes) = self.writer.write(|conn| Tx::run(conn, &transaction))?;
        self.observers.notify(&changes);
        Ok(done)
    }
}
