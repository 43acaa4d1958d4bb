//! The result as Markdown, which is readable on a terminal too.

mod claims;
mod comparison;
mod details;
mod numbers;
mod run;
mod streams;
mod table;
mod wrap;

use time::OffsetDateTime;
use time::macros::format_description;

use crate::fill::Size;
use crate::results::Results;
pub(crate) use comparison::comparison;
use numbers::whole;
pub(crate) use run::Run;
pub(crate) use streams::Streams;

/// Renders the whole page.
pub(crate) fn report(run: &Run, results: &Results) -> String {
    let mut parts = vec![introduction(run), machine(run), claims::table(results)];
    parts.extend(streams::section(&run.streams));
    parts.extend([details::explanation(run, results), details::tables(run, results)]);
    format!("{}\n", wrap::wrap(&parts.join("\n\n")))
}

fn introduction(run: &Run) -> String {
    let date = OffsetDateTime::now_utc().format(format_description!("[year]-[month]-[day]")).unwrap_or_default();
    let (minutes, seconds) = (run.took.as_secs() / 60, run.took.as_secs() % 60);
    let by = if run.quick { "`make bench-quick`, whose single figures mean little" } else { "`make bench`" };
    format!(
        "# Benchmarks\n\n\
         Measured on {date} by {by} in {minutes} min {seconds} s. Load, server and database share the processors \
         of one machine, so absolute figures are lower than with a machine for each, and say little about other \
         machines. Compare the ratios: the server and its baseline were measured directly after each other, in \
         each of {} rounds. The tables show the median of the rounds, and the lowest and highest in \
         parentheses.",
        run.rounds
    )
}

fn machine(run: &Run) -> String {
    let lines: Vec<String> = run.machine.iter().map(|(name, value)| format!("- {name}: {value}")).collect();
    let Size { messages, history } = run.size;
    format!(
        "{}\n- data, on each engine: 1,000 users; 1,000 rooms with 20 members and {} messages each, and one more \
         as the hot room; one room with {} messages; the table of messages starts with {} rows\n\
         - server: the release build, in its default configuration except for `RATE_LIMITS=off`\n\
         - PostgreSQL: with fsync and its default settings except for `max_connections`",
        lines.join("\n"),
        whole(messages.into()),
        whole(history.into()),
        whole(run.size.total().into())
    )
}
