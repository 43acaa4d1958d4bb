//! One measurement: a warm-up, then the load and its usage.

use std::env;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::crowd::{Crowd, FIRST, HOT, LONG};
use crate::figures::Figures;
use crate::point::{Engine, Length, Point, Subject, Work};
use crate::stand::Stand;
use crate::usage::{Meter, Parties, Usage};

/// The number of connections that log in repeatedly.
pub(crate) const LOGINS: u32 = 16;
/// The limit for the server to finish hashing after the clients have disconnected.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
const LINES_SHOWN: usize = 5;
const IDLE_CHECK_INTERVAL: Duration = Duration::from_millis(200);

/// The result of a measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) figures: Figures,
    pub(crate) usage: Usage,
    /// The figures of concurrent logins.
    pub(crate) logins: Option<Figures>,
}

impl Measured {
    /// Requests that were refused or failed, including logins.
    pub(crate) fn refused(&self) -> u64 {
        self.figures.refused + self.logins.map_or(0, |logins| logins.refused)
    }
}

impl Stand {
    /// Measures a point. `round` selects the room with a short history, so that its history stays short.
    pub(crate) fn measure(&self, point: Point, length: Length, round: u32) -> Result<Measured> {
        let measured = self.measure_once(point, length, round).with_context(|| point.to_string())?;
        ensure!(measured.figures.requests > 0, "{point}: nothing was answered in {:?}", length.measured);
        Ok(measured)
    }

    fn measure_once(&self, point: Point, length: Length, round: u32) -> Result<Measured> {
        let crowd = crowd(point.work, round);
        match point.subject {
            Subject::Server(engine) => {
                self.server_at(engine, point, crowd, length).with_context(|| self.state_of(engine))
            }
            Subject::Actix => self.actix_at(point, length),
            Subject::Pgbench => self.pgbench_at(point, crowd, length),
            Subject::BareSqlite => self.bare_sqlite_at(crowd, length),
        }
    }

    fn server_at(&self, engine: Engine, point: Point, crowd: Crowd, length: Length) -> Result<Measured> {
        let server = self.server(engine);
        let requests = if point.work.is_send() { self.sends(crowd)? } else { self.pages(crowd)? };
        let postmaster = (engine == Engine::Postgres).then_some(self.postmaster);
        let parties = Parties { server: Some(server.process()), postmaster };
        if point.work != Work::SendDuringLogins {
            return self.wrk_at(server.url(), &requests, point.connections, length, parties);
        }
        let whole = length.warm_up + length.measured + length.warm_up;
        let logins = self.wrk.start(server.url(), &self.logins()?, LOGINS, whole)?;
        let measured = self.wrk_at(server.url(), &requests, point.connections, length, parties)?;
        let logins = Some(logins.wait().context("logins")?);
        self.wait_until_idle(engine)?;
        Ok(Measured { logins, ..measured })
    }

    /// Describes the state of the server, for an error.
    fn state_of(&self, engine: Engine) -> String {
        let server = self.server(engine);
        let state = if server.process().has_ended().unwrap_or(true) { "has ended" } else { "still runs" };
        let log = server.log().unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(LINES_SHOWN).collect();
        format!("the server {state}; its last words, latest first:\n{}\n", lines.join("\n"))
    }

    fn actix_at(&self, point: Point, length: Length) -> Result<Measured> {
        let requests = self.get(if point.work == Work::Hello { "hello" } else { "page" })?;
        let parties = Parties { server: Some(self.actix.process()), postmaster: None };
        self.wrk_at(&self.actix.url, &requests, point.connections, length, parties)
    }

    fn wrk_at(
        &self,
        url: &str,
        requests: &Path,
        connections: u32,
        length: Length,
        parties: Parties,
    ) -> Result<Measured> {
        self.wrk.run(url, requests, connections, length.warm_up).context("warm-up")?;
        let meter = Meter::start(parties)?;
        let figures = self.wrk.run(url, requests, connections, length.measured)?;
        Ok(Measured { figures, usage: meter.stop()?, logins: None })
    }

    /// Measures with pgbench. It also checks that the sends were stored, because a refusal is no error for the
    /// statement.
    fn pgbench_at(
        &self,
        Point { work, connections, .. }: Point,
        crowd: Crowd,
        length: Length,
    ) -> Result<Measured> {
        let before = self.postgres.log_length()?;
        let meter = Meter::start(Parties { server: None, postmaster: Some(self.postmaster) })?;
        let figures = if work.is_send() {
            self.pgbench.send(crowd, connections, length)?
        } else {
            self.pgbench.page(crowd, connections, length)?
        };
        let usage = meter.stop()?;
        let stored = self.postgres.log_length()? - before;
        ensure!(
            !work.is_send() || stored >= figures.requests,
            "of {} sends {stored} were stored",
            figures.requests
        );
        Ok(Measured { figures, usage, logins: None })
    }

    fn bare_sqlite_at(&self, crowd: Crowd, length: Length) -> Result<Measured> {
        let meter = Meter::start(Parties { server: None, postmaster: None })?;
        let output = Command::new(env::current_exe()?)
            .args(["bare-sqlite", "--file"])
            .arg(&self.bare_sqlite)
            .args(["--first", &crowd.first.to_string(), "--last", &crowd.last.to_string()])
            .args(["--senders", &crowd.senders.to_string()])
            .args(["--warm-up", &length.warm_up.as_secs().to_string()])
            .args(["--seconds", &length.measured.as_secs().to_string()])
            .output()?;
        let usage = meter.stop()?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        let figures = Figures::parse(&String::from_utf8(output.stdout)?)?;
        // The load and the database are one process here, and the load is negligible.
        Ok(Measured { figures, usage: Usage { database: Some(usage.load), load: 0.0, ..usage }, logins: None })
    }

    fn wait_until_idle(&self, engine: Engine) -> Result<()> {
        let (process, start) = (self.server(engine).process(), Instant::now());
        while start.elapsed() < IDLE_TIMEOUT {
            let before = process.cpu_time()?;
            thread::sleep(IDLE_CHECK_INTERVAL);
            if process.cpu_time()?.saturating_sub(before) < IDLE_CHECK_INTERVAL / 10 {
                return Ok(());
            }
        }
        bail!("the server is still busy {IDLE_TIMEOUT:?} after the last login")
    }
}

/// The distance between the rooms for pages and those for sends, which exceeds the number of rounds.
const AFTER: u32 = 500;

fn crowd(work: Work, round: u32) -> Crowd {
    match work {
        Work::SendHot => Crowd::room(HOT),
        Work::SendLong | Work::PageLong => Crowd::room(LONG),
        // Each round has a room that got no message before.
        Work::PageShort => Crowd::room(FIRST + round),
        Work::SendShort => Crowd::room(FIRST + AFTER + round),
        Work::Hello | Work::Send | Work::SendDuringLogins | Work::Page => Crowd::everywhere(),
    }
}
