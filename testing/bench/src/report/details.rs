//! The tables of all measurements.

use std::time::Duration;

use super::numbers::{millis, precise, range, whole};
use super::run::Run;
use super::table;
use crate::baselines::{actix_alone, baseline};
use crate::measure::Measured;
use crate::plan::Section;
use crate::point::{Point, Subject};
use crate::results::{Results, Spread};
use crate::usage::Usage;

pub(super) fn explanation(run: &Run, results: &Results) -> String {
    let (logins, refused) = (logins(run, results), refused(run, results));
    let messages = whole(run.size.messages.into());
    let history = whole(run.size.history.into());
    format!(
        "## Every measurement\n\n\
         - **chit-chat**: wrk with one thread on keep-alive connections. Each connection sends its next request, \
         from a random sender, once it has the response to the previous one. A message has 100 characters. \
         **1,000 rooms**: each message goes to a random room, sent by its owner; **one hot room**: its 20 members \
         send; **during logins**: while 16 other connections log in{logins}.\n\
         - **pgbench**: the server's own statement for one send, or the select of the same 50 rows, prepared, \
         with as many clients as connections; for pages, 8 clients.\n\
         - **bare SQLite**: the library on one thread, one transaction per send (guard, counter, row), with WAL \
         and `synchronous=FULL` as in the server, and automatic checkpoints, on a copy of the server's \
         database.\n\
         - **actix alone**: actix-web answers from memory, with a hello or the bytes of a page, with as many \
         workers as the server.\n\
         - **short history**: a room that starts with {messages} messages, a different one in each round; **long \
         history**: a room that starts with {history}.\n\
         - **against**: throughput as a multiple of the baseline. The baseline is pgbench (for pages, with 8 \
         clients) or bare SQLite; for pages on SQLite, actix alone; for sends during logins, sends without \
         logins; for a long history, a short one. **of actix**: throughput as a multiple of actix alone with as \
         many connections, which answers a read with the same bytes from memory and a send with a hello.\n\
         - **CPU** is in percent of one processor: for the server, for the processes of the database, for the \
         load generator. SQLite runs inside the server. **memory** is the server's peak resident memory; **own** \
         is its resident memory at the end without the pages of mapped files, which are its program and the index \
         of SQLite's write-ahead log.\n\
         - wrk corrects its percentiles for coordinated omission; pgbench and bare SQLite do not. Each \
         measurement has a warm-up of one second. PostgreSQL is vacuumed and checkpointed before each table, so \
         that neither happens during a measurement.{refused}"
    )
}

/// The rate of logins during the sends.
fn logins(run: &Run, results: &Results) -> String {
    let on = run.points().filter_map(|point| {
        let rate = results.spread(point, |measured| measured.logins.map_or(0.0, |logins| logins.per_second()))?;
        (rate.median > 0.0).then(|| format!("{} logins per second, {}", precise(rate.median), point.subject))
    });
    let on: Vec<String> = on.collect();
    if on.is_empty() { String::new() } else { format!(" ({})", on.join("; ")) }
}

/// Requests that were refused or failed, which the figures exclude; empty if there were none.
fn refused(run: &Run, results: &Results) -> String {
    let lines = run.points().filter_map(|point| {
        let refused: u64 = results.rounds(point).iter().map(Measured::refused).sum();
        (refused > 0)
            .then(|| format!("\n- **refused or failed**: {refused} requests of {point}, over all rounds."))
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
    let against = baseline(point).and_then(|baseline| results.ratio(point, baseline));
    let of_actix = actix_alone(point).and_then(|actix| results.ratio(point, actix));
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
