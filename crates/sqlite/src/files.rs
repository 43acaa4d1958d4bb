//! Notices when the files of the database are deleted or replaced.
//!
//! A process keeps the files that it has opened, even when others have taken their place: what it then writes is lost
//! when it stops.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chit_chat_domain::store_error::StoreError;
use parking_lot::Mutex;

/// The database file and its write-ahead log, as they were when they were opened.
#[derive(Debug)]
pub(crate) struct Files {
    database: PathBuf,
    log: PathBuf,
    opened: Mutex<Opened>,
}

#[derive(Debug, Default)]
struct Opened {
    database: Option<Identity>,
    log: Option<Identity>,
}

/// The device and number of a file, which no other has while it exists.
type Identity = (u64, u64);

impl Files {
    pub(crate) fn new(path: &Path) -> Self {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Self { database: path.to_owned(), log: log.into(), opened: Mutex::default() }
    }

    /// Checks that the files are those of the first call; to be called after a write and before it is acknowledged.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let mut opened = self.opened.lock();
        let Opened { database, log } = &mut *opened;
        check_one(&self.database, database)?;
        check_one(&self.log, log)
    }
}

fn check_one(path: &Path, opened: &mut Option<Identity>) -> Result<(), StoreError> {
    let found = match identity(path) {
        Ok(found) => Some(found),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(StoreError::Unwritable(format!("{}: {error}", path.display()))),
    };
    if opened.is_none() || *opened == found {
        *opened = found;
        return Ok(());
    }
    Err(StoreError::Unwritable(format!(
        "{} was deleted or replaced while the server was running; stop the server, put the file back, and start it",
        path.display()
    )))
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

/// Elsewhere open files cannot be deleted.
#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Identity> {
    fs::metadata(path).map(|_| (0, 0))
}
