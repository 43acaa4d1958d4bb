//! The table of live streams.

use super::numbers::{millis, precise, whole};
use super::table;
use crate::point::Engine;
use crate::results::Spread;
use crate::streams::{Idle, LISTENERS, NEXT, RoundResult};

/// The results of all rounds on one engine.
#[derive(Debug)]
pub(crate) struct Streams {
    pub(crate) engine: Engine,
    pub(crate) rounds: Vec<RoundResult>,
    /// Memory per stream, in KiB.
    pub(crate) memory_each: Vec<f64>,
    pub(crate) idle: Option<Idle>,
}

/// Renders the section; `None` if no streams were measured.
pub(super) fn section(streams: &[Streams]) -> Option<String> {
    if streams.is_empty() {
        return None;
    }
    let head = ["live streams", "measured", "range", "at least", "met", "stretch", "met"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(streams.iter().flat_map(claims));
    let (listeners, next, last) = (whole(LISTENERS.into()), NEXT, LISTENERS - NEXT);
    let explanation = format!(
        "The streams are {listeners} server-sent event streams of one room, opened by its 20 members; one thread \
         of the benchmark reads them and sends. **Ten messages per second**: the time from the acknowledgement of a \
         message until the last stream has it. **Flat out**: 8 connections send one message after another. \
         **memory**: the memory that {last} more streams add to a server that has just started, in a room with \
         {next} streams. **idle** streams cover all rooms of 1,000 users (20 rooms each), with a heartbeat every \
         20 seconds."
    );
    let costs: Vec<String> = streams.iter().flat_map(costs).collect();
    Some(format!("## Live streams\n\n{}\n\n{explanation}\n\n{}", table::table(&rows, &[0, 2]), costs.join("\n")))
}

fn claims(streams: &Streams) -> Vec<Vec<String>> {
    let of = |figure: &dyn Fn(&RoundResult) -> f64| Spread::of(streams.rounds.iter().map(figure).collect());
    let engine = streams.engine;
    let millis = |round: &RoundResult| round.paced.p99.as_secs_f64() * 1_000.0;
    let rate = |round: &RoundResult| round.flat_out.deliveries_per_second();
    let row = |text: &str, spread: Option<Spread>, unit: &str, goals: [f64; 2], more: bool| {
        let spread = spread?;
        let met = |goal: f64| if (spread.median >= goal) == more { "yes" } else { "**no**" }.to_owned();
        let goal = |goal: f64| if more { whole(goal) } else { format!("under {goal}{unit}") };
        let range = format!("{} to {}", precise(spread.least), precise(spread.most));
        let measured = format!("{}{unit}", precise(spread.median));
        let [at_least, stretch] = goals;
        let text = format!("{text}, {engine}");
        Some(vec![text, measured, range, goal(at_least), met(at_least), goal(stretch), met(stretch)])
    };
    [
        row("ten messages per second, p99 to the last listener", of(&millis), " ms", [20.0, 10.0], false),
        row("deliveries per second, flat out", of(&rate), "", [200_000.0, 300_000.0], true),
        row("memory per listener", Spread::of(streams.memory_each.clone()), " KiB", [12.0, 12.0], false),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn costs(streams: &Streams) -> Vec<String> {
    let engine = streams.engine;
    let percent = |value: Option<f64>| value.map_or_else(|| "0".to_owned(), |value| format!("{value:.0}"));
    let mut lines: Vec<String> = streams
        .rounds
        .iter()
        .map(|round| {
            format!(
                "- {engine}: ten per second p50 {}, p99 {}, longest {}, CPU server {} %, load {:.0} %; flat out \
                 {} messages per second, CPU server {} %, database {} %, load {:.0} %",
                millis(round.paced.p50),
                millis(round.paced.p99),
                millis(round.paced.longest),
                percent(round.paced_usage.server),
                round.paced_usage.load,
                whole(round.flat_out.messages_per_second()),
                percent(round.flat_out_usage.server),
                percent(round.flat_out_usage.database),
                round.flat_out_usage.load,
            )
        })
        .collect();
    lines.extend(streams.idle.iter().map(|idle| {
        format!(
            "- {engine}: {} idle streams: {} KiB each, CPU server {:.1} %, database {:.1} %, for heartbeats and polls",
            whole(idle.streams.into()),
            precise(idle.memory_each),
            idle.usage.server.unwrap_or_default(),
            idle.usage.database.unwrap_or_default(),
        )
    }));
    lines
}
