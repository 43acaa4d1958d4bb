//! The engines that trials run on.

use clap::ValueEnum;

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
