//! A PostgreSQL cluster, with fsync, that can be stopped, killed and frozen.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal};

use crate::database::Database;
use crate::process::{Frozen, Process};
use crate::wait::until;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/with-postgres");
/// Prints the variables that the script has exported, then runs until its input is closed.
const COMMAND: &str = r#"printf '%s\n' "$DATABASE_URL" "$PGDATA" "$POSTGRES_CONTROL"; exec cat"#;
const START: Duration = Duration::from_secs(20);

/// A running cluster. It is deleted on drop, and also if this program is killed.
#[derive(Debug)]
pub struct Cluster {
    script: Child,
    lifeline: Option<ChildStdin>,
    url: String,
    data: PathBuf,
    control: PathBuf,
    databases: AtomicUsize,
}

impl Cluster {
    pub fn start(log: &Path) -> Result<Self> {
        let mut script = Command::new(SCRIPT)
            .args(["--durable", "sh", "-c", COMMAND])
            .env_remove("DATABASE_URL")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(log)?)
            .spawn()
            .context(SCRIPT)?;
        let lifeline = script.stdin.take();
        let mut lines = BufReader::new(script.stdout.take().context("no output")?).lines();
        let mut line =
            || lines.next().context("scripts/with-postgres ended early")?.context("scripts/with-postgres");
        let (url, data, control) = (line()?, line()?, line()?);
        ensure!(!control.is_empty(), "the programs of PostgreSQL are needed on this machine, not a container");
        let (data, control) = (PathBuf::from(data), PathBuf::from(control));
        Ok(Self { script, lifeline, url, data, control, databases: AtomicUsize::new(0) })
    }

    /// Creates an empty database.
    pub fn database(&self) -> Result<Database> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let (server, _) = self.url.rsplit_once('/').context("the URL names no database")?;
        Database::postgres(format!("{server}/chit_chat_{number}"))
    }

    /// Stops the cluster as an operator would: it closes connections and loses nothing.
    pub fn stop(&self) -> Result<()> {
        self.control(&["stop", "-m", "fast"])
    }

    /// Kills the postmaster, as a power failure would; the backend processes exit by themselves.
    pub fn kill(&self) -> Result<()> {
        self.postmaster()?.signal(Signal::KILL)
    }

    /// Starts the cluster after a stop or kill. Remaining processes of a killed cluster may delay it briefly.
    pub fn restart(&self) -> Result<()> {
        until(START, "PostgreSQL starts again", || Ok(self.control(&["start"]).ok()))?;
        Ok(())
    }

    /// Stops all processes of the cluster with SIGSTOP until the result is dropped.
    pub fn freeze(&self) -> Result<Frozen> {
        let postmaster = self.postmaster()?;
        let mut frozen = Frozen::default();
        frozen.add(postmaster)?;
        for child in postmaster.children()? {
            // The child may have exited in the meantime.
            drop(frozen.add(child));
        }
        Ok(frozen)
    }

    /// The parent of all processes of the cluster.
    pub fn postmaster(&self) -> Result<Process> {
        let text = fs::read_to_string(self.data.join("postmaster.pid")).context("PostgreSQL does not run")?;
        let number = text.lines().next().and_then(|line| line.trim().parse().ok());
        number.and_then(Pid::from_raw).map(Process).context("postmaster.pid holds no process")
    }

    fn control(&self, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new(&self.control);
        let status = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(status.success(), "{} {arguments:?}: {status}", self.control.display());
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        drop(self.script.wait());
    }
}
