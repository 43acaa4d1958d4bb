//! The source of an account's password: standard input, or a generated password that is printed once.

use std::error::Error;
use std::io::{BufRead, IsTerminal, Read, Write, stderr, stdin};

use crate::commands::{Outcome, print_line};

/// The bytes read at most: more than any password has, so that one that is too long is rejected, not truncated.
const LONGEST_LINE: u64 = 4_096;

pub(super) struct Password {
    pub(super) text: String,
    generated: bool,
}

pub(super) fn choose(from_stdin: bool) -> Result<Password, Box<dyn Error>> {
    if from_stdin {
        return Ok(Password { text: first_line()?, generated: false });
    }
    Ok(Password { text: chit_chat_system::random_password(), generated: true })
}

impl Password {
    /// Reports the outcome, and prints a generated password, which is alone on standard output for scripts.
    pub(super) fn report(&self, done: &str) -> Outcome {
        if !self.generated {
            return print_line(done);
        }
        writeln!(stderr(), "{done}. The password:")?;
        print_line(&self.text)
    }
}

fn first_line() -> Result<String, Box<dyn Error>> {
    if stdin().is_terminal() {
        write!(stderr(), "Password (visible as you type): ")?;
    }
    let mut line = String::new();
    let read = stdin().lock().take(LONGEST_LINE).read_line(&mut line);
    read.map_err(|error| format!("the password cannot be read from standard input: {error}"))?;
    let text = line.strip_suffix('\n').unwrap_or(&line);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}
