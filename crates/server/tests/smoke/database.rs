//! Databases that do not exist yet.

use chit_chat_contract::{Engine, TestStore};
use tempfile::TempDir;

/// The URL of a database that does not exist yet, and is deleted on drop.
pub(crate) struct FreshDatabase {
    pub(crate) url: String,
    _owner: Owner,
}

#[expect(dead_code, reason = "dropped at the end")]
enum Owner {
    Somebody,
    Folder(TempDir),
    Server(Box<TestStore>),
}

impl FreshDatabase {
    /// The database with this URL, which is not deleted on drop.
    pub(crate) fn of(url: &str) -> Self {
        Self { url: url.to_owned(), _owner: Owner::Somebody }
    }

    pub(crate) fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = TempDir::new().unwrap();
                let url = format!("sqlite://{}", folder.path().join("data/chit-chat.db").display());
                Self { url, _owner: Owner::Folder(folder) }
            }
            Engine::Postgres => {
                let store = TestStore::unmigrated(engine);
                Self { url: store.url(), _owner: Owner::Server(Box::new(store)) }
            }
        }
    }
}
