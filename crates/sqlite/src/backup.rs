//! Copying the database while others read and write.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::SqlError;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use tempfile::Builder;

use crate::{Conn, database};

/// What became of a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backup {
    /// It is on disk, and has so many bytes.
    Written(u64),
    /// There is something where it should go.
    Exists,
    /// Where it should go is the database itself.
    IsTheDatabase,
}

/// Copies a database, as it is at one moment, to a file that only its owner may read. The file
/// appears whole, or not at all; what was there before is replaced only by `force`.
pub fn backup(database: &Path, file: &Path, force: bool) -> Result<Backup, StoreError> {
    if same_file(database, file) {
        return Ok(Backup::IsTheDatabase);
    }
    if !force && file.symlink_metadata().is_ok() {
        return Ok(Backup::Exists);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failure = |error: io::Error| database::failure(folder, &error);
    // For its owner only; SQLite fills a file that is there and empty.
    let draft = Builder::new().prefix(".chit-chat-backup-").tempfile_in(folder).map_err(failure)?;
    copy(database, draft.path())?;
    draft.as_file().sync_all().map_err(failure)?;
    let bytes = draft.as_file().metadata().map_err(failure)?.len();
    let kept = if force { draft.persist(file) } else { draft.persist_noclobber(file) };
    match kept {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(Backup::Exists),
        Err(error) => return Err(database::failure(file, &error.error)),
    }
    sync_folder(folder).map_err(failure)?;
    Ok(Backup::Written(bytes))
}

/// One read transaction, which holds nobody up.
fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let url = database::url(from)?;
    let mut conn = Conn::establish(&url).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    conn.batch_execute("PRAGMA busy_timeout=5000").map_err(SqlError::from)?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(database::url(to)?)
        .execute(&mut conn)
        .map_err(SqlError::from)?;
    Ok(())
}

fn same_file(one: &Path, other: &Path) -> bool {
    matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}

/// So that the file's name is on disk, too.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
