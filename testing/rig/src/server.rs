//! The server, started and stopped as by operators.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use crate::database::Database;
use crate::process::{Frozen, Process};
use crate::wait::until;

const START: Duration = Duration::from_secs(30);
const END: Duration = Duration::from_secs(30);

/// A running server, killed on drop.
#[derive(Debug)]
pub struct Server {
    child: Child,
    log: PathBuf,
    url: String,
}

impl Server {
    /// Starts a server on a free port, with only these environment variables. It may not be listening yet.
    pub fn launch(program: &Path, database: &Database, variables: &[(&str, &str)], log: PathBuf) -> Result<Self> {
        let child = Command::new(program)
            .arg("serve")
            .env_clear()
            .envs([("LISTEN", "127.0.0.1:0"), ("DATABASE_URL", database.url.as_str())])
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        Ok(Self { child, log, url: String::new() })
    }

    pub fn wait_until_it_listens(&mut self) -> Result<()> {
        let (url, _) = until(START, "the server listens", || {
            let log = fs::read_to_string(&self.log)?;
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended at its start: {status}\n{log}");
            }
            Ok(address(&log))
        })?;
        self.url = url;
        Ok(())
    }

    /// The server's URL; empty until it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The log so far.
    pub fn log(&self) -> Result<String> {
        fs::read_to_string(&self.log).context("the server's log")
    }

    pub fn process(&self) -> Process {
        Process::of(&self.child)
    }

    /// Freezes the process until the result is dropped.
    pub fn freeze(&self) -> Result<Frozen> {
        let mut frozen = Frozen::default();
        frozen.add(self.process())?;
        Ok(frozen)
    }

    /// Kills the server without warning, as a power failure would.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends SIGTERM, and returns the exit status and the time until the exit.
    pub fn terminate(mut self) -> Result<(ExitStatus, Duration)> {
        self.process().signal(Signal::TERM)?;
        until(END, "the server ends", || Ok(self.child.try_wait()?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server may have exited already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Finds the server's URL in its log.
fn address(log: &str) -> Option<String> {
    let (_, rest) = log.split_once("listening on http://")?;
    rest.split_once(',').map(|(address, _)| format!("http://{address}"))
}
