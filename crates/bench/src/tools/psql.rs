//! psql: for the few things that are done to PostgreSQL besides measuring it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::{POSTGRES, checked, missing};

#[derive(Clone, Debug)]
pub(crate) struct Psql {
    program: PathBuf,
    url: String,
}

impl Psql {
    /// The one among the programs of this PostgreSQL.
    pub(crate) fn new(programs: &Path, url: &str) -> Self {
        Self { program: programs.join("psql"), url: url.to_owned() }
    }

    /// Runs a script; answers the bare rows of what it selects.
    pub(crate) fn run(&self, script: &str) -> Result<String> {
        let mut command = Command::new(&self.program);
        command
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"])
            .arg(&self.url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| missing(&command, error, POSTGRES))?;
        child.stdin.take().context("psql reads nothing")?.write_all(script.as_bytes())?;
        checked(&command, child.wait_with_output()?)
    }

    /// Messages so far.
    pub(crate) fn messages_sent(&self) -> Result<u64> {
        let sum = self.run("SELECT sum(last_seq) FROM chatrooms")?;
        sum.trim().parse().context("the sum of the chatrooms' last seqs")
    }
}
