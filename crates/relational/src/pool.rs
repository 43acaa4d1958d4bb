//! A connection pool that replaces broken connections.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use chit_chat_domain::store_error::StoreError;
use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::r2d2::{ConnectionManager, CustomizeConnection, PooledConnection, R2D2Connection};

use crate::error::{Remedy, Sql, SqlError};
use crate::pool_metrics::{InUse, PoolMetrics};
use crate::writability::Writability;

/// The time that a request waits for a connection before the store counts as unavailable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The maximum number of attempts: enough to replace a whole pool of connections that broke together.
const ATTEMPTS: usize = 10;
/// The use at which a connection is first renewed. Before, the tables are too small for a bad plan to matter.
const FIRST_RENEWAL: u64 = 16;

/// Connections to one database.
#[derive(Clone, Debug)]
pub struct Pool<C: R2D2Connection + 'static> {
    connections: diesel::r2d2::Pool<ConnectionManager<C>>,
    renew: Option<Renewal<C>>,
    begin: Option<Arc<str>>,
    writability: Option<Arc<Writability>>,
    metrics: PoolMetrics,
}

/// Discards the cached plans of a connection.
pub type Renewal<C> = fn(&mut C) -> Sql<()>;

/// The number of uses of a connection.
struct Uses(u64);

/// The setup of each new connection.
pub type Setup<C> = Box<dyn CustomizeConnection<C, diesel::r2d2::Error>>;

impl<C> Pool<C>
where
    C: R2D2Connection + Connection<TransactionManager = AnsiTransactionManager> + 'static,
{
    /// Creates a pool that opens up to `size` connections on demand. `name` is its label in metrics.
    pub fn new(name: &'static str, url: &str, size: u32, setup: Setup<C>) -> Result<Self, StoreError> {
        let connections = diesel::r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .connection_timeout(CONNECT_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_on_check_out(false)
            .connection_customizer(setup)
            .error_handler(Box::new(QuietErrors))
            .build(ConnectionManager::new(url))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { connections, renew: None, begin: None, writability: None, metrics: PoolMetrics::new(name) })
    }

    /// Renews a connection after 16, 32, 64, ... uses: its cached plans were made when the tables were small.
    #[must_use]
    pub fn renewed_by(self, renew: Renewal<C>) -> Self {
        Self { renew: Some(renew), ..self }
    }

    /// Runs everything in a transaction that these statements begin: behind a pooler, what follows may otherwise go
    /// to another connection of the server.
    #[must_use]
    pub fn begun_by(self, statements: &str) -> Self {
        Self { begin: Some(statements.into()), ..self }
    }

    /// Records whether what this pool is used for could be stored.
    #[must_use]
    pub fn watched_by(self, writability: &Arc<Writability>) -> Self {
        Self { writability: Some(Arc::clone(writability)), ..self }
    }

    /// Runs a query that is safe to repeat, and repeats it on another connection if necessary.
    pub fn read<T>(&self, query: impl Fn(&mut C) -> Sql<T>) -> Result<T, StoreError> {
        let work = |connection: &mut C| match &self.begin {
            Some(statements) => transaction_begun_by(statements, connection, &query),
            None => query(connection),
        };
        self.run(work, |_| true)
    }

    /// Runs a transaction, and repeats it if it lost a conflict or its connection was broken from the start. If
    /// the connection is lost later, the transaction may or may not be committed, so the caller decides.
    pub fn write<T>(&self, transaction: impl Fn(&mut C) -> Sql<T>) -> Result<T, StoreError> {
        let begun = Cell::new(false);
        let again = |remedy| remedy != Remedy::Reconnect || !begun.get();
        let work = |connection: &mut C| {
            begun.set(false);
            let body = |connection: &mut C| {
                begun.set(true);
                transaction(connection)
            };
            match &self.begin {
                Some(statements) => transaction_begun_by(statements, connection, body),
                None => connection.transaction(body),
            }
        };
        self.run(work, again)
    }

    /// Takes a connection for work other than `read` and `write`.
    pub fn get(&self) -> Result<InUse<PooledConnection<ConnectionManager<C>>>, StoreError> {
        let taken = self.metrics.take(|| self.connections.get());
        taken.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// Runs work, and repeats it where that may help and the caller agrees.
    fn run<T>(&self, work: impl Fn(&mut C) -> Sql<T>, agrees: impl Fn(Remedy) -> bool) -> Result<T, StoreError> {
        let mut attempt = 1;
        loop {
            let mut connection = self.get().inspect_err(|error| self.failed(error))?;
            let uses = count_use(&mut connection);
            let error = match self.renew(uses, &mut connection).and_then(|()| work(&mut connection)) {
                Ok(done) => {
                    self.succeeded();
                    return Ok(done);
                }
                Err(error) => error,
            };
            let remedy = error.remedy();
            if matches!(remedy, Remedy::Reconnect | Remedy::Unwritable) {
                mark_broken(&mut **connection);
            }
            let helps = match remedy {
                Remedy::RunAgain | Remedy::Reconnect => true,
                // A new connection may lead to another host, unless this one was new.
                Remedy::Unwritable => uses > 1,
                Remedy::Later | Remedy::Others | Remedy::None => false,
            };
            if attempt == ATTEMPTS || !helps || !agrees(remedy) {
                return Err(self.give_up(remedy, error));
            }
            attempt += 1;
        }
    }

    fn give_up(&self, remedy: Remedy, error: SqlError) -> StoreError {
        let error = error.into();
        if matches!(remedy, Remedy::Reconnect | Remedy::Unwritable) {
            self.failed(&error);
        }
        match error {
            // Such a failure of a read is no matter of writing, and is logged by whoever reads.
            StoreError::Unwritable(why) if self.writability.is_none() => StoreError::Unavailable(why),
            error => error,
        }
    }

    fn succeeded(&self) {
        if let Some(writability) = &self.writability {
            writability.succeeded();
        }
    }

    fn failed(&self, error: &StoreError) {
        if let Some(writability) = &self.writability {
            writability.failed(error);
        }
    }

    fn renew(&self, uses: u64, connection: &mut C) -> Sql<()> {
        match self.renew {
            Some(renew) if uses >= FIRST_RENEWAL && uses.is_power_of_two() => renew(connection),
            _ => Ok(()),
        }
    }
}

/// Runs a transaction, as diesel does, but for how it begins.
fn transaction_begun_by<T, C>(statements: &str, connection: &mut C, body: impl FnOnce(&mut C) -> Sql<T>) -> Sql<T>
where
    C: Connection<TransactionManager = AnsiTransactionManager>,
{
    AnsiTransactionManager::begin_transaction_sql(connection, statements)?;
    let outcome = body(connection);
    match &outcome {
        Ok(_) => AnsiTransactionManager::commit_transaction(connection)?,
        // A connection on which this fails is discarded; the first error says more.
        Err(_) => drop(AnsiTransactionManager::rollback_transaction(connection)),
    }
    outcome
}

/// Counts a use of a connection; returns how many there have been.
fn count_use<C: R2D2Connection + 'static>(connection: &mut PooledConnection<ConnectionManager<C>>) -> u64 {
    let known = PooledConnection::extensions_mut(connection);
    let uses = known.get::<Uses>().map_or(1, |Uses(uses)| uses + 1);
    known.insert(Uses(uses));
    uses
}

