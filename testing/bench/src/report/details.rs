//! The other tables: every measurement.

use std::time::Duration;

use super::Run;
use super::numbers::{millis, precise, range, whole};
use super::table;
use crate::measure::Measured;
use crate::plan::{self, Section};
use crate::point::{Point, Subject};
use crate::results::{Results, Spread};
use crate::usage::Usage;

pub(super) fn explanation(run: &Run, results: &Results) -> String {
    let (logins, refused) = (logins(run, results), refused(run, results));
    let messages = whole(run.size.messages.into());
    let history = whole(run.size.history.into());
    format!(
        "## Every measurement\n\n\
         - **chit-chat**: wrk, one thread, on keep-alive connections; a connection sends its next request, of any of its senders, \
         when it has the answer to the last. A message has 100 characters. **1,000 rooms**: a room at random, \
         sent by its owner; **one hot room**: sent by its 20 members; **during logins**: while 16 other connections log in{logins}.\n\
         - **pgbench**: the server's own statement for one send, or the select of the same 50 rows, prepared, as many clients \
         as connections; pages at 8 clients.\n\
         - **bare SQLite**: the library on one thread, a transaction for each send (guard, counter, row), WAL and \
         `synchronous=FULL` as in the server, automatic checkpoints, on a copy of its database.\n\
         - **actix alone**: a hello, and the bytes of such a page, from memory, with as many workers as the server.\n\
         - **short history**: a room that begins with {messages} messages, in each round another; **long history**: one \
         with {history}.\n\
         - **against**: throughput as a multiple of what it is compared with: pgbench (pages: at 8 clients), bare SQLite, for \
         pages on SQLite actix alone; sends during logins are compared with sends without, a long history with a short one. **of actix**: \
         as a multiple of actix alone at as many connections, which answers a read with the same bytes from memory, a send \
         with a hello.\n\
         - **CPU** is in percent of one processor: of the server, of the database's processes, of the load generator. SQLite is \
         a part of the server. **memory** is the most that was resident of the server; **own**, at the end, leaves out \
         the pages of files that it has mapped: its program, and the index of SQLite's log.\n\
         - wrk adds what it assumes to have missed while it waited (coordinated omission) to its percentiles; pgbench and \
         bare SQLite do not. Before each measurement a second goes by that is not counted, and before each \
         of the tables PostgreSQL is vacuumed and makes a checkpoint, which it else would in the midst of one measurement and \
         not of the next.{refused}"
    )
}

/// How many logged in meanwhile.
fn logins(run: &Run, results: &Results) -> String {
    let on = run.points().filter_map(|point| {
        let rate = results.spread(point, |measured| measured.logins.map_or(0.0, |logins| logins.per_second()))?;
        (rate.median > 0.0).then(|| format!("{} logins per second, {}", precise(rate.median), point.subject))
    });
    let on: Vec<String> = on.collect();
    if on.is_empty() { String::new() } else { format!(" ({})", on.join("; ")) }
}

/// What was not answered well, if anything: it is left out of the figures.
fn refused(run: &Run, results: &Results) -> String {
    let lines = run.points().filter_map(|point| {
        let refused: u64 = results.rounds(point).iter().map(Measured::refused).sum();
        (refused > 0).then(|| format!("\n- **refused or failed**: {refused} requests of {point}, in all rounds."))
    });
    lines.collect()
}

pub(super) fn tables(run: &Run, results: &Results) -> String {
    let tables: Vec<String> = run.sections.iter().map(|section| one(section, results)).collect();
    tables.join("\n\n")
}

fn one(section: &Section, results: &Results) -> String {
    let head = [
        "work",
        "by",
        "conn.",
        "per second",
        "range",
        "against",
        "of actix",
        "p50",
        "p99",
        "CPU server",
        "database",
        "load",
        "memory",
        "own",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(section.points.iter().filter_map(|point| row(*point, results)));
    format!("### {}\n\n{}", section.title, table::table(&rows, &[0, 1, 4]))
}

fn row(point: Point, results: &Results) -> Option<Vec<String>> {
    let rate = results.spread(point, |measured| measured.figures.per_second())?;
    let median = |figure: fn(&Measured) -> f64| results.spread(point, figure).map(|spread| spread.median);
    let latency =
        |figure| median(figure).map_or_else(String::new, |seconds| millis(Duration::from_secs_f64(seconds)));
    let against = plan::baseline(point).and_then(|baseline| results.ratio(point, baseline));
    let of_actix = plan::actix_alone(point).and_then(|actix| results.ratio(point, actix));
    let memory = |kibibytes: fn(&Usage) -> Option<u64>| {
        let most = results.most_memory(|other| other == point, kibibytes);
        most.map(|megabytes| format!("{megabytes:.0} MB")).unwrap_or_default()
    };
    let is_ours = matches!(point.subject, Subject::Server(_) | Subject::Actix);
    let has_database = results.rounds(point).iter().any(|measured| measured.usage.database.is_some());
    Some(vec![
        point.work.to_string(),
        point.subject.to_string(),
        point.connections.to_string(),
        whole(rate.median),
        range(rate, whole),
        multiple(against),
        multiple(of_actix),
        latency(|measured| measured.figures.p50.as_secs_f64()),
        latency(|measured| measured.figures.p99.as_secs_f64()),
        percent(is_ours, median(|measured| measured.usage.server.unwrap_or_default())),
        percent(has_database, median(|measured| measured.usage.database.unwrap_or_default())),
        percent(true, median(|measured| measured.usage.load)),
        memory(|usage| usage.peak),
        memory(|usage| usage.own),
    ])
}

fn multiple(ratio: Option<Spread>) -> String {
    ratio.map(|spread| format!("{} x", precise(spread.median))).unwrap_or_default()
}

fn percent(applies: bool, value: Option<f64>) -> String {
    value.filter(|_| applies).map(|percent| format!("{percent:.0}")).unwrap_or_default()
}
