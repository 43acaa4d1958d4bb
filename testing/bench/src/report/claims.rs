//! The first table: the goals, and whether they are met.

use super::numbers::{precise, range};
use super::table;
use crate::claims::{self, Claim, Measure};
use crate::results::Results;

fn table_of(results: &Results, claims: &[Claim]) -> String {
    let head = ["work", "measured", "range", "at least", "met", "stretch", "met"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(claims.iter().filter_map(|claim| row(claim, results)));
    table::table(&rows, &[0, 2])
}

pub(super) fn table(results: &Results) -> String {
    format!("## Goals\n\n{}", table_of(results, &claims::all()))
}

fn row(claim: &Claim, results: &Results) -> Option<Vec<String>> {
    let spread = claim.measured(results)?;
    let met = |goal| if claim.reaches(spread.median, goal) { "yes" } else { "**no**" }.to_owned();
    Some(vec![
        claim.text.to_owned(),
        value(claim, spread.median),
        range(spread, precise),
        goal(claim, claim.at_least),
        met(claim.at_least),
        claim.stretch.map(|stretch| goal(claim, stretch)).unwrap_or_default(),
        claim.stretch.map(met).unwrap_or_default(),
    ])
}

fn value(claim: &Claim, number: f64) -> String {
    match claim.measure {
        Measure::Ratio(_) => format!("{} x", precise(number)),
        Measure::Tail(_) => precise(number),
        Measure::Memory(_) => format!("{} MB", precise(number)),
    }
}

fn goal(claim: &Claim, number: f64) -> String {
    match claim.measure {
        Measure::Ratio(_) => format!("{number} x"),
        Measure::Tail(_) => format!("under {number}"),
        Measure::Memory(_) => format!("under {number} MB"),
    }
}
