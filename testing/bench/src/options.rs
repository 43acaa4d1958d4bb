//! The command line.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::{Args, Parser, Subcommand};

use crate::crowd::Crowd;
use crate::point::Point;

/// Measures the chit-chat server against its database alone and its HTTP library alone, on both engines.
///
/// The result is Markdown. The program starts PostgreSQL and the servers itself, and stops them. The databases
/// are in TMPDIR, which should be on the disk to measure.
#[derive(Debug, Parser)]
#[command(name = "chit-chat-bench", max_term_width = 100)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Measure less data in one short round, for the first table only; takes two minutes.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Rounds, each of which measures everything once [default: 3; with --quick 1].
    #[arg(long, value_name = "COUNT")]
    pub(crate) rounds: Option<usize>,
    /// Measure only points whose name, as the progress shows it, contains PART; may be repeated.
    #[arg(long, value_name = "PART")]
    pub(crate) only: Vec<String>,
    /// Also write the result to PATH; ignored with --quick and --only.
    #[arg(long, value_name = "PATH")]
    pub(crate) write: Option<PathBuf>,
    /// Compare sends and pages with another server, such as an earlier build; measure nothing else.
    #[arg(long, value_name = "PATH", conflicts_with = "write")]
    pub(crate) against: Option<PathBuf>,
    /// The server to measure [default: `chit-chat` next to this program].
    #[arg(long, value_name = "PATH")]
    pub(crate) server: Option<PathBuf>,
}

/// Subprocesses of the benchmark, separate so that their processor time can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve a hello and a page from memory, with actix alone.
    #[command(hide = true)]
    ActixAlone(ActixAlone),
    /// Send messages with the SQLite library alone, on one thread.
    #[command(hide = true)]
    BareSqlite(BareSqlite),
    /// Hold streams open, and send into their room.
    #[command(hide = true)]
    Listen(Listen),
}

#[derive(Args, Debug)]
pub(crate) struct Listen {
    #[arg(long)]
    pub(crate) url: String,
    /// The path of the stream.
    #[arg(long)]
    pub(crate) path: String,
    /// The requests of listeners and senders, in the format of load.lua.
    #[arg(long)]
    pub(crate) tokens: PathBuf,
    #[arg(long)]
    pub(crate) listeners: u32,
}

#[derive(Args, Debug)]
pub(crate) struct ActixAlone {
    /// The file with the bytes of the page.
    #[arg(long)]
    pub(crate) page: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct BareSqlite {
    #[arg(long)]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) crowd: Crowd,
    /// Seconds before the measurement starts.
    #[arg(long)]
    pub(crate) warm_up: u64,
    #[arg(long)]
    pub(crate) seconds: u64,
}

impl Options {
    /// The file for the result; `None` for a partial run.
    pub(crate) fn target(&self) -> Option<&Path> {
        self.write.as_deref().filter(|_| !self.quick && self.only.is_empty())
    }

    /// Returns whether the options select this point.
    pub(crate) fn asks_for(&self, point: Point) -> bool {
        let name = point.to_string();
        self.only.is_empty() || self.only.iter().any(|part| name.contains(part))
    }

    /// Returns whether the options select live streams.
    pub(crate) fn selects_streams(&self) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| part == "streams")
    }

    /// The program to measure.
    pub(crate) fn server(&self) -> Result<PathBuf> {
        let server = match &self.server {
            Some(path) => path.clone(),
            None => env::current_exe()?.with_file_name("chit-chat"),
        };
        ensure!(
            server.is_file(),
            "{} is missing: make build-release, or name another by --server",
            server.display()
        );
        server.canonicalize().context("the server's path")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_complete_runs_are_written() {
        let target = |arguments: &str| {
            let arguments = format!("bench --write result.md {arguments}");
            Options::parse_from(arguments.split_whitespace()).target().map(Path::to_owned)
        };
        assert_eq!(target("--rounds 2"), Some("result.md".into()));
        assert_eq!(target("--quick"), None);
        assert_eq!(target("--only hello"), None);
    }
}
