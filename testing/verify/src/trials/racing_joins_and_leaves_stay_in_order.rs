//! One user joins and leaves a hundred times concurrently: the log has no gaps, joins and leaves alternate in
//! it, and its last entry agrees with the list of members.

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::rig::{Bench, Person, dense, race};

const RACERS: usize = 20;
const TURNS: usize = 5;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let bob = Person::new(&server.nobody(), "bob", &mut rng)?;
    let room = ann.make_room(&[])?;
    let mine = format!("{room}/memberships/me");
    let joins: Vec<Vec<bool>> = (0..RACERS).map(|_| (0..TURNS).map(|_| rng.bool()).collect()).collect();
    race(RACERS, |racer| {
        for joins in joins.get(racer).into_iter().flatten() {
            if *joins {
                bob.client.put(mine.as_str())?.expect_one_of(&[200, 201])?;
            } else {
                bob.client.delete(mine.as_str())?.expect(204)?;
            }
        }
        Ok(())
    })?;
    let mut is_member = false;
    let mut changes = 0;
    for event in dense(&ann.client, &room)?.iter().filter(|event| event["data"]["user_id"] == *bob.id) {
        let joined = event["type"] == "membership.created";
        ensure!(joined != is_member, "out of turn in the log: {event}");
        (is_member, changes) = (joined, changes + 1);
    }
    let members = ann.client.get(format!("{room}/memberships"))?.expect(200)?;
    let listed = members.items()?.iter().any(|member: &Value| member["user_id"] == *bob.id);
    ensure!(listed == is_member, "the log says {is_member}, the list {listed}\n{}", members.evidence());
    Ok(format!("{} joins and leaves at once made {changes} changes", RACERS * TURNS))
}
