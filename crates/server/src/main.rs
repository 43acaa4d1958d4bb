//! `chit-chat`: the server and its commands.

mod background;
mod cli;
mod commands;
mod config;
mod database;
mod descriptors;
mod listening;
mod logging;
mod memory;
mod policies;
mod serve;
mod signals;
mod signing_key;
mod store;
mod telemetry;

use std::error::Error;
use std::io::{self, ErrorKind, Write, stderr};
use std::process::ExitCode;

use cli::{Cli, Command};

fn main() -> ExitCode {
    let Cli { config, command } = Cli::read();
    let logging = logging::start(&config.log);
    let outcome = match command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(&config),
        Command::Db { action } => commands::db::run(&config, action),
        Command::User { action } => commands::user::run(&config, &action),
        Command::Key { action } => commands::key::run(&config, &action),
        Command::Backup { file, force } => commands::backup::run(&config, &file, force),
    };
    drop(logging);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(stderr(), "error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Returns whether the error is that the output's reader has exited, as `head` does.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
