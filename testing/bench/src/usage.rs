//! The processor time and memory that a measurement uses.

use std::time::{Duration, Instant};

use anyhow::Result;
use chit_chat_rig::Process;

/// Processor time in percent of one processor, and memory in KiB.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    pub(crate) server: Option<f64>,
    pub(crate) database: Option<f64>,
    pub(crate) load: f64,
    /// The server's peak resident memory.
    pub(crate) peak: Option<u64>,
    /// The server's resident memory at the end, without mapped files.
    pub(crate) own: Option<u64>,
}

/// The measured processes. The load generators are not among them: they are children of this program that exit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parties {
    pub(crate) server: Option<Process>,
    pub(crate) postmaster: Option<Process>,
}

/// A running measurement, with the values at its start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    parties: Parties,
    start: Instant,
    before: Times,
}

#[derive(Clone, Copy, Debug)]
struct Times {
    server: Option<Duration>,
    database: Option<Duration>,
    load: Duration,
}

impl Meter {
    pub(crate) fn start(parties: Parties) -> Result<Self> {
        if let Some(server) = parties.server {
            server.reset_peak()?;
        }
        Ok(Self { parties, before: Times::of(parties)?, start: Instant::now() })
    }

    /// Computes the usage; called after the load generators have exited.
    pub(crate) fn stop(self) -> Result<Usage> {
        let (after, elapsed) = (Times::of(self.parties)?, self.start.elapsed());
        let percent = |before: Duration, after: Duration| {
            after.saturating_sub(before).as_secs_f64() / elapsed.as_secs_f64() * 100.0
        };
        let pair = |before: Option<Duration>, after: Option<Duration>| Some(percent(before?, after?));
        Ok(Usage {
            server: pair(self.before.server, after.server),
            database: pair(self.before.database, after.database),
            load: percent(self.before.load, after.load),
            peak: self.parties.server.map(Process::peak_memory).transpose()?,
            own: self.parties.server.map(Process::own_memory).transpose()?,
        })
    }
}

impl Times {
    fn of(parties: Parties) -> Result<Self> {
        Ok(Self {
            server: parties.server.map(Process::cpu_time).transpose()?,
            database: parties.postmaster.map(Process::cpu_time_with_children).transpose()?,
            load: Process::current().cpu_time_of_ended_children()?,
        })
    }
}
