//! Syntax errors in the text files.

use thiserror::Error;

/// A syntax error in a text file; tests ensure that there is none.
#[derive(Debug, Error)]
#[error("{file}, line {line}: {reason}")]
pub struct ParseError {
    pub(crate) file: &'static str,
    pub(crate) line: usize,
    pub(crate) reason: &'static str,
}
