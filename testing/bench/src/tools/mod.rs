//! External load generators: wrk and pgbench.

mod pgbench;
mod scripts;
mod wrk;

use std::io::ErrorKind;
use std::process::{Command, Output};

use anyhow::{Context, Error, Result, bail};
pub(crate) use pgbench::Pgbench;
pub(crate) use wrk::Wrk;

const WRK: &str = "Debian, Ubuntu: apt-get install wrk; Fedora: dnf install wrk; macOS: brew install wrk";
const POSTGRES: &str = "Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server \
     postgresql-contrib; macOS: brew install postgresql";

/// Runs a program until it exits, and returns its output.
fn output(command: &mut Command, install: &str) -> Result<String> {
    let output = command.output().map_err(|error| missing(command, error, install))?;
    checked(command, output)
}

fn checked(command: &Command, output: Output) -> Result<String> {
    let Output { status, stdout, stderr } = output;
    let (printed, said) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    if !status.success() {
        bail!("{}: {status}\n{printed}{said}", command.get_program().display());
    }
    String::from_utf8(stdout).context("the output of a program")
}

fn missing(command: &Command, error: std::io::Error, install: &str) -> Error {
    let program = command.get_program().display();
    if error.kind() == ErrorKind::NotFound {
        return anyhow::anyhow!("{program} is missing; install it ({install})");
    }
    Error::new(error).context(program.to_string())
}
