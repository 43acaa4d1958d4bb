//! The environment of one trial: its engine, its random numbers, and its processes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use chit_chat_rig::{Cluster, Database};
use fastrand::Rng;

use super::secrets::Secrets;
use super::server::Server;
use crate::engine::Engine;

/// The state that all trials of a run share.
#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) program: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) seed: u64,
    /// The cluster of trials that do not stop PostgreSQL.
    pub(crate) cluster: Option<Cluster>,
    pub(crate) secrets: Arc<Secrets>,
    /// The logs of all servers of the run.
    pub(crate) logs: Mutex<Vec<PathBuf>>,
}

/// The environment of one trial on one engine.
#[derive(Debug)]
pub(crate) struct Bench<'run> {
    pub(crate) engine: Engine,
    pub(crate) common: &'run Common,
    name: &'static str,
    files: AtomicUsize,
    logs: Mutex<Vec<PathBuf>>,
}

impl<'run> Bench<'run> {
    pub(crate) fn new(name: &'static str, engine: Engine, common: &'run Common) -> Self {
        Self { engine, common, name, files: AtomicUsize::new(0), logs: Mutex::new(Vec::new()) }
    }

    /// Random numbers that depend only on the seed and the trial.
    pub(crate) fn rng(&self) -> Rng {
        let mut hasher = DefaultHasher::new();
        (self.common.seed, self.name, self.engine.name()).hash(&mut hasher);
        Rng::with_seed(hasher.finish())
    }

    /// Creates an empty database.
    pub(crate) fn database(&self) -> Result<Database> {
        match self.engine {
            Engine::Sqlite => Ok(Database::sqlite(self.file("db"))),
            Engine::Postgres => self.common.cluster.as_ref().context("no PostgreSQL was started")?.database(),
        }
    }

    /// Starts a PostgreSQL that the trial may stop.
    pub(crate) fn cluster(&self) -> Result<Cluster> {
        Cluster::start(&self.file("postgres"))
    }

    /// Starts a server without rate limits.
    pub(crate) fn server(&self, database: &Database) -> Result<Server> {
        self.server_with(database, &[])
    }

    /// Starts a server with additional variables.
    pub(crate) fn server_with(&self, database: &Database, variables: &[(&str, &str)]) -> Result<Server> {
        let mut server = self.launch(database, variables)?;
        server.wait_until_it_listens()?;
        Ok(server)
    }

    /// Starts a server that may not be listening yet.
    pub(crate) fn launch(&self, database: &Database, variables: &[(&str, &str)]) -> Result<Server> {
        let log = self.file("log");
        for logs in [&self.logs, &self.common.logs] {
            logs.lock().unwrap_or_else(PoisonError::into_inner).push(log.clone());
        }
        Server::launch(&self.common.program, database, variables, log, self.common.secrets.clone())
    }

    /// Starts a server on its own database.
    pub(crate) fn fresh_server(&self) -> Result<Server> {
        self.server(&self.database()?)
    }

    /// The logs of the servers of this trial.
    pub(crate) fn logs(&self) -> Vec<PathBuf> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn file(&self, extension: &str) -> PathBuf {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{}-{number}.{extension}", self.name, self.engine.name());
        Path::new(&self.common.folder).join(name)
    }
}
