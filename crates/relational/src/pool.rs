//! A connection pool that replaces broken connections.

use std::cell::Cell;
use std::time::Duration;

use chit_chat_domain::store_error::StoreError;
use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::r2d2::{ConnectionManager, CustomizeConnection, PooledConnection, R2D2Connection};

use crate::error::{Remedy, Sql};
use crate::pool_metrics::{InUse, PoolMetrics};

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
        Ok(Self { connections, renew: None, metrics: PoolMetrics::new(name) })
    }

    /// Renews a connection after 16, 32, 64, ... uses: its cached plans were made when the tables were small.
    #[must_use]
    pub fn renewed_by(self, renew: Renewal<C>) -> Self {
        Self { renew: Some(renew), ..self }
    }

    /// Runs a query that is safe to repeat, and repeats it on another connection if necessary.
    pub fn read<T>(&self, query: impl Fn(&mut C) -> Sql<T>) -> Result<T, StoreError> {
        self.run(query, |remedy| matches!(remedy, Remedy::RunAgain | Remedy::Reconnect))
    }

    /// Runs a transaction, and repeats it if it lost a conflict or its connection was broken from the start. If
    /// the connection is lost later, the transaction may or may not be committed, so the caller decides.
    pub fn write<T>(&self, transaction: impl Fn(&mut C) -> Sql<T>) -> Result<T, StoreError> {
        let begun = Cell::new(false);
        let again = |remedy| remedy == Remedy::RunAgain || (remedy == Remedy::Reconnect && !begun.get());
        let work = |connection: &mut C| {
            begun.set(false);
            connection.transaction(|connection| {
                begun.set(true);
                transaction(connection)
            })
        };
        self.run(work, again)
    }

    /// Takes a connection for work other than `read` and `write`.
    pub fn get(&self) -> Result<InUse<PooledConnection<ConnectionManager<C>>>, StoreError> {
        let taken = self.metrics.take(|| self.connections.get());
        taken.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    fn run<T>(&self, work: impl Fn(&mut C) -> Sql<T>, again: impl Fn(Remedy) -> bool) -> Result<T, StoreError> {
        let mut attempt = 1;
        loop {
            let mut connection = self.get()?;
            let error = match self.renew(&mut connection).and_then(|()| work(&mut connection)) {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let remedy = error.remedy();
            if remedy == Remedy::Reconnect {
                mark_broken(&mut **connection);
            }
            if attempt == ATTEMPTS || !again(remedy) {
                return Err(error.into());
            }
            attempt += 1;
        }
    }
}

impl<C: R2D2Connection + 'static> Pool<C> {
    fn renew(&self, connection: &mut PooledConnection<ConnectionManager<C>>) -> Sql<()> {
        let Some(renew) = self.renew else {
            return Ok(());
        };
        let known = PooledConnection::extensions_mut(connection);
        let uses = known.get::<Uses>().map_or(1, |Uses(uses)| uses + 1);
        known.insert(Uses(uses));
        if uses >= FIRST_RENEWAL && uses.is_power_of_two() { renew(connection) } else { Ok(()) }
    }
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
