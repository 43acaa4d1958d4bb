//! The command line: commands, their arguments and their help.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::Resettable;
use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::key::duration;
use crate::config::Config;

const EXAMPLES: &str = "\
Examples:
  chit-chat
      Serve on 127.0.0.1:8080, with SQLite in ./data/chit-chat.db
  DATABASE_URL=postgres://me:secret@db/chat JWT_SECRET=... chit-chat
      Serve on PostgreSQL
  chit-chat user create ann
      Create an account and print its password
  chit-chat backup /backups/chit-chat-$(date +%F).db
      Back up SQLite while the server runs

`chit-chat help COMMAND` describes one command.";

/// The options that all commands use, not only `serve`.
const EVERYWHERE: [&str; 3] = ["database_url", "database_pooler", "log"];

/// A chat backend: accounts, chatrooms, messages, and a log of every change.
#[derive(Debug, Parser)]
#[command(name = "chit-chat", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) config: Config,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API (the default)
    Serve,
    /// Create, migrate, fill or delete the database
    Db {
        #[command(subcommand)]
        action: DbAction,
    },
    /// List, create, disable and enable accounts, and reset passwords
    #[command(after_help = USER_EXAMPLES)]
    User {
        #[command(subcommand)]
        action: UserAction,
    },
    /// Create, list, rotate and revoke server keys, with which an application acts
    #[command(after_help = KEY_EXAMPLES)]
    Key {
        #[command(subcommand)]
        action: KeyAction,
    },
    /// Copy an SQLite database to a file, also while a server is running
    #[command(after_help = BACKUP_EXAMPLES)]
    Backup {
        /// The copy, in an existing folder
        file: PathBuf,
        /// Replace FILE if it exists
        #[arg(long)]
        force: bool,
    },
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum DbAction {
    /// Create the database if it is absent, and migrate its schema
    Create,
    /// Migrate the schema to this version
    Migrate,
    /// Add demonstration data and print its logins
    Seed {
        /// Add the data even if the database has other accounts
        #[arg(long)]
        force: bool,
    },
    /// Delete the database with all its data
    Drop {
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
}

const USER_EXAMPLES: &str = "\
Examples:
  chit-chat user list --search ann
  chit-chat user list --disabled --json
  chit-chat user create ann
  chit-chat user reset-password ann --password-stdin < password.txt
  chit-chat user disable ann

All commands work while servers are running, without a restart. Usernames match
in any case.";

const KEY_EXAMPLES: &str = "\
Examples:
  chit-chat key create --name backend > key.txt
  chit-chat key create --name reports --scope admin:audit --expires-in 90d
  chit-chat key list
  chit-chat key rotate 01936d5c-7a00-7000-8000-000000000001 --overlap 1h > key.txt
  chit-chat key revoke 01936d5c-7a00-7000-8000-000000000001

Running servers refuse a revoked key within a second. Keys of users are in the API.";

#[derive(Debug, Subcommand)]
pub(crate) enum KeyAction {
    /// Create a server key and print it, alone on standard output
    Create(NewKey),
    /// List server keys that have not expired, newest first
    List {
        /// Print one JSON object per line, for programs
        #[arg(long)]
        json: bool,
    },
    /// Give a key another text and print it; the current one still works for a while
    Rotate {
        /// The id of the key
        id: String,
        /// The time for which the current text still works, such as 30m; 0s ends it at once [default: 1h]
        #[arg(long, value_name = "DURATION", value_parser = duration)]
        overlap: Option<Duration>,
    },
    /// Revoke a key at once
    Revoke {
        /// The id of the key
        id: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct NewKey {
    /// The name by which you know the key
    #[arg(long)]
    pub(crate) name: String,
    /// A scope of the key, such as admin:users; may be repeated [default: all]
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
    /// The time after which the key no longer works, such as 90d or 12h [default: never]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) expires_in: Option<Duration>,
}

const BACKUP_EXAMPLES: &str = "\
Examples:
  chit-chat backup /backups/chit-chat.db
  chit-chat backup --force /backups/latest.db

The copy is consistent, and only its owner can read it. It does not contain the
signing key: back that up too.
Back up PostgreSQL with pg_dump.";

#[derive(Debug, Subcommand)]
pub(crate) enum UserAction {
    /// List accounts by username
    List(Listing),
    /// Create an account, also while sign-up is closed
    Create(NamedPassword),
    /// Set a new password and end all sessions of the account
    ResetPassword(NamedPassword),
    /// End all sessions of an account and block sign-in
    Disable {
        /// The username
        name: String,
    },
    /// Allow a disabled account to sign in again
    Enable {
        /// The username
        name: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Listing {
    /// List only accounts whose username or display name contains TEXT
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// List only disabled accounts
    #[arg(long)]
    pub(crate) disabled: bool,
    /// Print one JSON object per line, for programs
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct NamedPassword {
    /// The username
    pub(crate) name: String,
    /// Read the password from the first line of standard input, instead of generating and printing one
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

impl Cli {
    /// Parses the command line. Exits the process for `--help` and for invalid arguments.
    pub(crate) fn read() -> Self {
        Self::from_arg_matches(&command().get_matches()).unwrap_or_else(|error| error.exit())
    }
}

/// Treats an empty variable as absent, because Compose passes unset variables as empty ones.
fn without_empty_variable(arg: Arg) -> Arg {
    let is_empty = arg.get_env().and_then(env::var_os).is_some_and(|value| value.is_empty());
    if is_empty { arg.env(Resettable::Reset) } else { arg }
}

/// The commands. All accept the options of `serve`, which may be in the environment, but only the help of `serve`
/// shows them.
fn command() -> clap::Command {
    let command = Cli::command().mut_args(without_empty_variable);
    let of_servers = |arg: &&Arg| arg.is_global_set() && !EVERYWHERE.contains(&arg.get_id().as_str());
    let hidden: Vec<Arg> = command.get_arguments().filter(of_servers).map(|arg| arg.clone().hide(true)).collect();
    command.mut_subcommands(|sub| if sub.get_name() == "serve" { sub } else { sub.args(&hidden) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(arguments: &[&str]) -> String {
        command().try_get_matches_from(arguments).unwrap_err().to_string()
    }

    #[test]
    fn command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn server_options_are_global_and_shown_where_relevant() {
        for arguments in [
            &["chit-chat", "--listen", "127.0.0.1:1", "user", "list"][..],
            &["chit-chat", "user", "list", "--listen", "127.0.0.1:1"],
            &["chit-chat", "serve", "--listen", "127.0.0.1:1"],
            &["chit-chat", "--listen", "127.0.0.1:1"],
        ] {
            let matches = command().try_get_matches_from(arguments).unwrap();
            assert_eq!(Cli::from_arg_matches(&matches).unwrap().config.listen, "127.0.0.1:1", "{arguments:?}");
        }
        for arguments in [&["chit-chat", "--help"][..], &["chit-chat", "serve", "--help"]] {
            assert!(help(arguments).contains("--listen"), "{arguments:?}");
        }
        for arguments in [
            &["chit-chat", "user", "list", "--help"][..],
            &["chit-chat", "db", "drop", "--help"],
            &["chit-chat", "backup", "--help"],
        ] {
            let help = help(arguments);
            assert!(!help.contains("--listen") && help.contains("--database-url"), "{help}");
        }
    }
}
