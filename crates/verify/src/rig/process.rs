//! A process as the system sees it: its memory, its descriptors, and signals to it. Linux only.

use std::fs;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

/// Makes the kernel forget the highest memory use so far (`clear_refs` in proc(5)).
const FORGET_PEAK: &str = "5";

#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(pub(crate) Pid);

impl Process {
    pub(crate) fn signal(self, signal: Signal) -> Result<()> {
        kill_process(self.0, signal).with_context(|| format!("signal {signal:?} to process {}", self.number()))
    }

    /// Resident memory in kibibytes.
    pub(crate) fn memory(self) -> Result<u64> {
        self.status("VmRSS:")
    }

    /// The most that it has had since [`Process::forget_peak`], in kibibytes.
    pub(crate) fn peak_memory(self) -> Result<u64> {
        self.status("VmHWM:")
    }

    pub(crate) fn forget_peak(self) -> Result<()> {
        fs::write(self.path("clear_refs"), FORGET_PEAK).context("clear_refs")
    }

    pub(crate) fn descriptors(self) -> Result<usize> {
        Ok(fs::read_dir(self.path("fd"))?.count())
    }

    /// The processes that it has started.
    pub(crate) fn children(self) -> Result<Vec<Self>> {
        let mut children = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw) else {
                continue;
            };
            // It may have ended meanwhile.
            let stat = fs::read_to_string(Self(pid).path("stat")).unwrap_or_default();
            if parent(&stat) == Some(self.number()) {
                children.push(Self(pid));
            }
        }
        Ok(children)
    }

    fn status(self, field: &str) -> Result<u64> {
        let status = fs::read_to_string(self.path("status"))?;
        let value =
            status.lines().find_map(|line| line.strip_prefix(field)?.split_whitespace().next()?.parse().ok());
        value.with_context(|| format!("{field} of process {}", self.number()))
    }

    fn path(self, file: &str) -> String {
        format!("/proc/{}/{file}", self.number())
    }

    fn number(self) -> i32 {
        self.0.as_raw_nonzero().get()
    }
}

/// The fourth field of proc(5)'s stat; the second is a name in parentheses that may hold anything.
fn parent(stat: &str) -> Option<i32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
