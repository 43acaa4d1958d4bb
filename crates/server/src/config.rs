//! Configuration and commands, by flag or environment.

mod limits;

use std::ffi::OsStr;
use std::net::ToSocketAddrs;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Args, Parser, Subcommand};
use secrecy::SecretString;
use tracing_subscriber::filter::{LevelFilter, Targets};

use self::limits::LimitOptions;
use crate::database::Database;

/// A chat backend: accounts, chatrooms, messages, and a log of every change.
///
/// Without a command it serves. Every option can be given by the environment as well.
#[derive(Debug, Parser)]
#[command(name = "chit-chat", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) config: Config,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Args, Debug)]
pub(crate) struct Config {
    /// Where to listen.
    #[arg(long, env, global = true, default_value = "127.0.0.1:8080", value_parser = address)]
    pub(crate) listen: String,
    /// Where the data is: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(long, env, global = true, default_value = "sqlite://./data/chit-chat.db", hide_env_values = true,
        value_parser = DatabaseUrl)]
    pub(crate) database_url: Database,
    /// What access tokens are signed with, 32 bytes or more; of a comma-separated list the first
    /// signs and all verify. On SQLite one is made beside the database; PostgreSQL needs it given.
    #[arg(long, env, global = true, hide_env_values = true, value_name = "SECRET[,SECRET...]")]
    pub(crate) jwt_secret: Option<SecretString>,
    /// What to log: error, warn, info, debug or trace, also by part, as in `info,chit_chat_http=debug`.
    #[arg(long, env, global = true, default_value = "info", value_parser = log)]
    pub(crate) log: Targets,
    #[command(flatten)]
    pub(crate) limits: LimitOptions,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API (the default).
    Serve,
    /// Manage the database.
    Db {
        #[command(subcommand)]
        action: DbAction,
    },
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum DbAction {
    /// Make the database if it is absent, and bring its schema up to date.
    Create,
    /// Bring the schema up to date.
    Migrate,
    /// Fill the database with demonstration data; prints the logins that it makes.
    Seed {
        /// Also into a database that holds other people's data.
        #[arg(long)]
        force: bool,
    },
    /// Delete the database and all that is in it.
    Drop {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

/// Does not repeat a URL that it refuses, as clap would: it may hold a password.
#[derive(Clone)]
struct DatabaseUrl;

impl TypedValueParser for DatabaseUrl {
    type Value = Database;

    fn parse_ref(&self, command: &clap::Command, _: Option<&Arg>, url: &OsStr) -> Result<Database, clap::Error> {
        let database = url.to_str().unwrap_or_default().parse();
        database.map_err(|why: String| command.clone().error(ErrorKind::ValueValidation, why))
    }
}

fn log(text: &str) -> Result<Targets, String> {
    let is_clear = |part: &str| part.contains('=') || part.trim().parse::<LevelFilter>().is_ok();
    let targets = text.parse::<Targets>().ok().filter(|_| text.split(',').all(is_clear));
    targets.ok_or_else(|| {
        "LOG takes error, warn, info, debug or trace, also by part: info,chit_chat_http=debug".to_owned()
    })
}

fn address(text: &str) -> Result<String, String> {
    match text.to_socket_addrs() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("LISTEN takes an address and a port, such as 127.0.0.1:8080".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_log_level_is_one_that_exists() {
        assert!(log("info").is_ok());
        assert!(log("warn,chit_chat_http=debug").is_ok());
        assert!(log("bogus").unwrap_err().contains("LOG takes"));
    }

    #[test]
    fn an_address_needs_a_port() {
        assert!(address("127.0.0.1:0").is_ok());
        assert!(address("127.0.0.1").unwrap_err().contains("LISTEN"));
    }
}
