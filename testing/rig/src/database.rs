//! Databases for a server or a group of servers.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use diesel::prelude::*;
use diesel::sql_types::Text;

/// An empty database, or one that a server has filled.
#[derive(Clone, Debug)]
pub struct Database {
    pub url: String,
    file: Option<PathBuf>,
}

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

impl Database {
    /// An SQLite file that does not exist yet.
    pub fn sqlite(file: PathBuf) -> Self {
        Self { url: format!("sqlite://{}", file.display()), file: Some(file) }
    }

    /// An empty database on a PostgreSQL server.
    pub fn postgres(url: String) -> Result<Self> {
        chit_chat_postgres::create(&url)?;
        Ok(Self { url, file: None })
    }

    /// Runs SQLite's integrity check; does nothing on PostgreSQL, which has none.
    pub fn check_integrity(&self) -> Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let connection = &mut SqliteConnection::establish(&file.display().to_string())?;
        let found: Vec<Finding> = diesel::sql_query("PRAGMA integrity_check").load(connection)?;
        let found: Vec<String> = found.into_iter().map(|finding| finding.integrity_check).collect();
        ensure!(found == ["ok"], "PRAGMA integrity_check: {found:?}");
        Ok(())
    }
}
