//! Runs the trials: selects and orders them, and reports the results.

use std::collections::VecDeque;
use std::fs;
use std::io::{Write, stdout};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Error, Result, ensure};
use fastrand::Rng;
use tempfile::TempDir;

use crate::options::Options;
use crate::rig::{Bench, Cluster, Common, Secrets, check_logs};
use crate::trial::{Concurrency, Engine, Trial};
use crate::trials;

const LINES_SHOWN: usize = 15;

type Chosen = (Trial, Engine);

/// Runs the selected trials, and returns whether all passed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let chosen = choose(options)?;
    if options.list {
        for (trial, engine) in chosen {
            print_line(&format!("{:8} {}", engine.name(), trial.name));
        }
        return Ok(true);
    }
    let seed = options.seed.unwrap_or_else(|| Rng::new().u64(..1_000_000_000));
    print_line(&format!("SEED={seed}"));
    let folder = tempfile::Builder::new().prefix("chit-chat-verify.").tempdir()?;
    let common = common(options, seed, &folder, &chosen)?;
    let started = Instant::now();
    let failures = run_all(&common, chosen, options.parallel);
    let logs = common.logs.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let is_clean = report("-", "logs_hold_no_secrets", || check_logs(&logs, &common.secrets));
    let failures = failures + usize::from(!is_clean);
    print_line(&format!("{failures} failed, {} s", started.elapsed().as_secs()));
    drop(common);
    if failures > 0 {
        print_line(&format!("the logs are in {}; repeat it with SEED={seed}", folder.keep().display()));
    }
    Ok(failures == 0)
}

fn choose(options: &Options) -> Result<Vec<Chosen>> {
    for part in &options.only {
        ensure!(
            trials::ALL.iter().any(|trial| trial.name.contains(part)),
            "no trial is called {part}; --list lists them"
        );
    }
    let is_wanted = |name: &str| options.only.is_empty() || options.only.iter().any(|part| name.contains(part));
    let engines =
        |trial: &Trial| trial.engines.iter().filter(|engine| options.engine.is_none_or(|only| only == **engine));
    let wanted = trials::ALL.iter().filter(|trial| is_wanted(trial.name));
    let chosen: Vec<Chosen> = wanted.flat_map(|trial| engines(trial).map(|engine| (*trial, *engine))).collect();
    ensure!(!chosen.is_empty(), "none of these trials is for that engine; --list lists them");
    Ok(chosen)
}

fn common(options: &Options, seed: u64, folder: &TempDir, chosen: &[Chosen]) -> Result<Common> {
    let folder = folder.path().to_owned();
    let needs_postgres = chosen.iter().any(|(_, engine)| *engine == Engine::Postgres);
    let cluster = needs_postgres.then(|| Cluster::start(&folder.join("postgres")));
    Ok(Common {
        program: options.server()?,
        folder,
        seed,
        cluster: cluster.transpose()?,
        secrets: Arc::new(Secrets::default()),
        logs: Mutex::new(Vec::new()),
    })
}

/// Runs the trials that need the machine for themselves first, and returns the number of failures.
fn run_all(common: &Common, mut chosen: Vec<Chosen>, lanes: usize) -> usize {
    Rng::with_seed(common.seed).shuffle(&mut chosen);
    let (exclusive, parallel): (Vec<_>, Vec<_>) =
        chosen.into_iter().partition(|(trial, _)| trial.concurrency == Concurrency::Exclusive);
    let failed = exclusive.into_iter().filter(|chosen| !run_one(common, *chosen)).count();
    let waiting = &Mutex::new(VecDeque::from(parallel));
    let lane = || {
        let mut failed = 0;
        while let Some(chosen) = next(waiting) {
            failed += usize::from(!run_one(common, chosen));
        }
        failed
    };
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes.max(1)).map(|_| scope.spawn(lane)).collect();
        // A lane that panicked counts as a failure.
        lanes.into_iter().map(|lane| lane.join().unwrap_or(1)).sum::<usize>() + failed
    })
}

fn next(waiting: &Mutex<VecDeque<Chosen>>) -> Option<Chosen> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

fn run_one(common: &Common, (trial, engine): Chosen) -> bool {
    let bench = Bench::new(trial.name, engine, common);
    let held = report(engine.name(), trial.name, || (trial.run)(&bench));
    if !held {
        for log in bench.logs() {
            print_line(&last_lines(&log));
        }
    }
    held
}

/// Formats one line with figures, or the error.
fn report(engine: &str, name: &str, work: impl FnOnce() -> Result<String>) -> bool {
    let started = Instant::now();
    let outcome = work();
    let seconds = started.elapsed().as_secs_f32();
    match &outcome {
        Ok(figures) => print_line(&format!("ok     {engine:8} {name}: {figures} ({seconds:.1} s)")),
        Err(error) => print_line(&format!("FAILED {engine:8} {name} ({seconds:.1} s)\n  {}", causes(error))),
    }
    outcome.is_ok()
}

fn causes(error: &Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join("\n  ")
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.get(lines.len().saturating_sub(LINES_SHOWN)..).unwrap_or_default();
    format!("the end of {}:\n{}", log.display(), last.join("\n"))
}

fn print_line(text: &str) {
    // The reader of the output may be gone.
    drop(writeln!(stdout().lock(), "{text}"));
}
