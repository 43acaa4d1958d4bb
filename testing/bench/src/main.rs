//! `chit-chat-bench`: measures the server and the programs it is built on, in one run.

mod actix_alone;
mod against;
mod bare_sqlite;
mod baselines;
mod claims;
mod crowd;
mod figures;
mod fill;
mod interrupt;
mod machine;
mod measure;
mod options;
mod plan;
mod point;
mod postgres;
mod report;
mod requests;
mod results;
mod run;
mod stand;
mod streams;
mod tools;
mod usage;

use std::io::{Write, stderr};
use std::process::ExitCode;

use clap::Parser;

use crate::options::{Command, Options};

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match &options.command {
        Some(Command::ActixAlone(options)) => actix_alone::serve(options),
        Some(Command::BareSqlite(options)) => bare_sqlite::run(options),
        Some(Command::Listen(options)) => streams::run(options),
        None => match &options.against {
            Some(other) => against::run(&options, other),
            None => run::run(&options),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(stderr(), "error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
