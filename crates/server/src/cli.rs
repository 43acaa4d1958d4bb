//! The command line: the commands, what they take, and how their help reads.

use std::env;
use std::path::PathBuf;

use clap::builder::Resettable;
use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::Config;

const EXAMPLES: &str = "\
Examples:
  chit-chat
      Serve on 127.0.0.1:8080, with SQLite in ./data/chit-chat.db
  DATABASE_URL=postgres://me:secret@db/chat JWT_SECRET=... chit-chat
      Serve on PostgreSQL
  chit-chat user create ann
      Make an account and print its password
  chit-chat backup /backups/chit-chat-$(date +%F).db
      Back up SQLite while the server runs

`chit-chat help COMMAND` tells more about a command.";

/// What other commands than `serve` read, too.
const EVERYWHERE: [&str; 2] = ["database_url", "log"];

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
    /// Make, update, fill or delete the database
    Db {
        #[command(subcommand)]
        action: DbAction,
    },
    /// List, make, disable and enable accounts, and reset passwords
    #[command(after_help = USER_EXAMPLES)]
    User {
        #[command(subcommand)]
        action: UserAction,
    },
    /// Copy an SQLite database to a file, also while a server writes
    #[command(after_help = BACKUP_EXAMPLES)]
    Backup {
        /// Where to, in a folder that exists
        file: PathBuf,
        /// Replace FILE if it exists
        #[arg(long)]
        force: bool,
    },
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum DbAction {
    /// Make the database if it is absent, and bring its schema up to date
    Create,
    /// Bring the schema up to date
    Migrate,
    /// Fill the database with demonstration data; prints the logins that it makes
    Seed {
        /// Also into a database that holds other people's data
        #[arg(long)]
        force: bool,
    },
    /// Delete the database and all that is in it
    Drop {
        /// Do not ask
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

All work beside a running server, at once. Usernames are found in any case.";

const BACKUP_EXAMPLES: &str = "\
Examples:
  chit-chat backup /backups/chit-chat.db
  chit-chat backup --force /backups/latest.db

The copy is consistent, and readable by its owner only. The signing key is not
in it: keep it as well.
Backups of PostgreSQL are made by pg_dump.";

#[derive(Debug, Subcommand)]
pub(crate) enum UserAction {
    /// List accounts by username
    List(Listing),
    /// Make an account, also while sign-up is closed
    Create(NamedPassword),
    /// Give somebody a new password, and end their sessions
    ResetPassword(NamedPassword),
    /// End somebody's sessions, and keep them from signing in
    Disable {
        /// The username
        name: String,
    },
    /// Let somebody sign in again
    Enable {
        /// The username
        name: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Listing {
    /// Only those whose username or display name contains TEXT
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// Only those that are disabled
    #[arg(long)]
    pub(crate) disabled: bool,
    /// For programs: an object of JSON per line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct NamedPassword {
    /// The username
    pub(crate) name: String,
    /// Read it from the first line of standard input, instead of making and printing one
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

impl Cli {
    /// Ends the process if it was asked for help, or for something that does not exist.
    pub(crate) fn read() -> Self {
        Self::from_arg_matches(&command().get_matches()).unwrap_or_else(|error| error.exit())
    }
}

/// An empty variable counts as absent: that is how Compose hands on one that is not set.
fn without_empty_variable(arg: Arg) -> Arg {
    let is_empty = arg.get_env().and_then(env::var_os).is_some_and(|value| value.is_empty());
    if is_empty { arg.env(Resettable::Reset) } else { arg }
}

/// Commands that do not serve take the options of a server, which may stand in the environment, but
/// their help does not show them.
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
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn options_of_servers_are_understood_everywhere_and_shown_where_they_matter() {
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
