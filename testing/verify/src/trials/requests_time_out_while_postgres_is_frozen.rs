//! PostgreSQL is frozen for twenty seconds under load: no request waits forever, and the server recovers
//! afterwards.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};

use crate::rig::{Answer, Bench, Writers, Person, Server, Times, until};

const WRITERS: usize = 16;
/// Longer than a response may take.
const FREEZE: Duration = Duration::from_secs(20);
/// An instance may not notice the freeze before this time.
const UNNOTICED: Duration = Duration::from_secs(3);
const EARLY: usize = 4;
const RECOVERY: Duration = Duration::from_secs(5);
/// The longest time of a response, with some tolerance for a busy machine.
const LONGEST: Duration = Duration::from_secs(17);
const SOON: Duration = Duration::from_secs(4);
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, cluster) = (bench.rng(), bench.cluster()?);
    let server = bench.server(&cluster.database()?)?;
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let mut writers = Writers::new(&[&ann], WRITERS, server.url(), &mut rng)?;
    let figures = writers.write_while(|progress| {
        progress.wait_for(rng.usize(100..300))?;
        let frozen = cluster.freeze()?;
        let (healthy, reads) = probe_during_freeze(&server, &ann)?;
        drop(frozen);
        let recovery = progress.wait_for(WRITERS)?;
        ensure!(recovery <= RECOVERY, "it took {recovery:?} to recover");
        progress.check_none_cut_off()?;
        let nobody = server.nobody();
        until(RECOVERY, "the server is ready", || Ok((nobody.get("/readyz")?.status == 200).then_some(())))?;
        let refused = progress.unavailable_count();
        Ok(format!("{refused} answers 503, /healthz {healthy}, reads {reads}, recovery {} ms", recovery.as_millis()))
    })?;
    writers.repeat_unacknowledged()?;
    Ok(format!("{figures}, {} messages, none lost", writers.audit()?))
}

/// Checks health, readiness and reads during the freeze.
fn probe_during_freeze(server: &Server, ann: &Person) -> Result<(Times, Times)> {
    thread::scope(|scope| {
        // The server has not noticed yet, so these requests wait for the database.
        let early: Vec<_> = (0..EARLY).map(|_| scope.spawn(|| early_read(ann))).collect();
        let looks = probe_repeatedly(server, ann)?;
        for read in early {
            let took = read.join().map_err(|_| anyhow!("a reader panicked"))??;
            ensure!(took < LONGEST, "a read took {took:?}");
        }
        Ok(looks)
    })
}

fn early_read(ann: &Person) -> Result<Duration> {
    let started = Instant::now();
    refused(&ann.client.get("/api/users/me")?)?;
    Ok(started.elapsed())
}

fn probe_repeatedly(server: &Server, ann: &Person) -> Result<(Times, Times)> {
    let started = Instant::now();
    let (mut healthy, mut reads, mut probes) = (Times::default(), Times::default(), Times::default());
    let nobody = server.nobody();
    while started.elapsed() < FREEZE {
        healthy.of(|| nobody.get("/healthz"))?.expect(200)?;
        if started.elapsed() > UNNOTICED {
            probes.of(|| nobody.get("/readyz"))?.expect(503)?;
            refused(&reads.of(|| ann.client.get("/api/users/me"))?)?;
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    ensure!(healthy.longest() < SOON, "/healthz: {healthy}, longest {:?}", healthy.longest());
    ensure!(probes.longest() < SOON, "/readyz: {probes}, longest {:?}", probes.longest());
    ensure!(reads.longest() < SOON, "a read: {reads}, longest {:?}", reads.longest());
    Ok((healthy, reads))
}

fn refused(answer: &Answer) -> Result<()> {
    ensure!(answer.status == 503, "expected 503\n{}", answer.evidence());
    ensure!(answer.header("Retry-After").is_some(), "no Retry-After\n{}", answer.evidence());
    Ok(())
}
