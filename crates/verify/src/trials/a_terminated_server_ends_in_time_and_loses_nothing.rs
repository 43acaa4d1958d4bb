//! SIGTERM under load: exit 0 within ten seconds, and whatever was acknowledged is there. Also while PostgreSQL hangs.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::rig::{Bench, Cluster, Crew, Database, Person, Server};
use crate::trial::Engine;

const TIMES: usize = 3;
const WRITERS: usize = 16;
const IN_TIME: Duration = Duration::from_secs(10);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let mut rng = bench.rng();
    let cluster = (bench.engine == Engine::Postgres).then(|| bench.cluster()).transpose()?;
    let database = cluster.as_ref().map_or_else(|| bench.database(), Cluster::database)?;
    let mut server = bench.server(&database)?;
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let (mut slowest, mut messages) = (Duration::ZERO, 0);
    for _ in 0..TIMES {
        let mut crew = Crew::new(&[&ann], WRITERS, server.url(), &mut rng)?;
        let deeds = rng.usize(30..300);
        slowest = slowest.max(crew.write_while(|progress| {
            progress.wait_for(deeds)?;
            end(server)
        })?);
        server = back(bench, &database, &mut crew)?;
        messages += crew.audit()?;
    }
    let Some(cluster) = cluster else {
        return Ok(format!("{TIMES} times, {} ms at most, {messages} messages, none lost", slowest.as_millis()));
    };
    let mut crew = Crew::new(&[&ann], WRITERS, server.url(), &mut rng)?;
    let frozen_end = crew.write_while(|progress| {
        progress.wait_for(rng.usize(30..300))?;
        let _frozen = cluster.freeze()?;
        end(server)
    })?;
    let _server = back(bench, &database, &mut crew)?;
    messages += crew.audit()?;
    let (slowest, frozen_end) = (slowest.as_millis(), frozen_end.as_millis());
    Ok(format!("{TIMES} times, {slowest} ms at most, {frozen_end} ms with PostgreSQL frozen, {messages} messages, none lost"))
}

fn end(server: Server) -> Result<Duration> {
    let (status, took) = server.terminate()?;
    ensure!(status.success(), "it ended with {status}");
    ensure!(took <= IN_TIME, "it took {took:?} to end");
    Ok(took)
}

/// Another server, on which the crew settles what was open.
fn back(bench: &Bench, database: &Database, crew: &mut Crew) -> Result<Server> {
    let server = bench.server(database)?;
    crew.move_to(server.url());
    crew.settle()?;
    Ok(server)
}
