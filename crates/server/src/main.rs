//! `chit-chat`: the server and its commands.

mod background;
mod commands;
mod config;
mod database;
mod descriptors;
mod logging;
mod serve;
mod signing_key;
mod store;

use std::io::{Write, stderr};
use std::process::ExitCode;

use clap::Parser;
use config::{Cli, Command};

fn main() -> ExitCode {
    let Cli { config, command } = Cli::parse();
    logging::start(&config.log);
    let outcome = match command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(&config),
        Command::Db { action } => commands::db::run(&config, action),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(stderr(), "error: {error}"));
            ExitCode::FAILURE
        }
    }
}
