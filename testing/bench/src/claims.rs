//! The goals of the measurements: what is measured, and the value it should reach.

use crate::baselines::baseline;
use crate::point::{Engine, Point, Subject, Work};
use crate::results::{Results, Spread};

/// The number of connections in most goals.
pub(crate) const CONNECTIONS: u32 = 32;

/// One row of the first table.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) text: &'static str,
    pub(crate) measure: Measure,
    pub(crate) at_least: f64,
    pub(crate) stretch: Option<f64>,
}

/// The measured quantity.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Measure {
    /// The throughput as a multiple of its baseline: more is better.
    Ratio(Point),
    /// The 99th percentile of latency as a multiple of the median: less is better.
    Tail(Point),
    /// The peak resident memory of the server in the whole run, in MB: less is better.
    Memory(Engine),
}

const POSTGRES: Subject = Subject::Server(Engine::Postgres);
const SQLITE: Subject = Subject::Server(Engine::Sqlite);

/// All goals, in the order of the report.
pub(crate) fn all() -> Vec<Claim> {
    let claim = |text, measure, at_least, stretch| Claim { text, measure, at_least, stretch };
    let ratio = |subject: Subject, work| Measure::Ratio(subject.at(work, CONNECTIONS));
    vec![
        claim(
            "send, PostgreSQL, 1,000 rooms, 32 connections, against pgbench with the same statement at 32 clients",
            ratio(POSTGRES, Work::Send),
            1.8,
            Some(3.0),
        ),
        claim(
            "send, PostgreSQL, one hot room, 32 connections, likewise",
            ratio(POSTGRES, Work::SendHot),
            8.0,
            Some(15.0),
        ),
        claim(
            "send, PostgreSQL, 1,000 rooms, 1 connection, likewise at 1 client",
            Measure::Ratio(POSTGRES.at(Work::Send, 1)),
            0.65,
            Some(0.85),
        ),
        claim(
            "send, SQLite, 1,000 rooms, 32 connections, against the library alone, a transaction per send",
            ratio(SQLITE, Work::Send),
            2.5,
            Some(4.0),
        ),
        claim(
            "send, SQLite, 1,000 rooms, 32 connections, p99 / p50",
            Measure::Tail(SQLITE.at(Work::Send, CONNECTIONS)),
            4.0,
            Some(2.5),
        ),
        claim(
            "latest 50, PostgreSQL, 32 connections, against pgbench selecting the same rows at 8 clients",
            ratio(POSTGRES, Work::Page),
            0.35,
            Some(1.2),
        ),
        claim(
            "latest 50, SQLite, 32 connections, against actix alone with the same bytes from memory",
            ratio(SQLITE, Work::Page),
            0.2,
            Some(0.8),
        ),
        claim(
            "send, PostgreSQL, 32 connections, while 16 others log in, against no logins",
            ratio(POSTGRES, Work::SendDuringLogins),
            0.5,
            Some(0.7),
        ),
        claim("send, SQLite, likewise", ratio(SQLITE, Work::SendDuringLogins), 0.5, Some(0.7)),
        claim(
            "send, PostgreSQL, 32 connections, into one room with a long history, against a short one",
            ratio(POSTGRES, Work::SendLong),
            0.9,
            None,
        ),
        claim("latest 50, PostgreSQL, likewise", ratio(POSTGRES, Work::PageLong), 0.9, None),
        claim("send, SQLite, likewise", ratio(SQLITE, Work::SendLong), 0.9, None),
        claim("latest 50, SQLite, likewise", ratio(SQLITE, Work::PageLong), 0.9, None),
        claim("peak memory of the server on PostgreSQL", Measure::Memory(Engine::Postgres), 60.0, Some(30.0)),
        claim("peak memory of the server on SQLite", Measure::Memory(Engine::Sqlite), 60.0, Some(30.0)),
    ]
}

/// Returns whether a goal needs this point.
pub(crate) fn need(point: Point) -> bool {
    all().iter().any(|claim| match claim.measure {
        Measure::Ratio(ours) => point == ours || Some(point) == baseline(ours),
        Measure::Tail(ours) => point == ours,
        Measure::Memory(_) => false,
    })
}

impl Claim {
    /// The measured value; `None` if it was not measured.
    pub(crate) fn measured(&self, results: &Results) -> Option<Spread> {
        match self.measure {
            Measure::Ratio(ours) => results.ratio(ours, baseline(ours)?),
            Measure::Tail(ours) => results.spread(ours, |measured| measured.figures.tail()),
            Measure::Memory(engine) => memory(results, engine),
        }
    }

    /// Returns whether the measured value reaches the goal.
    pub(crate) fn reaches(&self, measured: f64, goal: f64) -> bool {
        match self.measure {
            Measure::Ratio(_) => measured >= goal,
            Measure::Tail(_) | Measure::Memory(_) => measured < goal,
        }
    }
}

fn memory(results: &Results, engine: Engine) -> Option<Spread> {
    let most = results.most_memory(|point| point.subject == Subject::Server(engine), |usage| usage.peak)?;
    Some(Spread { least: most, median: most, most })
}
