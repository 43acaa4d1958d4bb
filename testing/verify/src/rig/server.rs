//! The server under test, and clients that record its tokens.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use chit_chat_client::Client;
use chit_chat_rig::Database;

use super::secrets::Secrets;

/// The key with which the servers sign access tokens.
pub(crate) const SECRET: &str = "signing key 1 of the trials and of nothing else";

/// A running server, killed on drop.
#[derive(Debug)]
pub(crate) struct Server {
    server: chit_chat_rig::Server,
    secrets: Arc<Secrets>,
}

impl Server {
    /// Starts a server without rate limits, with these additional variables. It may not be listening yet.
    pub(crate) fn launch(
        program: &Path,
        database: &Database,
        variables: &[(&str, &str)],
        log: PathBuf,
        secrets: Arc<Secrets>,
    ) -> Result<Self> {
        let variables = [&[("JWT_SECRET", SECRET), ("RATE_LIMITS", "off")], variables].concat();
        Ok(Self { server: chit_chat_rig::Server::launch(program, database, &variables, log)?, secrets })
    }

    pub(crate) fn wait_until_it_listens(&mut self) -> Result<()> {
        self.server.wait_until_it_listens()
    }

    pub(crate) fn nobody(&self) -> Client {
        let secrets = Arc::clone(&self.secrets);
        Client::new(self.server.url()).watched_by(move |answer| secrets.note_tokens(answer))
    }

    pub(crate) fn kill(self) -> Result<()> {
        self.server.kill()
    }

    pub(crate) fn terminate(self) -> Result<(ExitStatus, Duration)> {
        self.server.terminate()
    }
}

impl Deref for Server {
    type Target = chit_chat_rig::Server;

    fn deref(&self) -> &Self::Target {
        &self.server
    }
}
