//! The ports on PostgreSQL.
//!
//! Most of this text is compiled for SQLite as well, where it is the same; `append`, `database` and
//! `dialect` are PostgreSQL's own.

mod administration;
mod append;
mod chatrooms;
mod database;
mod dialect;
mod events;
mod heads;
mod ledger;
mod memberships;
mod messages;
mod purge;
mod sessions;
mod users;

use std::sync::Arc;

pub use append::send_statement;
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::Sql;
use chit_chat_relational::pool::Pool;
use chit_chat_relational::sends::SendQueue;
pub use database::{create, drop};

pub(crate) type Conn = diesel::PgConnection;
pub(crate) type Connections = Pool<Conn>;

/// Connections for everything but sending; more would only queue inside PostgreSQL.
const CONNECTIONS: u32 = 8;
/// Threads that send, each with a connection.
const SENDERS: u32 = 4;

/// A PostgreSQL database that holds all that the domain's ports keep.
pub struct Store {
    connections: Connections,
    sends: SendQueue,
}

impl Store {
    /// Prepares to connect; the first use does.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let url = database::with_connect_timeout(url);
        let connections = Pool::new("main", &url, CONNECTIONS, database::setup())?;
        let senders = Pool::new("senders", &url, SENDERS, database::setup())?;
        let sends =
            SendQueue::start(SENDERS as usize, &(Arc::new(move |send: &_| append::append(&senders, send)) as _))?;
        Ok(Self { connections, sends })
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
