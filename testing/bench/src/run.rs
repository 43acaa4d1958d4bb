//! A run: starts and fills everything, measures it in rounds, and reports.

use std::env;
use std::fs;
use std::io::{Write, stderr, stdout};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::fill::Size;
use crate::interrupt::Interrupt;
use crate::measure::Measured;
use crate::options::Options;
use crate::point::{Engine, Length, Point, Subject, Work};
use crate::report::{Run, Streams, report};
use crate::results::Results;
use crate::stand::Stand;
use crate::streams::Lengths;
use crate::{machine, plan};

/// A run-in, because the first writes after a checkpoint are slower than later ones.
pub(crate) const RUN_IN: Length = Length { warm_up: Duration::from_secs(1), measured: Duration::from_secs(2) };

pub(crate) fn run(options: &Options) -> Result<()> {
    let started = Instant::now();
    let sections = plan::chosen(options)?;
    let size = if options.quick { Size::QUICK } else { Size::FULL };
    let rounds = options.rounds.unwrap_or(if options.quick { 1 } else { 3 });
    let bench = Bench::start(options, size, started)?;
    let machine = machine::describe(&bench.stand)?;
    for engine in Engine::BOTH {
        bench.measure(Subject::Server(engine).at(Work::Send, 32), RUN_IN, 0)?;
    }
    let mut results = Results::default();
    for round in 0..rounds {
        for section in &sections {
            bench.stand.postgres.vacuum_and_checkpoint()?;
            for point in &section.points {
                let length = plan::length(*point, options.quick);
                let measured = bench.measure(*point, length, u32::try_from(round)?)?;
                bench.print_line(&format!("round {}: {}", round + 1, line(*point, &measured)));
                results.add(*point, measured);
            }
        }
    }
    let streams = bench.streams(options, rounds)?;
    drop(bench);
    let took = started.elapsed();
    let text = report(&Run { machine, sections, size, rounds, took, quick: options.quick, streams }, &results);
    writeln!(stdout(), "{text}")?;
    if let Some(path) = options.target() {
        fs::write(path, text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

struct Bench {
    stand: Stand,
    interrupt: Interrupt,
    started: Instant,
}

impl Bench {
    fn start(options: &Options, size: Size, started: Instant) -> Result<Self> {
        let interrupt = Interrupt::watch();
        if options.write.is_some() && options.target().is_none() {
            print_line(started, "nothing will be written: a quick look or a part is not the whole");
        }
        let folder = env::temp_dir();
        if machine::is_in_memory(&folder) {
            print_line(
                started,
                &format!("warning: {} is in memory; set TMPDIR to a folder on the disk", folder.display()),
            );
        }
        print_line(started, &format!("filling the databases with {} messages", size.total()));
        let stand = Stand::build(&options.server()?, size)?;
        print_line(started, "measuring");
        Ok(Self { stand, interrupt, started })
    }

    fn measure(&self, point: Point, length: Length, round: u32) -> Result<Measured> {
        self.interrupt.check()?;
        self.stand.measure(point, length, round)
    }

    /// Measures live streams; at the end, because they fill the hot room.
    fn streams(&self, options: &Options, rounds: usize) -> Result<Vec<Streams>> {
        if !options.selects_streams() {
            return Ok(Vec::new());
        }
        let seconds = |long, short| Duration::from_secs(if options.quick { short } else { long });
        let lengths = Lengths { paced: seconds(7, 4), flat_out: seconds(4, 3) };
        let mut all =
            Engine::BOTH.map(|engine| Streams { engine, rounds: Vec::new(), memory_each: Vec::new(), idle: None });
        for _ in 0..rounds {
            for Streams { engine, rounds, memory_each, .. } in &mut all {
                self.interrupt.check()?;
                let round = self.stand.listen(*engine, lengths).context("listeners")?;
                let (p99, rate) = (round.paced.p99, round.flat_out.deliveries_per_second());
                self.print_line(&format!("streams on {engine}: p99 {p99:.1?}, flat out {rate:.0} deliveries /s"));
                rounds.push(round);
                memory_each.push(self.stand.memory_per_listener(*engine).context("memory")?);
            }
        }
        for Streams { engine, idle, .. } in all.iter_mut().filter(|_| !options.quick) {
            self.interrupt.check()?;
            *idle = Some(self.stand.idle(*engine).context("idle streams")?);
            self.print_line(&format!("idle streams on {engine}"));
        }
        Ok(all.into())
    }

    fn print_line(&self, text: &str) {
        print_line(self.started, text);
    }
}

fn line(point: Point, measured: &Measured) -> String {
    let Measured { figures, logins, .. } = measured;
    let millis = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    let (p50, p99) = (millis(figures.p50), millis(figures.p99));
    let logins = logins.map(|logins| format!(", {:.1} logins /s", logins.per_second())).unwrap_or_default();
    let refused = match measured.refused() {
        0 => String::new(),
        refused => format!(", {refused} REFUSED"),
    };
    format!("{point}: {:.0} /s, p50 {p50:.2} ms, p99 {p99:.2} ms{logins}{refused}", figures.per_second())
}

/// Prints progress to standard error; only the result goes to standard output.
fn print_line(started: Instant, text: &str) {
    drop(writeln!(stderr().lock(), "{:4} s  {text}", started.elapsed().as_secs()));
}
