//! Compares sends and pages of two servers, such as the current and an earlier build. Each has its own databases,
//! created by itself and filled with the same data.

use std::env;
use std::io::{Write, stderr, stdout};
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::claims::CONNECTIONS;
use crate::fill::Size;
use crate::interrupt::Interrupt;
use crate::measure::Measured;
use crate::options::Options;
use crate::plan;
use crate::point::{Engine, Point, Subject, Work};
use crate::report::comparison;
use crate::results::Compared;
use crate::run::RUN_IN;
use crate::stand::Stand;

/// Measures both servers alternately, and prints the comparison.
pub(crate) fn run(options: &Options, other: &Path) -> Result<()> {
    ensure!(other.is_file(), "{} is missing", other.display());
    let interrupt = Interrupt::watch();
    let size = if options.quick { Size::QUICK } else { Size::FULL };
    let rounds = options.rounds.unwrap_or(if options.quick { 1 } else { 3 });
    let points: Vec<Point> = points().filter(|point| options.asks_for(*point)).collect();
    ensure!(!points.is_empty(), "nothing that is compared is called so");
    print_line(&format!("filling databases of both in {}", env::temp_dir().display()));
    let stands = [Stand::build(&options.server()?, size)?, Stand::build(&other.canonicalize()?, size)?];
    for point in points.iter().copied().filter(|point| point.connections == CONNECTIONS) {
        for stand in &stands {
            stand.measure(point, RUN_IN, 0)?;
        }
    }
    let mut compared = Compared::default();
    for round in 0..rounds {
        for (place, point) in points.iter().copied().enumerate() {
            let measure = |stand: &Stand| {
                interrupt.check()?;
                stand.measure(point, plan::length(point, options.quick), u32::try_from(round)?)
            };
            let (ours, theirs) = measure_alternately(&stands, (round + place) % 2 == 0, measure)?;
            let rates = [ours, theirs].map(|measured| measured.figures.per_second());
            print_line(&format!("round {}: {point}: {:.0} and {:.0} /s", round + 1, rates[0], rates[1]));
            compared.ours.add(point, ours);
            compared.theirs.add(point, theirs);
        }
    }
    writeln!(stdout(), "{}", comparison(&points, &compared))?;
    Ok(())
}

/// Measures both servers. The first one may find a quieter machine, so the order alternates.
fn measure_alternately(
    [ours, theirs]: &[Stand; 2],
    ours_first: bool,
    measure: impl Fn(&Stand) -> Result<Measured>,
) -> Result<(Measured, Measured)> {
    if ours_first {
        let ours = measure(ours)?;
        return Ok((ours, measure(theirs).context("the other server")?));
    }
    let theirs = measure(theirs).context("the other server")?;
    Ok((measure(ours)?, theirs))
}

fn points() -> impl Iterator<Item = Point> {
    let works =
        [(Work::Send, 1), (Work::Send, CONNECTIONS), (Work::SendHot, CONNECTIONS), (Work::Page, CONNECTIONS)];
    Engine::BOTH.into_iter().flat_map(move |engine| works.map(|(work, n)| Subject::Server(engine).at(work, n)))
}

fn print_line(text: &str) {
    drop(writeln!(stderr().lock(), "{text}"));
}
