//! Configuration by flag or environment variable.

mod limits;

use std::ffi::OsStr;
use std::fmt;
use std::net::ToSocketAddrs;
use std::path::PathBuf;

use chit_chat_domain::message::{BodyLimit, MessageBody};
use chit_chat_domain::user::SignUps;
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Args};
use secrecy::SecretString;
use tracing_subscriber::filter::{LevelFilter, Targets};

use self::limits::LimitOptions;
use crate::database::{Database, Pooler};

#[derive(Args, Debug)]
#[command(next_help_heading = "Configuration, also by environment variables; flags win")]
pub(crate) struct Config {
    /// Address and port of the API.
    #[arg(long, env, global = true, default_value = "127.0.0.1:8080", value_parser = address)]
    pub(crate) listen: String,
    /// Separate address and port for metrics; by default they are at /metrics on the API's port.
    #[arg(long, env, global = true, value_name = "ADDRESS:PORT", value_parser = metrics_address)]
    pub(crate) metrics_listen: Option<String>,
    /// The database: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(long, env, global = true, default_value = "sqlite://./data/chit-chat.db", hide_env_values = true,
        value_parser = DatabaseUrl)]
    pub(crate) database_url: Database,
    /// The pooler before PostgreSQL: transaction (a pooler that gives each transaction another connection, such as
    /// PgBouncer in transaction mode), none, or auto, which finds out at start.
    #[arg(long, env, global = true, default_value = "auto", value_parser = pooler)]
    pub(crate) database_pooler: Pooler,
    /// Key that signs access tokens, at least 32 bytes; in a comma-separated list the first signs and
    /// all verify. SQLite has a default, generated into a file next to the database; PostgreSQL requires this
    /// or `JWT_SECRET_FILE`.
    #[arg(long, env, global = true, hide_env_values = true, value_name = "SECRET[,SECRET...]")]
    pub(crate) jwt_secret: Option<SecretString>,
    /// File that holds the key if `JWT_SECRET` is absent; generated at the first start.
    #[arg(long, env, global = true, value_name = "PATH")]
    pub(crate) jwt_secret_file: Option<PathBuf>,
    /// Creation of accounts: open (anyone may sign up) or closed (only operators).
    #[arg(long, env, global = true, default_value = "open", value_parser = sign_ups)]
    pub(crate) signup: SignUps,
    /// Characters of a message, from 1 to 40000; longer ones that are stored already stay readable.
    #[arg(long, env, global = true, default_value_t = Characters(BodyLimit::default()), value_name = "COUNT",
        value_parser = message_characters)]
    pub(crate) message_max_characters: Characters,
    /// File in TOML with policies for the texts of messages: docs/POLICIES.md.
    #[arg(long, env, global = true, value_name = "PATH")]
    pub(crate) message_policies_file: Option<PathBuf>,
    /// Log level: error, warn, info, debug or trace, also per module, as in `info,chit_chat_http=debug`.
    #[arg(long, env, global = true, default_value = "info", value_parser = log)]
    pub(crate) log: Targets,
    #[command(flatten)]
    pub(crate) limits: LimitOptions,
}

/// The limit of message bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Characters(pub(crate) BodyLimit);

impl fmt::Display for Characters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.get().fmt(f)
    }
}

/// Parses the URL without repeating it in an error, as clap would, because it may contain a password.
#[derive(Clone)]
struct DatabaseUrl;

impl TypedValueParser for DatabaseUrl {
    type Value = Database;

    fn parse_ref(&self, command: &clap::Command, _: Option<&Arg>, url: &OsStr) -> Result<Database, clap::Error> {
        let database = url.to_str().unwrap_or_default().parse();
        database.map_err(|why: String| command.clone().error(ErrorKind::ValueValidation, why))
    }
}

fn pooler(text: &str) -> Result<Pooler, String> {
    match text.to_ascii_lowercase().as_str() {
        "auto" => Ok(Pooler::Auto),
        "transaction" => Ok(Pooler::Transaction),
        "none" => Ok(Pooler::None),
        _ => Err("DATABASE_POOLER must be auto, transaction or none".to_owned()),
    }
}

fn sign_ups(text: &str) -> Result<SignUps, String> {
    match text.to_ascii_lowercase().as_str() {
        "open" => Ok(SignUps::Open),
        "closed" => Ok(SignUps::Closed),
        _ => Err("SIGNUP must be open or closed".to_owned()),
    }
}

fn message_characters(text: &str) -> Result<Characters, String> {
    let limit = text.parse().ok().and_then(BodyLimit::new).map(Characters);
    limit.ok_or_else(|| format!("MESSAGE_MAX_CHARACTERS must be a number from 1 to {}", MessageBody::LONGEST))
}

fn log(text: &str) -> Result<Targets, String> {
    // It logs as errors what strangers send that is not HTTP.
    let default = Targets::new().with_target("actix_http", LevelFilter::OFF);
    let filter = text.split(',').try_fold(default, |filter, part| match part.split_once('=') {
        Some((name, level)) => Some(filter.with_target(part_name(name)?, log_level(level)?)),
        None => Some(filter.with_default(log_level(part)?)),
    });
    filter.ok_or_else(|| {
        "LOG must be error, warn, info, debug or trace, optionally per module: info,chit_chat_http=debug"
            .to_owned()
    })
}

fn part_name(text: &str) -> Option<&str> {
    let is_one = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.:".contains(c));
    Some(text.trim()).filter(is_one)
}

/// Parses a level. `LevelFilter` would also accept an empty one.
fn log_level(text: &str) -> Option<LevelFilter> {
    Some(text.trim()).filter(|level| !level.is_empty())?.parse().ok()
}

fn address(text: &str) -> Result<String, String> {
    match text.to_socket_addrs() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("LISTEN must be an address and a port, such as 127.0.0.1:8080".to_owned()),
    }
}

fn metrics_address(text: &str) -> Result<String, String> {
    address(text).map_err(|_| "METRICS_LISTEN must be an address and a port, such as 127.0.0.1:9090".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_level_must_exist() {
        assert!(log("info").is_ok());
        assert!(log("warn,chit_chat_http=debug").is_ok());
        assert_eq!(log("warn, chit_chat_http = debug"), log("warn,chit_chat_http=debug"));
        for wrong in ["bogus", "", ",", "x=", "=", "=info", "info,,x=", "info,", "x=loud", "x=y=info", "a b=info"]
        {
            assert!(log(wrong).unwrap_err().contains("LOG must be"), "{wrong}");
        }
    }

    #[test]
    fn words_ignore_case() {
        assert_eq!(sign_ups("OPEN"), Ok(SignUps::Open));
        assert_eq!(sign_ups("Closed"), Ok(SignUps::Closed));
        assert_eq!(pooler("Transaction"), Ok(Pooler::Transaction));
        assert!(pooler("session").unwrap_err().contains("DATABASE_POOLER must be"));
        assert!(sign_ups("shut").unwrap_err().contains("SIGNUP must be"));
    }

    #[test]
    fn address_requires_port() {
        assert!(address("127.0.0.1:0").is_ok());
        assert!(address("127.0.0.1").unwrap_err().contains("LISTEN"));
    }
}
