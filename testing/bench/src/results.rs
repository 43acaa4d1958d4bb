//! All measurements of a run by point, and their summary over rounds.

use std::collections::HashMap;

use crate::measure::Measured;
use crate::point::Point;
use crate::usage::Usage;

#[derive(Debug, Default)]
pub(crate) struct Results(HashMap<Point, Vec<Measured>>);

/// The results of both servers.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    pub(crate) ours: Results,
    pub(crate) theirs: Results,
}

/// The median and the extremes of the rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) least: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
}

impl Results {
    pub(crate) fn add(&mut self, point: Point, measured: Measured) {
        self.0.entry(point).or_default().push(measured);
    }

    /// The measurements of a point, one per round.
    pub(crate) fn rounds(&self, point: Point) -> &[Measured] {
        self.0.get(&point).map_or(&[], Vec::as_slice)
    }

    /// The spread of one figure of a point over the rounds.
    pub(crate) fn spread(&self, point: Point, figure: impl Fn(&Measured) -> f64) -> Option<Spread> {
        Spread::of(self.rounds(point).iter().map(figure).collect())
    }

    /// The throughput of one point as a multiple of another's. Each round measures both in direct succession, so a
    /// slow phase of the machine hardly affects their ratio.
    pub(crate) fn ratio(&self, ours: Point, theirs: Point) -> Option<Spread> {
        let pairs = self.rounds(ours).iter().zip(self.rounds(theirs));
        Spread::of(pairs.map(|(ours, theirs)| ours.figures.per_second() / theirs.figures.per_second()).collect())
    }

    /// The maximum of one kind of memory over these measurements, in MB.
    pub(crate) fn most_memory(
        &self,
        is_wanted: impl Fn(Point) -> bool,
        kibibytes: impl Fn(&Usage) -> Option<u64>,
    ) -> Option<f64> {
        let wanted = self.0.iter().filter(|(point, _)| is_wanted(**point));
        let most =
            wanted.flat_map(|(_, rounds)| rounds).filter_map(|measured| kibibytes(&measured.usage)).max()?;
        Some(f64::from(u32::try_from(most).ok()?) * 1.024 / 1_000.0)
    }
}

impl Spread {
    pub(crate) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let upper = *values.get(values.len() / 2)?;
        let lower = *values.get((values.len() - 1) / 2)?;
        Some(Self { least, median: f64::midpoint(lower, upper), most })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::figures::Figures;
    use crate::point::{Engine, Subject, Work};

    fn measured(requests: u64, peak: Option<u64>) -> Measured {
        let millis = Duration::from_millis;
        let figures = Figures {
            requests,
            duration: millis(1_000),
            p50: millis(1),
            p99: millis(2),
            longest: millis(3),
            refused: 0,
        };
        Measured { figures, usage: Usage { peak, ..Usage::default() }, logins: None }
    }

    #[test]
    fn median_is_middle_value() {
        assert_eq!(Spread::of(vec![3.0, 1.0, 2.0]), Some(Spread { least: 1.0, median: 2.0, most: 3.0 }));
        assert_eq!(Spread::of(vec![4.0, 1.0]), Some(Spread { least: 1.0, median: 2.5, most: 4.0 }));
        assert_eq!(Spread::of(Vec::new()), None);
    }

    #[test]
    fn ratio_is_computed_per_round() {
        let (ours, theirs) =
            (Subject::Server(Engine::Postgres).at(Work::Send, 32), Subject::Pgbench.at(Work::Send, 32));
        let mut results = Results::default();
        for (our, their) in [(200, 100), (90, 30), (40, 40)] {
            results.add(ours, measured(our, Some(our)));
            results.add(theirs, measured(their, None));
        }
        assert_eq!(results.ratio(ours, theirs), Some(Spread { least: 1.0, median: 2.0, most: 3.0 }));
        assert_eq!(results.most_memory(|point| point == ours, |usage| usage.peak), Some(0.2048));
        assert_eq!(results.most_memory(|point| point == theirs, |usage| usage.peak), None);
    }
}
