//! The source of an account's password: standard input, or a generated password that is printed once.

use std::error::Error;
use std::io::{BufRead, IsTerminal, Read, Write, stderr, stdin};

use crate::commands::{Outcome, say};

/// The bytes read at most: more than any password has, so that one that is too long is rejected, not truncated.
const LONGEST_LINE: u64 = 4_096;

pub(super) struct Password {
    pub(super) text: String,
    made: bool,
}

pub(super) fn choose(from_stdin: bool) -> Result<Password, Box<dyn Error>> {
    if from_stdin {
        return Ok(Password { text: first_line()?, made: false });
    }
    Ok(Password { text: chit_chat_system::random_password(), made: true })
}

impl Password {
    /// Reports the outcome, and prints a generated password, which is alone on standard output for scripts.
    pub(super) fn hand_out(&self, done: &str) -> Outcome {
        if !self.made {
            return say(done);
        }
        writeln!(stderr(), "{done}. The password:")?;
        say(&self.text)
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
