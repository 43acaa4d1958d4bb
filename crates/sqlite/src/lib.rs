//! The ports on SQLite, the embedded default.
//!
//! What is the same text as on PostgreSQL is taken from there and compiled for SQLite; the other
//! files are SQLite's own. There is one writing connection, for several would only wait for each
//! other's locks, and some readers beside it.

#[path = "../../postgres/src/administration.rs"]
mod administration;
#[path = "../../postgres/src/bans.rs"]
mod bans;
#[path = "../../postgres/src/blocks.rs"]
mod blocks;
#[path = "../../postgres/src/chatrooms.rs"]
mod chatrooms;
#[path = "../../postgres/src/direct.rs"]
mod direct;
#[path = "../../postgres/src/events.rs"]
mod events;
#[path = "../../postgres/src/home.rs"]
mod home;
#[path = "../../postgres/src/invitations.rs"]
mod invitations;
#[path = "../../postgres/src/ledger.rs"]
mod ledger;
#[path = "../../postgres/src/memberships.rs"]
mod memberships;
#[path = "../../postgres/src/mentions.rs"]
mod mentions;
#[path = "../../postgres/src/messages.rs"]
mod messages;
#[path = "../../postgres/src/movements.rs"]
mod movements;
#[path = "../../postgres/src/pins.rs"]
mod pins;
#[path = "../../postgres/src/purge.rs"]
mod purge;
#[path = "../../postgres/src/reactions.rs"]
mod reactions;
#[path = "../../postgres/src/reading.rs"]
mod reading;
#[path = "../../postgres/src/revisions.rs"]
mod revisions;
#[path = "../../postgres/src/sessions.rs"]
mod sessions;
#[path = "../../postgres/src/ties.rs"]
mod ties;
#[path = "../../postgres/src/turns.rs"]
mod turns;
#[path = "../../postgres/src/user_heads.rs"]
mod user_heads;
#[path = "../../postgres/src/users.rs"]
mod users;

mod append;
mod backup;
mod chatroom_heads;
mod checkpoints;
mod database;
mod dialect;
mod statements;
mod writeback;
mod writer;

use std::path::Path;
use std::sync::Arc;

use append::MessageWriter;
pub use backup::{Backup, backup, same_file};
use chatroom_heads::Heads;
use checkpoints::Checkpoints;
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::Sql;
use chit_chat_relational::heads::HeadQueue;
use chit_chat_relational::pool::Pool;
use chit_chat_relational::sends::SendQueue;
pub use database::{create, drop};
use writer::Writer;

pub(crate) type Conn = diesel::SqliteConnection;

const READERS: u32 = 4;
/// There is one lock for the whole file.
const WRITERS: u32 = 1;

/// An SQLite file that holds all that the domain's ports keep.
pub struct Store {
    readers: Pool<Conn>,
    writer: Arc<Writer>,
    sends: SendQueue,
    heads: HeadQueue,
    _checkpoints: Checkpoints,
}

impl Store {
    /// Opens the file, which [`create`] has made.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let url = database::url(path)?;
        let writer = Arc::new(Writer::open(&url)?);
        let heads = Heads::new(&url);
        Ok(Self {
            readers: Pool::new("readers", &url, READERS, database::reader_setup())?,
            sends: SendQueue::start(WRITERS, MessageWriter(Arc::clone(&writer)))?,
            heads: HeadQueue::start(Box::new(move |questions| heads.ask(questions)))?,
            _checkpoints: Checkpoints::start(&url, &writer)?,
            writer,
        })
    }

    fn read<T>(&self, query: impl Fn(&mut Conn) -> Sql<T>) -> Result<T, StoreError> {
        self.readers.read(query)
    }

    fn write<T>(&self, transaction: impl Fn(&mut Conn) -> Sql<T>) -> Result<T, StoreError> {
        self.writer.write(transaction)
    }
}

/// The row beyond a page tells that more follow.
fn one_more(limit: Limit) -> i64 {
    i64::try_from(limit.get()).unwrap_or(i64::MAX - 1) + 1
}
