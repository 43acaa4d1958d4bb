//! `chit-chat db ...`

use std::error::Error;
use std::io::{IsTerminal, Write, stdin, stdout};
use std::sync::Arc;

use chit_chat_system::BcryptPool;

use super::{Outcome, print_line};
use crate::cli::DbAction;
use crate::config::Config;
use crate::{signing_key, store};

/// The number of users and of chatrooms whose names are indexed in one transaction.
const INDEXED_AT_ONCE: usize = 100;

pub(crate) fn run(config: &Config, action: DbAction) -> Outcome {
    match action {
        DbAction::Create => create(config),
        DbAction::Migrate => migrate(config),
        DbAction::Seed { force } => seed(config, force),
        DbAction::Drop { yes } => drop(config, yes),
    }
}

fn create(config: &Config) -> Outcome {
    let database = &config.database_url;
    let made = store::create(database)?;
    store::open(config)?;
    print_line(&format!(
        "{database}: {}",
        if made { "created" } else { "already exists; the schema is up to date" }
    ))
}

fn migrate(config: &Config) -> Outcome {
    let stores = store::open(config)?;
    while stores.search.index(INDEXED_AT_ONCE)? {}
    print_line(&format!("{}: the schema is up to date", config.database_url))
}

fn seed(config: &Config, force: bool) -> Outcome {
    let stores = store::open(config)?;
    print_line(&format!("seeding {}", config.database_url))?;
    let hasher = Arc::new(BcryptPool::start(BcryptPool::COST)?);
    Ok(chit_chat_seed::run(&stores, hasher, force, &mut stdout())?)
}

fn drop(config: &Config, yes: bool) -> Outcome {
    let database = &config.database_url;
    if !yes && !confirmed(&format!("Delete {database} and everything in it?"))? {
        return Err("nothing was deleted".into());
    }
    let was_there = store::drop(database)?;
    signing_key::delete(database)?;
    print_line(&format!("{database}: {}", if was_there { "dropped" } else { "did not exist" }))
}

fn confirmed(question: &str) -> Result<bool, Box<dyn Error>> {
    if !stdin().is_terminal() {
        return Err(
            "cannot ask for confirmation: standard input is not a terminal; use `chit-chat db drop --yes`".into(),
        );
    }
    write!(stdout(), "{question} [y/N] ")?;
    stdout().flush()?;
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
