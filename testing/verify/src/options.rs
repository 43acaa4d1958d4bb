//! What can be asked for on the command line.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;

use crate::trial::Engine;

/// Tries a chit-chat server from outside: what survives crashes, and what attacks achieve.
///
/// Each trial starts servers and databases of its own. What chance decides comes from one seed, which is printed first.
#[derive(Debug, Parser)]
#[command(name = "chit-chat-verify", max_term_width = 100)]
pub(crate) struct Options {
    /// List the trials, and run none.
    #[arg(long)]
    pub(crate) list: bool,
    /// Run only trials whose name contains this; can be given several times.
    #[arg(long, value_name = "PART")]
    pub(crate) only: Vec<String>,
    /// Run on this engine alone.
    #[arg(long, value_enum)]
    pub(crate) engine: Option<Engine>,
    /// Repeat the choices of an earlier run.
    #[arg(long, env)]
    pub(crate) seed: Option<u64>,
    /// The server to try [default: the `chit-chat` beside this program].
    #[arg(long, value_name = "PATH")]
    pub(crate) server: Option<PathBuf>,
    /// How many trials without timing may run side by side.
    #[arg(long, default_value_t = 3, value_name = "COUNT")]
    pub(crate) beside: usize,
}

impl Options {
    /// The program to try.
    pub(crate) fn server(&self) -> Result<PathBuf> {
        let server = match &self.server {
            Some(path) => path.clone(),
            None => env::current_exe()?.with_file_name("chit-chat"),
        };
        ensure!(server.is_file(), "{} is missing: build it, or name another by --server", server.display());
        server.canonicalize().context("the server's path")
    }
}
