//! A process as the system sees it: its memory, its descriptors, and signals to it. Linux only.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use super::wait::until;

const STOP: Duration = Duration::from_secs(10);
/// Makes the kernel forget the highest memory use so far (`clear_refs` in proc(5)).
const FORGET_PEAK: &str = "5";

#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(pub(crate) Pid);

/// Processes that stand still until this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Frozen(Vec<Process>);

impl Frozen {
    /// Waits for each thread to stop: on a busy machine some run on for a while.
    pub(crate) fn add(&mut self, process: Process) -> Result<()> {
        process.signal(Signal::STOP)?;
        self.0.push(process);
        until(STOP, "a process stands still", || Ok(process.stands_still()?.then_some(())))?;
        Ok(())
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        for process in &self.0 {
            drop(process.signal(Signal::CONT));
        }
    }
}

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
            if field(&stat, 1) == Some(&self.number().to_string()) {
                children.push(Self(pid));
            }
        }
        Ok(children)
    }

    fn stands_still(self) -> Result<bool> {
        for task in fs::read_dir(self.path("task"))? {
            // It may have ended meanwhile.
            let stat = fs::read_to_string(task?.path().join("stat")).unwrap_or_default();
            if field(&stat, 0).is_some_and(|state| state != "T") {
                return Ok(false);
            }
        }
        Ok(true)
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

/// A field of proc(5)'s stat, counted behind the name in parentheses, which may hold anything: 0 is the state, 1 the
/// parent.
fn field(stat: &str, number: usize) -> Option<&str> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(number)
}
