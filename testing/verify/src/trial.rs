//! The description of a trial.

use anyhow::Result;

pub(crate) use crate::engine::{BOTH, Engine, POSTGRES};
use crate::rig::Bench;

/// Permission for other trials to run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Concurrency {
    /// The trial measures times, so it runs alone.
    Exclusive,
    /// The trial measures no times.
    Parallel,
}

/// A claim, named after the file that tests it; the function returns its figures.
#[derive(Clone, Copy)]
pub(crate) struct Trial {
    pub(crate) name: &'static str,
    pub(crate) engines: &'static [Engine],
    pub(crate) concurrency: Concurrency,
    pub(crate) run: fn(&Bench) -> Result<String>,
}
