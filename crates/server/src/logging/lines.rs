//! A buffer for standard error, written every [`GATHERED_FOR`]. A system call per line would cost more than the
//! line itself, and threads would wait for each other's calls.
//!
//! No line is dropped: threads that log faster than the output is read wait, as without a buffer. A warning and
//! all lines before it are written at once. Only a killed process loses the lines that are still buffered.

use std::io::{Result as IoResult, Write, stderr};
use std::mem::swap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

pub(super) static LINES: Lines = Lines::new();

const GATHERED_FOR: Duration = Duration::from_millis(20);
const MAX_BYTES: usize = 256 * 1024;

pub(super) struct Lines {
    waiting: Mutex<Vec<u8>>,
    /// Locked during a write, so that lines stay in order. Empty otherwise.
    being_written: Mutex<Vec<u8>>,
    writer: OnceLock<Thread>,
}

impl Lines {
    const fn new() -> Self {
        Self { waiting: Mutex::new(Vec::new()), being_written: Mutex::new(Vec::new()), writer: OnceLock::new() }
    }

    /// Starts the thread that writes the lines; without it, each line is written at once.
    pub(super) fn write_in_background(&'static self) {
        let writer = thread::Builder::new().name("log".to_owned()).spawn(|| {
            loop {
                thread::park();
                thread::sleep(GATHERED_FOR);
                self.flush();
            }
        });
        if let Ok(writer) = writer {
            drop(self.writer.set(writer.thread().clone()));
        }
    }

    pub(super) fn flush(&self) {
        let mut lines = lock(&self.being_written);
        swap(&mut *lines, &mut *lock(&self.waiting));
        // If standard error is closed, an error cannot be reported either.
        drop(stderr().write_all(&lines));
        lines.clear();
    }

    fn add(&self, line: &[u8], at_once: bool) {
        let mut waiting = lock(&self.waiting);
        let is_first = waiting.is_empty();
        waiting.extend_from_slice(line);
        let is_full = waiting.len() >= MAX_BYTES;
        drop(waiting);
        match self.writer.get() {
            Some(writer) if !at_once && !is_full => {
                if is_first {
                    writer.unpark();
                }
            }
            _ => self.flush(),
        }
    }
}

fn lock(lines: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A writer for one line.
pub(super) struct Line {
    to: &'static Lines,
    at_once: bool,
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> IoResult<usize> {
        self.to.add(line, self.at_once);
        Ok(line.len())
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for &'static Lines {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line { to: self, at_once: true }
    }

    fn make_writer_for(&self, event: &Metadata<'_>) -> Line {
        Line { to: self, at_once: *event.level() <= Level::WARN }
    }
}
