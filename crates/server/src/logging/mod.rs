//! Logs: text on a terminal, JSON otherwise.

mod lines;

use std::io::{IsTerminal, stderr};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

use self::lines::LINES;

/// The logging of the process. Writes all buffered lines on drop.
#[must_use]
pub(crate) struct Logging(());

pub(crate) fn start(filter: &Targets) -> Logging {
    let registry = tracing_subscriber::registry().with(filter.clone());
    if stderr().is_terminal() {
        registry.with(tracing_subscriber::fmt::layer().with_writer(stderr).with_target(false)).init();
    } else {
        LINES.write_in_background();
        registry.with(tracing_subscriber::fmt::layer().with_writer(&LINES).json().flatten_event(true)).init();
    }
    Logging(())
}

/// Writes all buffered lines; for exits that do not drop [`Logging`].
pub(crate) fn flush() {
    LINES.flush();
}

impl Drop for Logging {
    fn drop(&mut self) {
        flush();
    }
}
