//! Direct access to PostgreSQL, for filling and maintenance.

use anyhow::{Context, Result};
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

/// A database of the cluster.
#[derive(Clone, Debug)]
pub(crate) struct Postgres {
    pub(crate) url: String,
}

impl Postgres {
    /// Runs each script as one batch; a statement that cannot be in a transaction needs a script of its own.
    pub(crate) fn run(&self, scripts: &[&str]) -> Result<()> {
        let mut connection = self.connect()?;
        scripts.iter().try_for_each(|script| connection.batch_execute(script)).context("PostgreSQL")
    }

    /// Vacuums and checkpoints, so that PostgreSQL does neither during a measurement.
    pub(crate) fn vacuum_and_checkpoint(&self) -> Result<()> {
        self.run(&["VACUUM ANALYZE", "CHECKPOINT"])
    }

    /// The number of log entries of all rooms, messages included.
    pub(crate) fn log_length(&self) -> Result<u64> {
        let sum: i64 = diesel::select(sql::<BigInt>("(SELECT sum(last_seq)::bigint FROM chatrooms)"))
            .get_result(&mut self.connect()?)?;
        Ok(sum.try_into()?)
    }

    pub(crate) fn version(&self) -> Result<String> {
        Ok(diesel::select(sql::<Text>("current_setting('server_version')")).get_result(&mut self.connect()?)?)
    }

    fn connect(&self) -> Result<PgConnection> {
        PgConnection::establish(&self.url).context("PostgreSQL")
    }
}
