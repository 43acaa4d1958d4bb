//! SQLite files, each in its own folder.

use std::path::PathBuf;

use chit_chat_sqlite as sqlite;
use tempfile::TempDir;

/// A file that is deleted on drop.
pub(crate) struct File {
    folder: TempDir,
}

impl File {
    pub(crate) fn create() -> Self {
        let file = Self { folder: TempDir::new().unwrap() };
        assert!(sqlite::create(&file.path()).unwrap());
        file
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("contract.db")
    }

    pub(crate) fn open(&self) -> sqlite::Store {
        sqlite::Store::open(&self.path()).unwrap()
    }
}
