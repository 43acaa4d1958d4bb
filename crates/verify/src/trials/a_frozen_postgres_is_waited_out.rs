//! PostgreSQL stands still for ten seconds under load: nobody waits for ever, and then it goes on.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::rig::{Bench, Crew, Person, Server, Times, until};

const WRITERS: usize = 16;
const FREEZE: Duration = Duration::from_secs(10);
/// Until then an instance may not have noticed.
const UNNOTICED: Duration = Duration::from_secs(3);
const RECOVERY: Duration = Duration::from_secs(5);
/// The longest that an answer may take, and a little for a busy machine.
const LONGEST: Duration = Duration::from_secs(17);
const SOON: Duration = Duration::from_secs(4);
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, cluster) = (bench.rng(), bench.cluster()?);
    let server = bench.server(&cluster.database()?)?;
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let mut crew = Crew::new(&[&ann], WRITERS, &server.url, &mut rng)?;
    let figures = crew.write_while(|progress| {
        progress.wait_for(rng.usize(100..300))?;
        let frozen = cluster.freeze()?;
        let (healthy, reads) = look_around(&server, &ann)?;
        drop(frozen);
        let recovery = progress.wait_for(WRITERS)?;
        ensure!(recovery <= RECOVERY, "it took {recovery:?} to recover");
        progress.nobody_was_cut_off()?;
        let nobody = server.nobody();
        until(RECOVERY, "the server is ready", || Ok((nobody.get("/readyz")?.status == 200).then_some(())))?;
        let refused = progress.count_of_unavailable();
        Ok(format!("{refused} answers 503, /healthz {healthy}, reads {reads}, recovery {} ms", recovery.as_millis()))
    })?;
    crew.settle()?;
    Ok(format!("{figures}, {} messages, none lost", crew.audit()?))
}

/// What health, readiness and a read say during the freeze.
fn look_around(server: &Server, ann: &Person) -> Result<(Times, Times)> {
    let started = Instant::now();
    let (mut healthy, mut reads, mut probes) = (Times::default(), Times::default(), Times::default());
    let nobody = server.nobody();
    while started.elapsed() < FREEZE {
        healthy.of(|| nobody.get("/healthz"))?.expect(200)?;
        if started.elapsed() > UNNOTICED {
            probes.of(|| nobody.get("/readyz"))?.expect(503)?;
            let refused = reads.of(|| ann.client.get("/api/users/me"))?.expect(503)?;
            ensure!(refused.header("Retry-After").is_some(), "no Retry-After\n{}", refused.evidence());
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    ensure!(healthy.longest() < SOON, "/healthz: {healthy}, longest {:?}", healthy.longest());
    ensure!(probes.longest() < SOON, "/readyz: {probes}, longest {:?}", probes.longest());
    ensure!(reads.longest() < LONGEST, "a read: {reads}, longest {:?}", reads.longest());
    Ok((healthy, reads))
}
