//! A store for each test, and a small script with every feature of scripts.

use std::sync::Arc;

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::denial::Failure;
use chit_chat_domain::event::Change;
use chit_chat_domain::id::UserId;
use chit_chat_domain::message::MessageBody;
use chit_chat_domain::page::Limit;
use chit_chat_domain::services::{Policies, Services, System};
use chit_chat_domain::session::Grant;
use chit_chat_domain::user::{PasswordHasher, PasswordPolicy, SignUp};
use chit_chat_system::{BcryptPool, RandomIds, SystemClock, SystemSecrets};
use tempfile::TempDir;

use super::fuse::Fuse;
use crate::people::{PASSWORD, People};
use crate::plan::Plan;
use crate::scripts::Script;
use crate::words::Words;
use crate::{Seed, SeedError, rooms};
use chit_chat_domain::stores::Stores;

const PEOPLE: &str = "\
Matt | Matt | Matt | matt@example.com | Leeds
Beth | Beth | - | - | Leeds
Rohan | Rohan | - | - | Leeds
sam | Sam | - | - | Leeds
zofia | Zofia | - | - | Leeds
";

const SCRIPT: &str = "\
name: Before
visibility: public
owner: Beth
members: Matt
days: 3..0
hours: 8..20
---
Matt: one
> rename Matt Meanwhile
> join Rohan
Rohan: two
Rohan*: two, edited
> add Beth sam
sam: three
> delete Beth sam
> remove Beth sam
Rohan: four
Rohan-:
> promote Beth Matt
> rename Matt After
Matt: five
> leave Rohan
> leave Beth

Matt: six
";

/// A store that is deleted on drop.
pub(crate) struct World {
    pub(crate) stores: Stores,
    hasher: Arc<dyn PasswordHasher>,
    people: People,
    plans: Vec<Plan>,
    _folder: TempDir,
}

impl World {
    /// An afternoon.
    pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_795_361_234_567_890);

    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("seed.db");
        chit_chat_sqlite::create(&path).unwrap();
        let store = chit_chat_sqlite::Store::open(&path).unwrap();
        store.migrate().unwrap();
        let people = People::parse("people", PEOPLE).unwrap();
        let script = Script::parse("script", SCRIPT).unwrap();
        let plans = vec![Plan::new("small", &script, &people, &Words::default(), 1).unwrap()];
        let hasher = Arc::new(BcryptPool::start(4).unwrap());
        Self { stores: Arc::new(store).into(), hasher, people, plans, _folder: folder }
    }

    pub(crate) fn plan(&self) -> &Plan {
        self.plans.first().unwrap()
    }

    /// Seeds with the small script, and returns the output.
    pub(crate) fn seed(&self, force: bool) -> Result<String, SeedError> {
        self.run(&self.stores, &self.people, &self.plans, force)
    }

    pub(crate) fn seed_through(&self, fuse: &Arc<Fuse>) -> Result<String, SeedError> {
        self.run(&fuse.protect(&self.stores), &self.people, &self.plans, false)
    }

    /// Seeds with the real scripts.
    pub(crate) fn seed_all(&self) -> Result<String, SeedError> {
        let people = People::cast()?;
        let plans = rooms::plans(&people)?;
        self.run(&self.stores, &people, &plans, false)
    }

    fn run(&self, stores: &Stores, people: &People, plans: &[Plan], force: bool) -> Result<String, SeedError> {
        let mut shown = Vec::new();
        Seed { stores, people, plans }.run(self.hasher.clone(), Self::NOW, force, &mut shown)?;
        Ok(String::from_utf8(shown).unwrap())
    }

    pub(crate) fn user(&self, username: &str) -> UserId {
        self.stores.users.credentials(username.to_lowercase()).unwrap().unwrap().user.id
    }

    pub(crate) fn usernames(&self) -> Vec<String> {
        let users = self.stores.users.list(None, Limit::MAX).unwrap();
        users.into_iter().filter_map(|user| Some(user.profile?.username.as_str().to_owned())).collect()
    }

    /// The log of the small script's room.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log_of(self.plan())
    }

    pub(crate) fn logs_of_all(&self) -> Vec<Vec<String>> {
        let plans = rooms::plans(&People::cast().unwrap()).unwrap();
        plans.iter().map(|plan| self.log_of(plan)).collect()
    }

    fn log_of(&self, plan: &Plan) -> Vec<String> {
        let mut log = Vec::new();
        let mut after = 0;
        loop {
            let events = self.stores.events.read(plan.id, after, i64::MAX, Limit::MAX).unwrap();
            let Some(last) = events.last() else { return log };
            after = last.seq;
            log.extend(events.iter().map(|event| format!("{event:?} {:?}", body(&event.change))));
        }
    }

    pub(crate) fn sign_in(&self, username: &str, password: &str) -> Result<Grant, Failure> {
        self.services().sessions.sign_in(username, password, None)
    }

    pub(crate) fn sign_up(&self, username: &str) {
        let entered = SignUp {
            username: username.to_owned(),
            password: PASSWORD.to_owned(),
            email: None,
            display_name: None,
        };
        self.services().accounts.sign_up(&entered).unwrap();
    }

    pub(crate) fn delete_account(&self, username: &str) {
        let Grant { user, session_id, .. } = self.sign_in(username, PASSWORD).unwrap();
        let accounts = self.services().accounts;
        let deletion = accounts.check_deletion(user.id, session_id, PASSWORD, None).unwrap();
        accounts.delete(user.id, deletion).unwrap();
    }

    pub(crate) fn services(&self) -> Services {
        let system = System {
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            secrets: Arc::new(SystemSecrets::default()),
            hasher: self.hasher.clone(),
        };
        let services = Services::over(&self.stores, &system, Policies::default());
        services.with_password_policy(PasswordPolicy::Demonstration)
    }
}

/// The current body of a message, which its `Debug` hides.
fn body(change: &Change) -> Option<&str> {
    match change {
        Change::MessageCreated(message) | Change::MessageUpdated(message) | Change::MessageDeleted(message) => {
            message.body.as_ref().map(MessageBody::as_str)
        }
        _ => None,
    }
}
