//! `chit-chat-verify`: tests the real server from outside, on both engines, and reports the results.

#![expect(clippy::indexing_slicing, reason = "a JSON value answers null where nothing is")]

mod engine;
mod options;
mod rig;
mod run;
mod trial;
mod trials;

use std::io::{Write, stderr};
use std::process::ExitCode;

use clap::Parser;

use crate::options::Options;

fn main() -> ExitCode {
    match run::run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            drop(writeln!(stderr(), "error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
