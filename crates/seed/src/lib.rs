//! Demonstration data, created through the domain's services.
//!
//! Text files define the people and their dialogues (`scripts`). A plan is made from them, which is the same on
//! every day except for its dates (`plan`), and is then executed (`stage`). Ids and idempotency keys are part of
//! the plan, so a run recognises the data of an earlier one and completes it.

mod clock;
mod final_changes;
mod ids;
mod parse_error;
mod participants;
mod people;
mod plan;
mod report;
mod rooms;
mod scene;
mod scripts;
mod stage;
#[cfg(test)]
mod tests;
mod timetable;
mod words;

use std::io::{self, Write};
use std::sync::Arc;

use chit_chat_domain::clock::{Clock, Timestamp};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::user::{PasswordHasher, Username};
use chit_chat_system::SystemClock;
use thiserror::Error;

use self::final_changes::FinalChanges;
pub use self::parse_error::ParseError;
use self::people::{People, Person};
use self::plan::Plan;
use self::stage::Stage;
use chit_chat_domain::stores::Stores;

/// The number of messages between two progress reports on a room.
const REPORT_EVERY: usize = 250;

/// Errors that leave the data missing or incomplete.
#[derive(Debug, Error)]
pub enum SeedError {
    /// The database has accounts of other users.
    #[error(
        "nothing was changed: the database already has other accounts ({0}), and the demonstration data would add \
         accounts with a public password. To add them anyway: chit-chat db seed --force (or make db-seed ARGS=--force)"
    )]
    OtherData(String),
    /// A username of the data is taken; `--force` cannot help.
    #[error("the username {0} is taken by another account; `chit-chat db drop` deletes the whole database")]
    NameTaken(&'static str),
    /// A step failed; the data up to that step is kept.
    #[error("{doing}: {failure}; run `chit-chat db seed` again to continue")]
    Failed { doing: String, failure: Failure },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot print progress: {0}")]
    Io(#[from] io::Error),
    /// A syntax error in the text files.
    #[error(transparent)]
    Script(#[from] ParseError),
}

/// Fills the database, or completes the data of an interrupted run, and reports progress on `out`. Complete
/// data is left alone, whatever users have changed in it.
pub fn run(
    stores: &Stores,
    hasher: Arc<dyn PasswordHasher>,
    force: bool,
    out: &mut dyn Write,
) -> Result<(), SeedError> {
    let people = People::cast()?;
    let plans = rooms::plans(&people)?;
    Seed { stores, people: &people, plans: &plans }.run(hasher, SystemClock.now(), force, out)
}

struct Seed<'a> {
    stores: &'a Stores,
    people: &'a People,
    plans: &'a [Plan],
}

impl Seed<'_> {
    fn run(
        &self,
        hasher: Arc<dyn PasswordHasher>,
        now: Timestamp,
        force: bool,
        out: &mut dyn Write,
    ) -> Result<(), SeedError> {
        let Some((newcomer, others)) = self.people.newcomer() else {
            return Ok(());
        };
        if self.knows(newcomer)? {
            return Ok(report::already_seeded(out)?);
        }
        if !force {
            self.refuse_other_people()?;
        }
        self.refuse_taken_names()?;
        let stage = Stage::new(self.stores, hasher, now);
        for (person, count) in others.iter().zip(1..) {
            self.sign_up(&stage, person)?;
            if count % 5 == 0 || count == others.len() {
                report::people(out, count, self.people.all().len())?;
            }
        }
        for (plan, number) in self.plans.iter().zip(1..) {
            report::room(out, number, self.plans.len(), plan)?;
            play(&stage, plan, out)?;
        }
        let final_changes = FinalChanges { stage: &stage, people: self.people, plans: self.plans };
        final_changes.play().map_err(|failure| failed("the final changes".to_owned(), failure))?;
        self.sign_up(&stage, newcomer)?;
        stage.services.storage.save(&*self.stores.storage)?;
        Ok(report::done(out, self.people, self.plans)?)
    }

    /// Returns whether the account exists, even if it was deleted since.
    fn knows(&self, person: &Person) -> Result<bool, StoreError> {
        Ok(self.stores.users.find(person.id)?.is_some())
    }

    fn refuse_other_people(&self) -> Result<(), SeedError> {
        // The accounts of the data fit on one page, so a full page contains others.
        let users = self.stores.users.list(None, Limit::MAX)?;
        let others: Vec<&str> = users
            .iter()
            .filter_map(|user| Some((user.id, user.profile.as_ref()?.username.as_str())))
            .filter(|(id, username)| self.people.find(username).is_none_or(|person| person.id != *id))
            .map(|(_, username)| username)
            .collect();
        if others.is_empty() { Ok(()) } else { Err(SeedError::OtherData(report::some_of(&others))) }
    }

    fn refuse_taken_names(&self) -> Result<(), SeedError> {
        for person in self.people.all() {
            let folded = Username::restore(person.username.to_owned()).folded();
            if self.stores.users.credentials(folded)?.is_some_and(|holder| holder.user.id != person.id) {
                return Err(SeedError::NameTaken(person.username));
            }
        }
        Ok(())
    }

    fn sign_up(&self, stage: &Stage, person: &Person) -> Result<(), SeedError> {
        if self.knows(person)? {
            return Ok(());
        }
        match stage.sign_up(person) {
            Err(Failure::Denied(Denial::UsernameTaken)) => Err(SeedError::NameTaken(person.username)),
            outcome => {
                outcome.map_err(|failure| failed(format!("{} could not sign up", person.username), failure))
            }
        }
    }
}

fn play(stage: &Stage, plan: &Plan, out: &mut dyn Write) -> Result<(), SeedError> {
    let opened = stage.open(plan).map_err(|failure| failed(format!("{}: no room", plan.slug), failure))?;
    let steps = stage.remaining(&opened, plan).map_err(|failure| failed(plan.slug.to_owned(), failure))?;
    let mut messages = plan.messages - steps.iter().filter(|step| step.is_message()).count();
    for step in steps {
        stage.play(opened.id, step).map_err(|failure| {
            failed(format!("{}, after message {messages} of {}", plan.slug, plan.messages), failure)
        })?;
        if step.is_message() {
            messages += 1;
            if messages.is_multiple_of(REPORT_EVERY) && messages < plan.messages {
                report::messages(out, messages, plan.messages)?;
            }
        }
    }
    Ok(())
}

fn failed(doing: String, failure: Failure) -> SeedError {
    SeedError::Failed { doing, failure }
}