/// Marks a connection as broken, so that the pool replaces it on return.
pub fn mark_broken<C: Connection<TransactionManager = AnsiTransactionManager>>(connection: &mut C) {
    AnsiTransactionManager::transaction_manager_status_mut(connection).set_in_error();
}

/// Logs r2d2's reports of failed attempts to connect at debug level only, because the caller's error has the same
/// information with context.
#[derive(Debug)]
struct QuietErrors;

impl diesel::r2d2::HandleError<diesel::r2d2::Error> for QuietErrors {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        tracing::debug!(%error, "no database connection available");
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use diesel::SqliteConnection;
    use diesel::r2d2::NopConnectionCustomizer;

    use super::*;

    thread_local! {
        static RENEWALS: Cell<usize> = const { Cell::new(0) };
    }

    #[test]
    fn connection_is_renewed_at_doubling_intervals() {
        let setup = Box::new(NopConnectionCustomizer);
        let pool: Pool<SqliteConnection> = Pool::new("test", ":memory:", 1, setup).unwrap();
        let pool = pool.renewed_by(|_| {
            RENEWALS.set(RENEWALS.get() + 1);
            Ok(())
        });
        let mut renewed_at = Vec::new();
        for uses in 1..=100 {
            let before = RENEWALS.get();
            pool.read(|_| Ok(())).unwrap();
            renewed_at.extend((RENEWALS.get() > before).then_some(uses));
        }
        assert_eq!(renewed_at, [16, 32, 64]);
    }
}
