//! PostgreSQL past the server: for the few things that are done to it besides measuring.

use anyhow::{Context, Result};
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

/// A database.
#[derive(Clone, Debug)]
pub(crate) struct Postgres {
    pub(crate) url: String,
}

impl Postgres {
    /// Runs a script, statement by statement where one cannot be part of a transaction.
    pub(crate) fn run(&self, scripts: &[&str]) -> Result<()> {
        let mut connection = self.connect()?;
        scripts.iter().try_for_each(|script| connection.batch_execute(script)).context("PostgreSQL")
    }

    /// Does what PostgreSQL would do sooner or later, in the midst of one measurement and not of the next.
    pub(crate) fn settle(&self) -> Result<()> {
        self.run(&["VACUUM ANALYZE", "CHECKPOINT"])
    }

    /// Messages so far, and whatever else the rooms have logged.
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
