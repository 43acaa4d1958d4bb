//! What a trial is.

use anyhow::Result;
use clap::ValueEnum;

use crate::rig::Bench;

/// What the server keeps its data in.
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

/// Whether others may run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Company {
    /// Its times say something, so it has the machine for itself.
    Alone,
    /// It looks at what happens, not at how soon.
    Beside,
}

/// A claim, by the name of the file that tries it; the function answers with its figures.
#[derive(Clone, Copy)]
pub(crate) struct Trial {
    pub(crate) name: &'static str,
    pub(crate) engines: &'static [Engine],
    pub(crate) company: Company,
    pub(crate) run: fn(&Bench) -> Result<String>,
}
