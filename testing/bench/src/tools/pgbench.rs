//! pgbench: runs the server's statements on PostgreSQL without the server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use super::{POSTGRES, output, scripts};
use crate::crowd::Crowd;
use crate::figures::Figures;
use crate::point::Length;

/// New connections per second on a busy machine.
const CONNECTED_PER_SECOND: u32 = 64;

#[derive(Clone, Debug)]
pub(crate) struct Pgbench {
    program: PathBuf,
    url: String,
}

impl Pgbench {
    /// The pgbench of this PostgreSQL installation.
    pub(crate) fn new(programs: &Path, url: &str) -> Self {
        Self { program: programs.join("pgbench"), url: url.to_owned() }
    }

    pub(crate) fn version(&self) -> Result<String> {
        let version = output(Command::new(&self.program).arg("--version"), POSTGRES)?;
        Ok(version.trim().to_owned())
    }

    pub(crate) fn send(&self, crowd: Crowd, clients: u32, length: Length) -> Result<Figures> {
        self.run(&scripts::send(crowd)?, clients, length)
    }

    pub(crate) fn page(&self, crowd: Crowd, clients: u32, length: Length) -> Result<Figures> {
        self.run(&scripts::page(crowd), clients, length)
    }

    /// Runs pgbench. Its report has no percentiles, so it logs every transaction, and those of the warm-up are
    /// dropped afterwards. Its clock starts before its clients have connected.
    fn run(&self, script: &str, clients: u32, length: Length) -> Result<Figures> {
        let connecting = Duration::from_secs(clients.div_ceil(CONNECTED_PER_SECOND).into());
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("script");
        fs::write(&file, script)?;
        let report = output(
            Command::new(&self.program)
                .args(["--protocol", "prepared", "--no-vacuum", "--jobs", "1", "--log"])
                .args(["--client", &clients.to_string()])
                .args(["--time", &(length.warm_up + length.measured + connecting).as_secs().to_string()])
                .arg("--log-prefix")
                .arg(folder.path().join("log"))
                .arg("--file")
                .arg(&file)
                .arg(&self.url),
            POSTGRES,
        )?;
        let failed = report.lines().find_map(|line| line.strip_prefix("number of failed transactions: "));
        ensure!(failed.is_none_or(|failed| failed.starts_with("0 ")), "{report}");
        figures(&read_log(&folder)?, length)
    }
}

fn read_log(folder: &TempDir) -> Result<String> {
    for entry in fs::read_dir(folder.path())? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("log.")) {
            return Ok(fs::read_to_string(path)?);
        }
    }
    bail!("pgbench has written no log")
}

/// Parses the log, with a line for each transaction: client, number, microseconds, script, end time.
fn figures(log: &str, Length { warm_up, measured }: Length) -> Result<Figures> {
    let transactions: Vec<(Duration, Duration)> = log
        .lines()
        .map(|line| transaction(line).with_context(|| format!("pgbench's log: {line}")))
        .collect::<Result<_>>()?;
    let ends = || transactions.iter().map(|(_, end)| *end);
    let (Some(first), Some(last)) = (ends().min(), ends().max()) else {
        bail!("pgbench has run nothing");
    };
    let start = first + warm_up;
    let end = last.min(start + measured);
    let counted = transactions.iter().filter(|(_, at)| *at > start && *at <= end).map(|(latency, _)| *latency);
    Figures::of(counted.collect(), end.saturating_sub(start))
}

/// The latency of a transaction and its end time.
fn transaction(line: &str) -> Option<(Duration, Duration)> {
    let mut fields = line.split(' ').skip(2);
    let latency = fields.next()?.parse().ok()?;
    let seconds = fields.nth(1)?.parse().ok()?;
    let micros = fields.next()?.parse().ok()?;
    Some((Duration::from_micros(latency), Duration::from_secs(seconds) + Duration::from_micros(micros)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Length = Length { warm_up: Duration::from_secs(1), measured: Duration::from_secs(2) };

    #[test]
    fn log_is_read_without_warm_up_and_late_entries() {
        let log = "0 0 900 0 1767225600 500000\n1 0 100 0 1767225601 600000\n0 1 200 0 1767225602 0\n\
                   1 1 300 0 1767225603 500000\n1 2 700 0 1767225603 500001\n";
        let figures = figures(log, LENGTH).unwrap();
        assert_eq!((figures.requests, figures.duration), (3, Duration::from_secs(2)));
        assert_eq!((figures.p50, figures.longest), (Duration::from_micros(200), Duration::from_micros(300)));
    }

    #[test]
    fn malformed_log_is_rejected() {
        assert!(figures("0 0 skipped\n", LENGTH).is_err());
        assert!(figures("", LENGTH).is_err());
    }
}
