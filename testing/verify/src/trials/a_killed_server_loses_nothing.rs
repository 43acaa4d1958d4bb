//! `kill -9` under load, repeatedly: every acknowledged message is stored exactly once.

use anyhow::{Result, ensure};

use crate::rig::{Bench, Writers, Person};

const KILLS: usize = 20;
const WRITERS: usize = 16;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, database) = (bench.rng(), bench.database()?);
    let mut server = bench.server(&database)?;
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let bob = Person::new(&server.nobody(), "bob", &mut rng)?;
    let mut all_writers: Vec<Writers> = Vec::new();
    for _ in 0..KILLS {
        let mut writers = Writers::new(&[&ann, &bob], WRITERS, server.url(), &mut rng)?;
        let operations = rng.usize(30..400);
        writers.write_while(|progress| {
            progress.wait_for(operations)?;
            server.kill()
        })?;
        database.check_integrity()?;
        server = bench.server(&database)?;
        writers.move_to(server.url());
        writers.repeat_unacknowledged()?;
        writers.audit()?;
        all_writers.push(writers);
    }
    // Later crashes must not affect earlier rooms.
    let mut messages = 0;
    for writers in &mut all_writers {
        writers.move_to(server.url());
        messages += writers.audit()?;
    }
    let (status, _) = server.terminate()?;
    ensure!(status.success(), "{status}");
    database.check_integrity()?;
    Ok(format!("{KILLS} kills under {WRITERS} writers, {messages} messages acknowledged, none lost, none twice"))
}
