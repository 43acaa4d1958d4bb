//! PostgreSQL is killed or stopped under load, and started again: the server answers 503 meanwhile, then
//! recovers by itself.

use std::fmt;
use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::rig::{Bench, Cluster, Writers, Person, Progress, Server, until};

const WRITERS: usize = 16;
const ENOUGH: usize = 200;
const RECOVERY: Duration = Duration::from_secs(5);
const NOTICED: Duration = Duration::from_secs(20);
/// The allowed growth of memory.
const MORE_MEMORY: u64 = 32 * 1024;
const MORE_DESCRIPTORS: usize = 16;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, cluster) = (bench.rng(), bench.cluster()?);
    let server = bench.server(&cluster.database()?)?;
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let bob = Person::new(&server.nobody(), "bob", &mut rng)?;
    let mut writers = Writers::new(&[&ann, &bob], WRITERS, server.url(), &mut rng)?;
    let mut outages: Vec<fn(&Cluster) -> Result<()>> =
        vec![Cluster::kill, Cluster::kill, Cluster::kill, Cluster::stop, Cluster::stop];
    rng.shuffle(&mut outages);
    let count = outages.len();
    let (figures, refused) = writers.write_while(|progress| {
        progress.wait_for(ENOUGH)?;
        let before = Footprint::of(&server)?;
        let mut slowest = Duration::ZERO;
        for begin in outages {
            begin(&cluster)?;
            check_outage(&server, progress)?;
            thread::sleep(Duration::from_millis(rng.u64(..3_000)));
            cluster.restart()?;
            slowest = slowest.max(progress.wait_for(WRITERS)?);
            is_ready_again(&server)?;
        }
        ensure!(slowest <= RECOVERY, "it took {slowest:?} to recover");
        progress.wait_for(ENOUGH)?;
        progress.check_none_cut_off()?;
        let after = Footprint::of(&server)?;
        ensure!(after.is_about(&before), "before: {before}; after: {after}");
        let figures = format!("slowest recovery {} ms, {before} before, {after} after", slowest.as_millis());
        Ok((figures, progress.unavailable_count()))
    })?;
    writers.repeat_unacknowledged()?;
    let messages = writers.audit()?;
    Ok(format!("{count} outages, {refused} answers 503, {figures}, {messages} messages, none lost"))
}

fn check_outage(server: &Server, progress: &Progress) -> Result<()> {
    let seen = progress.unavailable_count();
    until(NOTICED, "the writers notice the outage", || {
        Ok((progress.unavailable_count() >= seen + WRITERS).then_some(()))
    })?;
    server.nobody().get("/healthz")?.expect(200)?;
    server.nobody().get("/readyz")?.expect(503)?;
    Ok(())
}

/// Waits for readiness, which takes a moment: polls that started during the outage return old information.
fn is_ready_again(server: &Server) -> Result<()> {
    let nobody = server.nobody();
    until(RECOVERY, "the server is ready", || Ok((nobody.get("/readyz")?.status == 200).then_some(())))?;
    Ok(())
}

/// The resources that the server uses.
struct Footprint {
    memory: u64,
    descriptors: usize,
}

impl Footprint {
    fn of(server: &Server) -> Result<Self> {
        let process = server.process();
        Ok(Self { memory: process.memory()?, descriptors: process.descriptors()? })
    }

    fn is_about(&self, before: &Self) -> bool {
        self.memory <= before.memory + MORE_MEMORY && self.descriptors <= before.descriptors + MORE_DESCRIPTORS
    }
}

impl fmt::Display for Footprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} MiB and {} descriptors", self.memory / 1024, self.descriptors)
    }
}
