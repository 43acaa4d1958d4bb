//! Collects the failures of several small checks of one trial, to report all of them at once.

use anyhow::{Error, Result, bail};

const SHOWN: usize = 8;

#[derive(Debug, Default)]
pub(crate) struct Findings {
    tried: usize,
    found: Vec<String>,
}

impl Findings {
    /// Counts a check, records its error, and returns its value if it passes.
    pub(crate) fn check<T>(&mut self, what: &str, claim: impl FnOnce() -> Result<T>) -> Option<T> {
        self.tried += 1;
        let note = |error: Error| self.found.push(format!("{what}: {error:#}"));
        claim().map_err(note).ok()
    }

    /// The number of checks, if all passed.
    pub(crate) fn none(self) -> Result<usize> {
        if self.found.is_empty() {
            return Ok(self.tried);
        }
        let shown: Vec<String> = self.found.iter().take(SHOWN).cloned().collect();
        bail!("{} of {} do not hold:\n{}", self.found.len(), self.tried, shown.join("\n"))
    }
}
