//! The database in the configuration.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

/// A database, parsed from its URL.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    Sqlite(PathBuf),
    /// The URL may hold a password.
    Postgres(SecretString),
}

/// The pooler before PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pooler {
    /// To be found out.
    Auto,
    /// A pooler that gives each transaction another connection.
    Transaction,
    None,
}

impl FromStr for Database {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            if path.starts_with(":memory:") {
                return Err("DATABASE_URL names no file: in-memory SQLite is not supported, use a file \
                            such as sqlite://./data/chit-chat.db"
                    .to_owned());
            }
            return sqlite_path(path).map(Self::Sqlite);
        }
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err("DATABASE_URL must be sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME".to_owned());
        }
        if asks_for_tls(url) && !cfg!(feature = "tls") {
            return Err("DATABASE_URL requires TLS (sslmode), which this build does not support: \
                        build with `--features tls`, or set sslmode=disable"
                .to_owned());
        }
        Ok(Self::Postgres(SecretString::from(url)))
    }
}

/// Shows the database without its password.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "SQLite in {}", path.display()),
            Self::Postgres(url) => {
                let url = url.expose_secret();
                let location = url.split_once("://").map_or(url, |(_, rest)| rest);
                let location = location.split('?').next().unwrap_or_default();
                let host = location.rsplit_once('@').map_or(location, |(_, host)| host);
                write!(f, "PostgreSQL at {host}")
            }
        }
    }
}

/// Parses what follows `sqlite://`. Other programs take parameters there; ignoring one would do something else than
/// was asked for.
fn sqlite_path(text: &str) -> Result<PathBuf, String> {
    match text.split_once('?') {
        // The server creates the file anyway if it is absent.
        None | Some((_, "mode=rwc")) => Ok(PathBuf::from(text.split('?').next().unwrap_or(text))),
        Some((path, parameters)) => Err(format!(
            "DATABASE_URL has the parameter {parameters}, but after sqlite://{path} only ?mode=rwc is understood"
        )),
    }
}

fn asks_for_tls(url: &str) -> bool {
    ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"].iter().any(|mode| url.contains(mode))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        url.parse::<Database>().unwrap().to_string()
    }

    #[test]
    fn urls_are_parsed_and_shown_without_password() {
        assert_eq!(shown("sqlite://./data/a.db"), "SQLite in ./data/a.db");
        assert_eq!(shown("postgres://me:p@ss@db:5433/chat?x=y"), "PostgreSQL at db:5433/chat");
        assert_eq!(shown("postgresql:///chat"), "PostgreSQL at /chat");
    }

    #[test]
    fn invalid_url_is_explained() {
        for url in ["mysql://db/chat", "sqlite://", "chat.db", ""] {
            assert!(url.parse::<Database>().unwrap_err().contains("DATABASE_URL must be"), "{url}");
        }
    }

    #[test]
    fn parameters_of_sqlite_are_understood_or_refused() {
        assert_eq!(shown("sqlite://./data/a.db?mode=rwc"), "SQLite in ./data/a.db");
        for url in ["sqlite://a.db?mode=ro", "sqlite://a.db?", "sqlite://a.db?mode=rwc&cache=shared"] {
            assert!(url.parse::<Database>().unwrap_err().contains("only ?mode=rwc is understood"), "{url}");
        }
    }

    #[test]
    fn in_memory_sqlite_is_rejected() {
        for url in ["sqlite://:memory:", "sqlite://:memory:?cache=shared"] {
            assert!(url.parse::<Database>().unwrap_err().contains("DATABASE_URL names no file"), "{url}");
        }
    }

    #[test]
    #[cfg(not(feature = "tls"))]
    fn missing_tls_support_is_named() {
        assert!("postgres://db/chat?sslmode=require".parse::<Database>().unwrap_err().contains("TLS"));
    }
}
