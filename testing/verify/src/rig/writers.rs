//! Concurrent writers in one chatroom, and the comparison of their records with its log.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use chit_chat_client::Client;
use chit_chat_rig::until;
use fastrand::Rng;
use serde_json::Value;

use super::log::dense;
use super::person::Person;
use super::writer::{Outcome, Writer};

/// The pause after a 503.
const PAUSE: Duration = Duration::from_millis(20);
const TIMEOUT: Duration = Duration::from_secs(60);

/// Several writers in the same chatroom.
#[derive(Debug)]
pub(crate) struct Writers {
    room: String,
    reader: Client,
    list: Vec<Writer>,
}

/// The progress of the writers.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) acknowledged: AtomicUsize,
    pub(crate) unavailable: AtomicUsize,
    pub(crate) gone: AtomicUsize,
    enough: AtomicBool,
}

impl Progress {
    /// Waits until this many more operations are acknowledged.
    pub(crate) fn wait_for(&self, more: usize) -> Result<Duration> {
        let goal = self.acknowledged.load(Ordering::SeqCst) + more;
        let ((), took) = until(TIMEOUT, "enough is acknowledged", || {
            ensure!(!self.enough.load(Ordering::SeqCst), "a writer has stopped");
            Ok((self.acknowledged.load(Ordering::SeqCst) >= goal).then_some(()))
        })?;
        Ok(took)
    }

    pub(crate) fn unavailable_count(&self) -> usize {
        self.unavailable.load(Ordering::SeqCst)
    }

    pub(crate) fn check_none_cut_off(&self) -> Result<()> {
        let gone = self.gone.load(Ordering::SeqCst);
        ensure!(gone == 0, "{gone} writers got no answer");
        Ok(())
    }
}

impl Writers {
    /// Creates a chatroom owned by the first of these people, and writers who act as these people.
    pub(crate) fn new(people: &[&Person], size: usize, url: &str, rng: &mut Rng) -> Result<Self> {
        let (owner, members) = people.split_first().context("writers need people")?;
        let owner = Person { client: owner.client.at(url), ..(*owner).clone() };
        let room = owner.make_room(members)?;
        let writer = |_| {
            let person = rng.choice(people).context("writers need people")?;
            Ok(Writer::new(person.client.at(url), &room, rng.fork()))
        };
        let list = (0..size).map(writer).collect::<Result<_>>()?;
        Ok(Self { room, reader: owner.client, list })
    }

    /// The path of the chatroom.
    pub(crate) fn room(&self) -> &str {
        &self.room
    }

    /// Moves all writers to another server.
    pub(crate) fn move_to(&mut self, url: &str) {
        self.reader = self.reader.at(url);
        for writer in &mut self.list {
            writer.move_to(url);
        }
    }

    /// Runs all writers while `happens` runs, until it returns or the server is gone.
    pub(crate) fn write_while<T>(&mut self, happens: impl FnOnce(&Progress) -> Result<T>) -> Result<T> {
        let progress = &Progress::default();
        thread::scope(|scope| {
            let at_work: Vec<_> =
                self.list.iter_mut().map(|writer| scope.spawn(move || work(writer, progress))).collect();
            let happened = happens(progress);
            progress.enough.store(true, Ordering::SeqCst);
            for writer in at_work {
                writer.join().map_err(|_| anyhow!("a writer panicked"))??;
            }
            happened
        })
    }

    /// Repeats every unacknowledged operation until it is acknowledged, and some acknowledged ones.
    pub(crate) fn repeat_unacknowledged(&mut self) -> Result<()> {
        for writer in &mut self.list {
            while writer.has_open_operation() {
                match writer.step()? {
                    Outcome::Acknowledged => {}
                    outcome => bail!("a repeat ended with {outcome:?}"),
                }
            }
            writer.repeat_some()?;
        }
        Ok(())
    }

    /// Checks that the log holds every acknowledged operation exactly once and nothing else. Returns the number
    /// of messages.
    pub(crate) fn audit(&self) -> Result<usize> {
        let log = dense(&self.reader, &self.room)?;
        let mut found: HashMap<String, Value> = HashMap::new();
        for event in log.into_iter().filter(|event| event["type"] == "message.created") {
            let id = event["data"]["id"].as_str().context("a message without id")?.to_owned();
            let earlier = found.insert(id, event["data"].clone());
            ensure!(earlier.is_none(), "twice in the log: {earlier:?}");
        }
        for writer in &self.list {
            writer.check_log(&mut found)?;
        }
        ensure!(found.is_empty(), "in the log, but sent by no writer: {found:?}");
        Ok(self.list.iter().map(Writer::acknowledged).sum())
    }
}

fn work(writer: &mut Writer, progress: &Progress) -> Result<()> {
    while !progress.enough.load(Ordering::SeqCst) {
        // An error stops all writers.
        let outcome = writer.step().inspect_err(|_| progress.enough.store(true, Ordering::SeqCst))?;
        let counter = match outcome {
            Outcome::Acknowledged => &progress.acknowledged,
            Outcome::Unavailable => &progress.unavailable,
            Outcome::Gone => &progress.gone,
        };
        counter.fetch_add(1, Ordering::SeqCst);
        match outcome {
            Outcome::Acknowledged => {}
            Outcome::Unavailable => thread::sleep(PAUSE),
            Outcome::Gone => break,
        }
    }
    Ok(())
}
