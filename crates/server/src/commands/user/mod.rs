//! `chit-chat user ...`

mod list;
mod password;

use std::error::Error;
use std::sync::Arc;

use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::services::{Policies, Services, System};
use chit_chat_domain::stores::Stores;
use chit_chat_domain::user::{SignUp, User};
use chit_chat_system::{BcryptPool, RandomIds, SystemClock, SystemSecrets};

use super::{Outcome, print_line};
use crate::cli::{NamedPassword, UserAction};
use crate::config::Config;
use crate::store;

pub(crate) fn run(config: &Config, action: &UserAction) -> Outcome {
    let stores = store::open_existing(config)?;
    match action {
        UserAction::List(listing) => list::run(&stores, listing),
        UserAction::Create(account) => create(&stores, account),
        UserAction::ResetPassword(account) => reset_password(&stores, account),
        UserAction::Disable { name } => disable(&stores, name),
        UserAction::Enable { name } => enable(&stores, name),
    }
}

fn create(stores: &Stores, NamedPassword { name, password_stdin }: &NamedPassword) -> Outcome {
    let password = password::choose(*password_stdin)?;
    let entered =
        SignUp { username: name.clone(), password: password.text.clone(), email: None, display_name: None };
    let user = services(stores)?.accounts.sign_up(&entered).map_err(|failure| error_message(failure, name))?;
    password.report(&format!("{} can sign in now; the account's id is {}", display_username(&user), user.id))
}

fn reset_password(stores: &Stores, NamedPassword { name, password_stdin }: &NamedPassword) -> Outcome {
    let password = password::choose(*password_stdin)?;
    let reset = services(stores)?.administration.reset_password(name, &password.text);
    let (user, ended) = reset.map_err(|failure| error_message(failure, name))?;
    password.report(&format!("{} has a new password; {} ended", display_username(&user), sessions(ended.len())))
}

fn disable(stores: &Stores, name: &str) -> Outcome {
    let (user, ended) =
        services(stores)?.administration.disable(name).map_err(|failure| error_message(failure, name))?;
    print_line(&format!("{} is disabled; {} ended", display_username(&user), sessions(ended.len())))
}

fn enable(stores: &Stores, name: &str) -> Outcome {
    let user = services(stores)?.administration.enable(name).map_err(|failure| error_message(failure, name))?;
    print_line(&format!("{} is enabled", display_username(&user)))
}

fn services(stores: &Stores) -> Result<Services, Box<dyn Error>> {
    let system = System {
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        secrets: Arc::new(SystemSecrets::default()),
        hasher: Arc::new(BcryptPool::start(BcryptPool::COST)?),
    };
    Ok(Services::over(stores, &system, Policies::default()))
}

/// The username as its owner spells it.
fn display_username(user: &User) -> &str {
    user.profile.as_ref().map_or("the user", |profile| profile.username.as_str())
}

fn sessions(count: usize) -> String {
    if count == 1 { "1 session".to_owned() } else { format!("{count} sessions") }
}

/// The error message for a failure, with the username or the rule.
fn error_message(failure: Failure, name: &str) -> Box<dyn Error> {
    match failure {
        Failure::Denied(Denial::UserNotFound) => format!("no such user: {name}").into(),
        Failure::Denied(Denial::UsernameTaken) => format!("the username {name} is taken").into(),
        Failure::Invalid(violations) => {
            let rules: Vec<String> =
                violations.iter().map(|broken| format!("the {} {}", broken.field, broken.violation)).collect();
            rules.join("; ").into()
        }
        other => other.into(),
    }
}
