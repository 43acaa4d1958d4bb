//! Two instances start at the same moment on an empty database: the schema is created once, and both serve.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::rig::{Bench, Person};

const TIMES: usize = 10;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let mut rng = bench.rng();
    for time in 0..TIMES {
        let database = bench.database()?;
        let (mut here, mut there) = (bench.launch(&database, &[])?, bench.launch(&database, &[])?);
        here.wait_until_it_listens()?;
        there.wait_until_it_listens()?;
        for server in [&here, &there] {
            server.nobody().get("/readyz")?.expect(200)?;
        }
        if time == 0 {
            let ann = Person::new(&here.nobody(), "ann", &mut rng)?;
            let room = ann.make_room(&[])?;
            let ann_there = ann.client.at(there.url());
            let sent = ann_there.post(format!("{room}/messages"), &json!({"body": "hush, both of you"}))?.expect(201)?;
            let found = ann.client.get(format!("{room}/messages/{}", sent.text_of("id")?))?.expect(200)?;
            ensure!(found.json == sent.json, "sent there\n{}\nfound here\n{}", sent.evidence(), found.evidence());
        }
    }
    Ok(format!("{TIMES} times two instances on an empty database"))
}
