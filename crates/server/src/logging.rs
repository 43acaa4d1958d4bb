//! Logs: for people on a terminal, as JSON for programs.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

pub(crate) fn start(filter: &Targets) {
    let registry = tracing_subscriber::registry().with(filter.clone());
    if stderr().is_terminal() {
        registry.with(tracing_subscriber::fmt::layer().with_writer(stderr).with_target(false)).init();
    } else {
        registry.with(tracing_subscriber::fmt::layer().with_writer(stderr).json().flatten_event(true)).init();
    }
}
