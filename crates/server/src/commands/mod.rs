//! The commands other than `serve`.

pub(crate) mod backup;
pub(crate) mod db;
pub(crate) mod key;
pub(crate) mod user;

use std::error::Error;
use std::io::{Write, stdout};

type Outcome = Result<(), Box<dyn Error>>;

fn print_line(text: &str) -> Outcome {
    Ok(writeln!(stdout(), "{text}")?)
}
