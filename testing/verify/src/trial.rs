//! The description of a trial.

use anyhow::Result;
use clap::ValueEnum;

use crate::rig::Bench;

/// The server's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

pub(crate) const BOTH: &[Engine] = &[Engine::Sqlite, Engine::Postgres];
pub(crate) const POSTGRES: &[Engine] = &[Engine::Postgres];

/// Whether other trials may run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Company {
    /// The trial measures times, so it runs alone.
    Alone,
    /// The trial measures no times.
    Beside,
}

/// A claim, named after the file that tests it; the function returns its figures.
#[derive(Clone, Copy)]
pub(crate) struct Trial {
    pub(crate) name: &'static str,
    pub(crate) engines: &'static [Engine],
    pub(crate) company: Company,
    pub(crate) run: fn(&Bench) -> Result<String>,
}
