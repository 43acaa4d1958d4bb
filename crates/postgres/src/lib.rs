//! The ports on PostgreSQL.
//!
//! Most of this text is compiled for SQLite as well, where it is the same; `append`, `chatroom_heads`,
//! `database` and `dialect` are PostgreSQL's own.

mod administration;
mod append;
mod bans;
mod blocks;
mod chatroom_heads;
mod chatrooms;
mod database;
mod dialect;
mod direct;
mod events;
mod home;
mod invitations;
mod ledger;
mod memberships;
mod mentions;
mod messages;
mod movements;
mod pins;
mod purge;
mod reactions;
mod reading;
mod revisions;
mod sessions;
mod ties;
mod turns;
mod user_heads;
mod users;

use append::MessageWriter;
pub use append::send_statement;
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::Sql;
use chit_chat_relational::heads::HeadQueue;
use chit_chat_relational::pool::Pool;
use chit_chat_relational::sends::SendQueue;
pub use database::{create, drop};

pub(crate) type Conn = diesel::PgConnection;
pub(crate) type Connections = Pool<Conn>;

/// Connections for everything but messages on their way; more would only queue inside PostgreSQL.
const CONNECTIONS: u32 = 8;
/// For each thread that works on its own.
const ONE: u32 = 1;
/// While one batch of messages reaches the disk, the database works on the next one.
const WRITERS: u32 = 2;

/// A PostgreSQL database that holds all that the domain's ports keep.
pub struct Store {
    connections: Connections,
    sends: SendQueue,
    heads: HeadQueue,
}

impl Store {
    /// Prepares to connect; the first use does.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let url = database::with_timeouts(url);
        let pool = |name, size, setup| {
            Pool::new(name, &url, size, setup).map(|pool| pool.renewed_by(database::plan_anew))
        };
        let asking = pool("heads", ONE, database::setup())?;
        let sending = pool("sends", WRITERS, database::setup_for_sending())?;
        Ok(Self {
            connections: pool("main", CONNECTIONS, database::setup())?,
            sends: SendQueue::start(WRITERS, MessageWriter(sending))?,
            heads: HeadQueue::start(Box::new(move |questions| {
                asking.read(|conn| chatroom_heads::ask(conn, questions))
            }))?,
        })
    }

    fn read<T>(&self, query: impl Fn(&mut Conn) -> Sql<T>) -> Result<T, StoreError> {
        self.connections.read(query)
    }

    fn write<T>(&self, transaction: impl Fn(&mut Conn) -> Sql<T>) -> Result<T, StoreError> {
        self.connections.write(transaction)
    }
}

/// The row beyond a page tells that more follow.
fn one_more(limit: Limit) -> i64 {
    i64::try_from(limit.get()).unwrap_or(i64::MAX - 1) + 1
}
