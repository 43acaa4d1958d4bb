//! `kill -9` under load, repeatedly: every acknowledged message is stored exactly once.

use anyhow::{Result, ensure};

use crate::rig::{Bench, Crew, Person};

const KILLS: usize = 20;
const WRITERS: usize = 16;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, database) = (bench.rng(), bench.database()?);
    let mut server = bench.server(&database)?;
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let bob = Person::new(&server.nobody(), "bob", &mut rng)?;
    let mut crews: Vec<Crew> = Vec::new();
    for _ in 0..KILLS {
        let mut crew = Crew::new(&[&ann, &bob], WRITERS, server.url(), &mut rng)?;
        let deeds = rng.usize(30..400);
        crew.write_while(|progress| {
            progress.wait_for(deeds)?;
            server.kill()
        })?;
        database.check_integrity()?;
        server = bench.server(&database)?;
        crew.move_to(server.url());
        crew.repeat_unacknowledged()?;
        crew.audit()?;
        crews.push(crew);
    }
    // Later crashes must not affect earlier rooms.
    let mut messages = 0;
    for crew in &mut crews {
        crew.move_to(server.url());
        messages += crew.audit()?;
    }
    let (status, _) = server.terminate()?;
    ensure!(status.success(), "{status}");
    database.check_integrity()?;
    Ok(format!("{KILLS} kills under {WRITERS} writers, {messages} messages acknowledged, none lost, none twice"))
}
