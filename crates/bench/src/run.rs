//! A run: everything is started and filled, then measured in rounds, then told.

use std::fs;
use std::io::{Write, stderr, stdout};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::fill::Size;
use crate::interrupt::Interrupt;
use crate::measure::{Length, Measured};
use crate::options::Options;
use crate::point::{Engine, Point, Subject, Work};
use crate::report::{Run, report};
use crate::results::Results;
use crate::stand::Stand;
use crate::{machine, plan};

/// The first writes after a checkpoint cost more than the next.
const RUN_IN: Length = Length { warm_up: Duration::from_secs(1), measured: Duration::from_secs(3) };

pub(crate) fn run(options: &Options) -> Result<()> {
    let (started, interrupt) = (Instant::now(), Interrupt::watch());
    let sections = plan::chosen(options)?;
    let size = if options.quick { Size::QUICK } else { Size::FULL };
    let rounds = options.rounds.unwrap_or(if options.quick { 1 } else { 3 });
    say(&format!("filling the databases with {} messages", size.total()));
    let stand = Stand::build(&options.server()?, size)?;
    let machine = machine::describe(&stand)?;
    say(&format!("filled after {} s", started.elapsed().as_secs()));
    for engine in Engine::BOTH {
        stand.measure(Subject::Server(engine).at(Work::Send, 32), RUN_IN, 0)?;
    }
    let mut results = Results::default();
    for round in 0..rounds {
        for point in sections.iter().flat_map(|section| &section.points) {
            interrupt.check()?;
            let length = plan::length(*point, options.quick);
            let measured = stand.measure(*point, length, u32::try_from(round)?)?;
            say(&format!("{:4} s, round {}: {}", started.elapsed().as_secs(), round + 1, line(*point, &measured)));
            results.add(*point, measured);
        }
    }
    drop(stand);
    let took = started.elapsed();
    let text = report(&Run { machine, sections, size, rounds, took, quick: options.quick }, &results);
    writeln!(stdout(), "{text}")?;
    if let Some(path) = &options.write {
        fs::write(path, text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn line(point: Point, Measured { figures, .. }: &Measured) -> String {
    let millis = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    let (p50, p99) = (millis(figures.p50), millis(figures.p99));
    format!("{point}: {:.0} /s, p50 {p50:.2} ms, p99 {p99:.2} ms", figures.per_second())
}

/// What goes on; the result alone goes to the standard output.
fn say(text: &str) {
    drop(writeln!(stderr().lock(), "{text}"));
}
