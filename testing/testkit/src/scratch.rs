//! A store in a temporary file.

use std::fmt::Debug;
use std::sync::Arc;

use chit_chat_domain::services::{Policies, Services};
use chit_chat_domain::stores::Stores;
use chit_chat_domain::testing::{FixedClock, SequentialIds};
use chit_chat_sqlite as sqlite;
use tempfile::TempDir;

use crate::system::system;

/// An empty SQLite store in a temporary file, and the use cases on it. The file is deleted on drop.
pub struct Scratch {
    // Fields are dropped in order: the store closes its file before the folder is deleted.
    pub services: Services,
    /// The ports, for your own rules.
    pub stores: Stores,
    /// A clock that shows [`NOW`](chit_chat_domain::testing::NOW) until a test advances it.
    pub clock: Arc<FixedClock>,
    pub ids: Arc<SequentialIds>,
    _folder: TempDir,
}

impl Scratch {
    /// Creates the file and its tables.
    pub fn open() -> Self {
        Self::with_policies(Policies::default())
    }

    /// Creates the file and its tables, for a deployment with these policies.
    pub fn with_policies(policies: Policies) -> Self {
        let folder = done(TempDir::new());
        let path = folder.path().join("scratch.db");
        done(sqlite::create(&path));
        let store = done(sqlite::Store::open(&path));
        done(store.migrate());
        let (stores, clock, ids) = (Stores::from(Arc::new(store)), Arc::default(), Arc::default());
        let services = Services::over(&stores, &system(&clock, &ids), policies);
        Self { services, stores, clock, ids, _folder: folder }
    }
}

/// Unwraps the result of a setup step; a failure fails the test.
#[track_caller]
pub(crate) fn done<T, E: Debug>(outcome: Result<T, E>) -> T {
    match outcome {
        Ok(result) => result,
        Err(error) => panic!("{error:?}"),
    }
}
