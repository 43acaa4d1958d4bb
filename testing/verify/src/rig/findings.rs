//! Several small claims of one trial: what did not hold is collected, so that all of it is seen at once.

use anyhow::{Error, Result, bail};

const SHOWN: usize = 8;

#[derive(Debug, Default)]
pub(crate) struct Findings {
    tried: usize,
    found: Vec<String>,
}

impl Findings {
    /// Counts a claim, and keeps why it does not hold; answers what it is about, if it holds.
    pub(crate) fn check<T>(&mut self, what: &str, claim: impl FnOnce() -> Result<T>) -> Option<T> {
        self.tried += 1;
        let note = |error: Error| self.found.push(format!("{what}: {error:#}"));
        claim().map_err(note).ok()
    }

    /// How many claims there were, if all of them held.
    pub(crate) fn none(self) -> Result<usize> {
        if self.found.is_empty() {
            return Ok(self.tried);
        }
        let shown: Vec<String> = self.found.iter().take(SHOWN).cloned().collect();
        bail!("{} of {} do not hold:\n{}", self.found.len(), self.tried, shown.join("\n"))
    }
}
