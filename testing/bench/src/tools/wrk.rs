//! wrk: many connections, each of which sends its next request after the response to the previous one.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use super::{WRK, checked, missing};
use crate::figures::Figures;

/// Compiled in, so that the program runs in any folder.
const SCRIPT: &str = include_str!("../../load.lua");

/// Longer than any request should take; wrk counts slower ones as failed.
const TIMEOUT: &str = "15s";

#[derive(Debug)]
pub(crate) struct Wrk {
    script: PathBuf,
}

/// A background load.
#[derive(Debug)]
pub(crate) struct Loading {
    command: Command,
    child: Child,
}

impl Wrk {
    /// Writes its script into this folder.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let script = folder.join("load.lua");
        std::fs::write(&script, SCRIPT)?;
        Ok(Self { script })
    }

    /// The version of wrk. The exit status is ignored, because wrk reports a failure even so.
    pub(crate) fn version() -> Result<String> {
        let mut command = Command::new("wrk");
        let output = command.arg("--version").output().map_err(|error| missing(&command, error, WRK))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(text.split(" [").next().unwrap_or_default().to_owned())
    }

    /// Sends the requests of this file to this server.
    pub(crate) fn run(&self, url: &str, requests: &Path, connections: u32, duration: Duration) -> Result<Figures> {
        self.start(url, requests, connections, duration)?.wait()
    }

    pub(crate) fn start(
        &self,
        url: &str,
        requests: &Path,
        connections: u32,
        duration: Duration,
    ) -> Result<Loading> {
        let mut command = Command::new("wrk");
        command
            .args(["--threads", "1", "--timeout", TIMEOUT])
            .args(["--connections", &connections.to_string()])
            .args(["--duration", &format!("{}s", duration.as_secs())])
            .arg("--script")
            .arg(&self.script)
            .arg(url)
            .arg("--")
            .arg(requests)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = command.spawn().map_err(|error| missing(&command, error, WRK))?;
        Ok(Loading { command, child })
    }
}

impl Loading {
    pub(crate) fn wait(self) -> Result<Figures> {
        let output = checked(&self.command, self.child.wait_with_output()?)?;
        Figures::parse(&output).context("wrk")
    }
}
