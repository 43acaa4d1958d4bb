//! The command line.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;

use crate::trial::Engine;

/// Tests a chit-chat server from outside, under crashes, outages and attacks.
///
/// Each trial starts its own servers and databases. All random choices derive from one seed, which is printed
/// first.
#[derive(Debug, Parser)]
#[command(name = "chit-chat-verify", max_term_width = 100)]
pub(crate) struct Options {
    /// List the trials without running them.
    #[arg(long)]
    pub(crate) list: bool,
    /// Run only trials whose name contains PART; may be repeated.
    #[arg(long, value_name = "PART")]
    pub(crate) only: Vec<String>,
    /// Run on this engine only.
    #[arg(long, value_enum)]
    pub(crate) engine: Option<Engine>,
    /// Repeat the random choices of an earlier run.
    #[arg(long, env)]
    pub(crate) seed: Option<u64>,
    /// The server to test [default: `chit-chat` next to this program].
    #[arg(long, value_name = "PATH")]
    pub(crate) server: Option<PathBuf>,
    /// The number of trials that run in parallel, of those that measure no times.
    #[arg(long, default_value_t = 3, value_name = "COUNT")]
    pub(crate) parallel: usize,
}

impl Options {
    /// The server program to test.
    pub(crate) fn server(&self) -> Result<PathBuf> {
        let server = match &self.server {
            Some(path) => path.clone(),
            None => env::current_exe()?.with_file_name("chit-chat"),
        };
        ensure!(server.is_file(), "{} is missing: build it, or name another by --server", server.display());
        server.canonicalize().context("the server's path")
    }
}
