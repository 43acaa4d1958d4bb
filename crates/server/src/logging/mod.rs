//! Logs: for people on a terminal, as JSON for programs.

mod fields;
mod json;
mod lines;

use std::io::{IsTerminal, stderr};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use self::fields::JsonFields;
use self::json::JsonLines;
use self::lines::LINES;

/// Writes what is logged, and when it is dropped whatever was not written yet.
#[must_use]
pub(crate) struct Logging(());

pub(crate) fn start(filter: &Targets) -> Logging {
    let registry = tracing_subscriber::registry().with(filter.clone());
    if stderr().is_terminal() {
        registry.with(fmt::layer().with_writer(stderr).with_target(false)).init();
    } else {
        LINES.write_in_background();
        let layer = fmt::layer().with_writer(&LINES);
        registry.with(layer.fmt_fields(JsonFields).event_format(JsonLines)).init();
    }
    Logging(())
}

/// Before the process ends without dropping [`Logging`].
pub(crate) fn flush() {
    LINES.flush();
}

impl Drop for Logging {
    fn drop(&mut self) {
        flush();
    }
}
