//! Creates and drops the database file, and sets its connections up.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::SqlError;
use chit_chat_relational::error::Remedy;
use chit_chat_relational::pool::Setup;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::CustomizeConnection;

use crate::Conn;

/// The settings of the writing connection. `synchronous=FULL` syncs the write-ahead log at each commit, so an
/// acknowledged write is on disk. Only `checkpoints` makes checkpoints.
pub(crate) const WRITER: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
     PRAGMA foreign_keys=ON; PRAGMA cache_size=-4000; PRAGMA wal_autocheckpoint=0";
/// The settings of reading connections. The cache is small, because the system caches the file already, and mapped
/// or cached pages would be in memory twice.
const READER: &str = "PRAGMA busy_timeout=5000; PRAGMA query_only=ON; PRAGMA cache_size=-500";

/// Creates the file and its parent folders if it is absent, and returns whether it was.
pub fn create(path: &Path) -> Result<bool, StoreError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failure(folder, &error))?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    // Only the owner may read the data; SQLite gives its other files the same mode.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failure(path, &error)),
    }
}

/// Deletes the file and SQLite's files next to it, and returns whether it existed. It deletes nothing while
/// another process has the file open, because that process would continue to write to unlinked files.
pub fn drop(path: &Path) -> Result<bool, StoreError> {
    let _alone = if path.exists() { claim(path)? } else { None };
    for suffix in ["-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        remove(&PathBuf::from(name))?;
    }
    remove(path)
}

/// Opens an exclusive connection; `None` if the file is not a database.
fn claim(path: &Path) -> Result<Option<Conn>, StoreError> {
    let Ok(mut conn) = connect(path) else {
        return Ok(None);
    };
    // Leaving write-ahead logging requires that there is no other connection.
    let claimed = conn.batch_execute("PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE").map_err(SqlError::from);
    match claimed {
        Ok(()) => Ok(Some(conn)),
        Err(error) if error.remedy() == Remedy::RunAgain => {
            Err(StoreError::Unavailable(format!("{} is open in another process; stop it first", path.display())))
        }
        Err(_) => Ok(None),
    }
}

fn remove(path: &Path) -> Result<bool, StoreError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failure(path, &error)),
    }
}

/// The path in a form that SQLite takes as a plain file name, whatever characters it has.
pub(crate) fn file_name(path: &Path) -> Result<String, StoreError> {
    let absolute = std::path::absolute(path).map_err(|error| failure(path, &error))?;
    let text = absolute.into_os_string().into_string();
    text.map_err(|_| StoreError::Other("the path of the database is not valid UTF-8".into()))
}

/// The URI by which SQLite opens the file only if it exists: where it was deleted, a reader would otherwise create an
/// empty one.
pub(crate) fn url(path: &Path) -> Result<String, StoreError> {
    let name = file_name(path)?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Ok(format!("file:{name}?mode=rw"))
}

pub(crate) fn failure(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("{}: {error}", path.display()))
}

/// Opens a connection without settings.
pub(crate) fn connect(path: &Path) -> Result<Conn, StoreError> {
    let failure = |error| StoreError::Unavailable(format!("{}: {error}", path.display()));
    Conn::establish(&url(path)?).map_err(failure)
}

/// Opens a reading connection outside the pool.
pub(crate) fn connect_reader(path: &Path) -> Result<Conn, StoreError> {
    let mut conn = connect(path)?;
    conn.batch_execute(READER).map_err(SqlError::from)?;
    Ok(conn)
}

pub(crate) fn reader_setup() -> Setup<Conn> {
    Box::new(Reader)
}

#[derive(Debug)]
struct Reader;

impl CustomizeConnection<Conn, diesel::r2d2::Error> for Reader {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        conn.batch_execute(READER).map_err(diesel::r2d2::Error::QueryError)
    }
}
