//! Memory, file descriptors and processor time of a process, and signals to it. Linux only.

use std::fs;
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, Signal, kill_process};

use crate::wait::until;

const STOP: Duration = Duration::from_secs(10);
/// Resets the peak memory (`clear_refs` in proc(5)).
const FORGET_PEAK: &str = "5";

// Field numbers in the stat file of proc(5), for `field`; times are in clock ticks.
const USER: usize = 11;
const SYSTEM: usize = 12;
const ENDED_USER: usize = 13;
const ENDED_SYSTEM: usize = 14;

#[derive(Clone, Copy, Debug)]
pub struct Process(pub(crate) Pid);

/// Processes that are stopped until this value is dropped.
#[derive(Debug, Default)]
pub struct Frozen(Vec<Process>);

impl Frozen {
    /// Stops a process, and waits for each of its threads: on a busy machine some keep running for a while.
    pub fn add(&mut self, process: Process) -> Result<()> {
        process.signal(Signal::STOP)?;
        self.0.push(process);
        until(STOP, "a process stands still", || Ok(process.is_stopped()?.then_some(())))?;
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
    /// The current process.
    pub fn current() -> Self {
        Self(rustix::process::getpid())
    }

    pub fn of(child: &Child) -> Self {
        Self(Pid::from_child(child))
    }

    pub fn signal(self, signal: Signal) -> Result<()> {
        kill_process(self.0, signal).with_context(|| format!("signal {signal:?} to process {}", self.number()))
    }

    /// Resident memory in KiB.
    pub fn memory(self) -> Result<u64> {
        self.status("VmRSS:")
    }

    /// Resident memory without mapped files, in KiB.
    pub fn own_memory(self) -> Result<u64> {
        self.status("RssAnon:")
    }

    /// Peak resident memory since [`Process::reset_peak`], in KiB.
    pub fn peak_memory(self) -> Result<u64> {
        self.status("VmHWM:")
    }

    pub fn reset_peak(self) -> Result<()> {
        fs::write(self.path("clear_refs"), FORGET_PEAK).context("clear_refs")
    }

    /// Returns whether the process is a zombie: it has exited and was not waited for.
    pub fn has_ended(self) -> Result<bool> {
        Ok(field(&self.stat()?, 0) == Some("Z"))
    }

    /// Processor time so far.
    pub fn cpu_time(self) -> Result<Duration> {
        ticks(&self.stat()?, &[USER, SYSTEM])
    }

    /// Processor time of this process and its children so far, including exited children.
    pub fn cpu_time_with_children(self) -> Result<Duration> {
        let own = ticks(&self.stat()?, &[USER, SYSTEM, ENDED_USER, ENDED_SYSTEM])?;
        // A child that exits in between is missing from this sum, and is in the next.
        Ok(self.children()?.into_iter().filter_map(|child| child.cpu_time().ok()).sum::<Duration>() + own)
    }

    /// Processor time of the children that have exited and were waited for.
    pub fn cpu_time_of_ended_children(self) -> Result<Duration> {
        ticks(&self.stat()?, &[ENDED_USER, ENDED_SYSTEM])
    }

    /// The path of the executable.
    pub fn program(self) -> Result<PathBuf> {
        fs::read_link(self.path("exe")).with_context(|| format!("the program of process {}", self.number()))
    }

    pub fn descriptors(self) -> Result<usize> {
        Ok(fs::read_dir(self.path("fd"))?.count())
    }

    /// The child processes.
    pub fn children(self) -> Result<Vec<Self>> {
        let mut children = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw) else {
                continue;
            };
            // The process may have exited in the meantime.
            let stat = fs::read_to_string(Self(pid).path("stat")).unwrap_or_default();
            if field(&stat, 1) == Some(&self.number().to_string()) {
                children.push(Self(pid));
            }
        }
        Ok(children)
    }

    fn is_stopped(self) -> Result<bool> {
        for task in fs::read_dir(self.path("task"))? {
            // The process may have exited in the meantime.
            let stat = fs::read_to_string(task?.path().join("stat")).unwrap_or_default();
            if field(&stat, 0).is_some_and(|state| state != "T") {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn stat(self) -> Result<String> {
        fs::read_to_string(self.path("stat")).with_context(|| format!("process {}", self.number()))
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

fn ticks(stat: &str, fields: &[usize]) -> Result<Duration> {
    let mut sum = 0;
    for number in fields {
        let ticks = field(stat, *number).and_then(|ticks| ticks.parse::<u64>().ok());
        sum += ticks.with_context(|| format!("field {number} of {stat}"))?;
    }
    Ok(Duration::from_millis(sum * 1_000 / clock_ticks_per_second().max(1)))
}

/// A field of the stat file of proc(5). Fields are counted from the end of the name in parentheses, which may
/// contain any characters: 0 is the state, 1 the parent.
fn field(stat: &str, number: usize) -> Option<&str> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_after_any_name() {
        let stat = "12 (a) b (c)) S 7 0 0 0 0 0 0 0 0 0 150 50 25 75 20";
        assert_eq!((field(stat, 0), field(stat, 1)), (Some("S"), Some("7")));
        assert_eq!(ticks(stat, &[USER, SYSTEM]).unwrap(), ticks(stat, &[ENDED_USER, ENDED_SYSTEM]).unwrap() * 2);
    }

    #[test]
    fn process_uses_time_and_memory() {
        let process = Process::current();
        // The first value is taken earlier, and values only grow.
        let own = process.cpu_time().unwrap();
        assert!(process.cpu_time_with_children().unwrap() >= own);
        assert!(process.peak_memory().unwrap() >= 1);
        assert!(process.program().unwrap().is_absolute());
    }
}
