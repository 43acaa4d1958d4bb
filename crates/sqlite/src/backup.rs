//! Copies the database while others read and write.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::SqlError;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use tempfile::Builder;

use crate::database;

/// The outcome of a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backup {
    /// The copy is on disk; its size in bytes.
    Written(u64),
    /// The target file exists.
    Exists,
    /// The target is not a regular file but a folder, a device or a symbolic link.
    IsNoFile,
    /// The target is the database itself, or one of SQLite's files next to it.
    IsTheDatabase,
}

/// Copies the state of a database at one moment to a file that only its owner may read. The file appears
/// complete or not at all; an existing file is replaced only with `force`.
pub fn backup(database: &Path, file: &Path, force: bool) -> Result<Backup, StoreError> {
    if is_of(database, file) {
        return Ok(Backup::IsTheDatabase);
    }
    match file.symlink_metadata() {
        Ok(found) if !found.is_file() => return Ok(Backup::IsNoFile),
        Ok(_) if !force => return Ok(Backup::Exists),
        _ => {}
    }
    let folder = folder_of(file);
    let failure = |error: io::Error| database::failure(folder, &error);
    // The file is readable by its owner only; SQLite fills the existing, empty file.
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

/// Copies in one read transaction, which blocks nobody.
fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let mut conn = database::connect(from)?;
    conn.batch_execute("PRAGMA busy_timeout=5000").map_err(SqlError::from)?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(database::file_name(to)?)
        .execute(&mut conn)
        .map_err(SqlError::from)?;
    Ok(())
}

/// Returns whether a path leads to the database or to one of SQLite's files next to it, also through links.
fn is_of(database: &Path, file: &Path) -> bool {
    let linked = fs::canonicalize(database).unwrap_or_else(|_| database.to_owned());
    [database, &linked].into_iter().any(|database| {
        ["", "-wal", "-shm", "-journal"].into_iter().any(|suffix| {
            let mut name = database.as_os_str().to_owned();
            name.push(suffix);
            same_file(Path::new(&name), file)
        })
    })
}

/// Returns whether two paths lead to the same file, existing or not.
pub fn same_file(one: &Path, other: &Path) -> bool {
    matches!((resolved(one), resolved(other)), (Some(one), Some(other)) if one == other)
}

fn resolved(path: &Path) -> Option<PathBuf> {
    let absent = || Some(fs::canonicalize(folder_of(path)).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(absent)
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Syncs the folder, so that the name of the file is on disk too.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
