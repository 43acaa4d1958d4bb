//! The table that compares two servers.

use std::time::Duration;

use super::numbers::{millis, precise, range, whole};
use super::table;
use crate::measure::Measured;
use crate::point::Point;
use crate::results::{Compared, Results, Spread};

/// A row for each point: our figure, the other's, and their ratio.
pub(crate) fn comparison(points: &[Point], compared: &Compared) -> String {
    let head = ["work", "by", "conn.", "per second", "other", "ratio", "range", "p50", "other", "p99", "other"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(points.iter().filter_map(|point| row(*point, compared)));
    table::table(&rows, &[0, 1, 6])
}

fn row(point: Point, Compared { ours, theirs }: &Compared) -> Option<Vec<String>> {
    let rate = |results: &Results| median(results, point, |measured| measured.figures.per_second());
    let latency = |results, figure| Some(millis(Duration::from_secs_f64(median(results, point, figure)?)));
    let (p50, p99): (Figure, Figure) =
        (|measured| measured.figures.p50.as_secs_f64(), |measured| measured.figures.p99.as_secs_f64());
    let pairs = ours.rounds(point).iter().zip(theirs.rounds(point));
    let ratio =
        Spread::of(pairs.map(|(ours, theirs)| ours.figures.per_second() / theirs.figures.per_second()).collect())?;
    Some(vec![
        point.work.to_string(),
        point.subject.to_string(),
        point.connections.to_string(),
        whole(rate(ours)?),
        whole(rate(theirs)?),
        format!("{} x", precise(ratio.median)),
        range(ratio, precise),
        latency(ours, p50)?,
        latency(theirs, p50)?,
        latency(ours, p99)?,
        latency(theirs, p99)?,
    ])
}

type Figure = fn(&Measured) -> f64;

fn median(results: &Results, point: Point, figure: Figure) -> Option<f64> {
    results.spread(point, figure).map(|spread| spread.median)
}
