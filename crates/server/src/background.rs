//! Background tasks: following the changes of other instances, finishing deletions, indexing names, and
//! erasing data that is no longer needed.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use chit_chat_domain::clock::Clock;
use chit_chat_domain::denial::Failure;
use chit_chat_domain::store_error::StoreError;
use chit_chat_http::State;
use chit_chat_system::SystemClock;
use chit_chat_threads::{Priority, Threads};
use metrics::{counter, histogram};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::memory;
use crate::store::Stores;

/// The polling interval. An ended session must be rejected on every instance within a second, which leaves time
/// for a slow query.
const FOLLOW_INTERVAL: Duration = Duration::from_millis(250);
/// The interval of writing what users stored. Until then they can exceed their quota.
const STORAGE_INTERVAL: Duration = Duration::from_secs(5);
/// The interval of looking for names to index; short, because they cannot be found until then.
const INDEX_INTERVAL: Duration = Duration::from_secs(5);
/// The interval at which uses of keys are stored.
const KEYS_INTERVAL: Duration = Duration::from_secs(10);
/// The interval of looking for deleted accounts that have chatrooms to leave; short, because until then their direct
/// chatrooms are open and others may be without an owner.
const DEPARTURES_INTERVAL: Duration = Duration::from_secs(1);
const TIDY_INTERVAL: Duration = Duration::from_secs(60);
/// The interval of adding up histogram samples, which would otherwise pile up while metrics are not scraped.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// The interval of trying whether a database that took no writes takes them again.
const WRITING_INTERVAL: Duration = Duration::from_secs(1);
/// The interval of returning free memory; short, so that there is little to return each time.
const RELEASE_INTERVAL: Duration = Duration::from_secs(1);
/// The pause between two batches of a task, so that other work gets its turn.
const PAUSE: Duration = Duration::from_millis(20);
const PURGED_AT_ONCE: usize = 500;
/// The number of messages of a deleted account that are deleted together, while their chatroom is locked.
const ERASED_AT_ONCE: usize = 50;
/// The number of users and of chatrooms whose names are indexed together, while they are locked.
const INDEXED_AT_ONCE: usize = 100;

/// The threads of the background tasks, which stop on drop.
pub(crate) struct Background(Threads);

impl Background {
    /// Runs the tasks due at start, then starts the threads.
    pub(crate) fn start(state: &Arc<State>, stores: &Stores, metrics: PrometheusHandle) -> Result<Self, Failure> {
        state.follow()?;
        let mut background = Self(Threads::default());
        let started = background.start_all(state.clone(), stores.clone(), metrics);
        started.map_err(|error| StoreError::Other(format!("cannot start the background thread: {error}")))?;
        Ok(background)
    }

    fn start_all(&mut self, state: Arc<State>, stores: Stores, metrics: PrometheusHandle) -> io::Result<()> {
        let sessions = Arc::clone(&state);
        self.start_task(FOLLOW_INTERVAL, "sessions", move || follow(|| sessions.follow_sessions()))?;
        let keys = Arc::clone(&state);
        self.start_task(KEYS_INTERVAL, "keys", move || keys.follow_keys().map(|()| Progress::Done))?;
        let storage = Arc::clone(&state);
        self.start_task(STORAGE_INTERVAL, "storage", move || storage.follow_storage().map(|()| Progress::Done))?;
        let accounts = Arc::clone(&state);
        self.start_task(DEPARTURES_INTERVAL, "departures", move || {
            let more = accounts.services.accounts.continue_deletions()?;
            Ok(if more { Progress::More } else { Progress::Done })
        })?;
        self.start_task(FOLLOW_INTERVAL, "streams", move || follow(|| state.follow_streams()))?;
        let writing = Arc::clone(&stores.readiness);
        self.start_task(WRITING_INTERVAL, "writing", move || {
            // The store logs whether it can be written to.
            let _still_failing = writing.try_writing(SystemClock.now());
            Ok(Progress::Done)
        })?;
        let names = stores.clone();
        self.start_task(INDEX_INTERVAL, "names", move || index_names(&names))?;
        self.start_task(TIDY_INTERVAL, "tidy", move || tidy(&stores))?;
        self.start_task(UPKEEP_INTERVAL, "metrics", move || {
            metrics.run_upkeep();
            Ok(Progress::Done)
        })?;
        self.start_task(RELEASE_INTERVAL, "memory", || {
            memory::release();
            Ok(Progress::Done)
        })
    }

    fn start_task(
        &mut self,
        interval: Duration,
        name: &'static str,
        work: impl Fn() -> Result<Progress, StoreError> + Send + 'static,
    ) -> io::Result<()> {
        let (stop, stopped) = channel();
        self.0.on_stop(move || drop(stop));
        self.0.start(name, Priority::Normal, move || repeat(interval, name, &stopped, work))
    }
}

/// Repeats a task until the sender of `stopped` is dropped. Logs the first failure and the recovery.
fn repeat(
    interval: Duration,
    name: &'static str,
    stopped: &Receiver<()>,
    work: impl Fn() -> Result<Progress, StoreError>,
) {
    let failures = counter!("chit_chat_background_failures_total", "task" => name);
    let mut failing = false;
    let mut wait = interval;
    while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let started = Instant::now();
        let outcome = work();
        histogram!("chit_chat_background_duration_seconds", "task" => name).record(started.elapsed());
        if outcome.is_err() {
            failures.increment(1);
        }
        wait = if outcome == Ok(Progress::More) { PAUSE } else { interval };
        match outcome {
            Ok(_) if failing => {
                failing = false;
                tracing::info!(name, "recovered");
            }
            Err(error) if !failing => {
                failing = true;
                tracing::warn!(name, %error, "fails");
            }
            _ => {}
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Done,
    /// There is more to do right away.
    More,
}

fn follow(read: impl FnOnce() -> Result<(), StoreError>) -> Result<Progress, StoreError> {
    let started = Instant::now();
    read()?;
    // After a slow query, the result may be outdated.
    Ok(if started.elapsed() < FOLLOW_INTERVAL { Progress::Done } else { Progress::More })
}

/// Indexes one batch of names that were stored before the index, or by an instance that does not know it.
fn index_names(stores: &Stores) -> Result<Progress, StoreError> {
    Ok(if stores.search.index(INDEXED_AT_ONCE)? { Progress::More } else { Progress::Done })
}

/// Erases one batch of deleted data, or if there is none, what has expired.
fn tidy(stores: &Stores) -> Result<Progress, StoreError> {
    // Both, so that none of the two waits for all of the other.
    let erased = stores.upkeep.erase_messages(SystemClock.now(), ERASED_AT_ONCE)?;
    if stores.chatrooms.purge(PURGED_AT_ONCE)? || erased {
        return Ok(Progress::More);
    }
    stores.sessions.forget(SystemClock.now())?;
    stores.keys.forget(SystemClock.now())?;
    let more = stores.upkeep.forget(SystemClock.now(), PURGED_AT_ONCE)?;
    Ok(if more { Progress::More } else { Progress::Done })
}
