//! The texts that no log may contain: every password, token, key and message of the trials.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use chit_chat_client::Answer;
use serde_json::Value;

/// A mark in every password and every message.
pub(crate) const MARK: &str = "hush";

const SHOWN: usize = 5;

/// The tokens that servers have issued.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Mutex<HashSet<String>>);

impl Secrets {
    /// Records the tokens of a response.
    pub(crate) fn note_tokens(&self, answer: &Answer) {
        for field in ["access_token", "refresh_token", "secret"] {
            if let Some(token) = answer.json.get(field).and_then(Value::as_str) {
                self.note(token);
            }
        }
    }

    pub(crate) fn note(&self, token: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(token.to_owned());
    }

    /// The lines of a log that contain a secret, and the number of all lines.
    fn found_in(&self, log: &Path) -> Result<(Vec<String>, usize)> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = 0;
        let mut found = Vec::new();
        for line in BufReader::new(File::open(log).context("a server's log")?).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            count += 1;
            if line.contains(MARK) || words(&line).any(|word| is_key(word) || tokens.contains(word)) {
                found.push(line);
            }
        }
        Ok((found, count))
    }
}

/// Searches the logs of servers.
pub(crate) fn check_logs(logs: &[PathBuf], secrets: &Secrets) -> Result<String> {
    let mut lines = 0;
    for log in logs {
        let (found, count) = secrets.found_in(log)?;
        let shown: Vec<&String> = found.iter().take(SHOWN).collect();
        ensure!(found.is_empty(), "{} lines of {} hold a secret: {shown:#?}", found.len(), log.display());
        lines += count;
    }
    let tokens = secrets.0.lock().unwrap_or_else(PoisonError::into_inner).len();
    Ok(format!(
        "{lines} lines of {} servers, searched for {tokens} tokens and every password and text",
        logs.len()
    ))
}

/// Returns whether a word looks like a key, noted or not.
fn is_key(word: &str) -> bool {
    word.starts_with("cck_")
}

/// Finds every word that could be a token.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let is_within = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    line.split(move |c| !is_within(c)).filter(|word| word.len() >= 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_and_tokens_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let token = "x".repeat(50);
        std::fs::write(
            &log,
            format!("fine\nsaid {MARK}\n{{\"t\":\"{token}\"}}\n{}\ncck_p{}\n", "y".repeat(50), "k".repeat(71)),
        )
        .unwrap();
        let secrets = Secrets::default();
        secrets.note(&token);
        let (found, lines) = secrets.found_in(&log).unwrap();
        assert_eq!((found.len(), lines), (3, 5));
    }
}
