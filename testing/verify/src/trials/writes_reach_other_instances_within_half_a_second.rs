//! Two instances share only the database: a write through one reaches streams of the other within half a
//! second, and a user who joins through one receives events of the chatroom through the other within a second.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use serde_json::json;

use crate::rig::{Bench, Client, EventReader, MARK, Listen, Person, Times};

const TIMES: usize = 20;
const EVENT: Duration = Duration::from_millis(500);
const JOIN: Duration = Duration::from_secs(1);
/// Random pauses in milliseconds, so that writes fall at any point between two polls.
const BETWEEN: std::ops::Range<u64> = 0..300;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, database) = (bench.rng(), bench.database()?);
    let servers = [bench.server(&database)?, bench.server(&database)?];
    let [here, there] = &servers;
    let ann = Person::new(&here.nobody(), "ann", &mut rng)?;
    let bob = Person::new(&here.nobody(), "bob", &mut rng)?;
    let room = ann.make_room(&[&bob])?;
    let listening = bob.client.at(there.url());
    let mut one = EventReader::open(&listening, &Listen::to(format!("{room}/events")))?.expect_stream()?;
    let mut all = EventReader::open(&listening, &Listen::to_all())?.expect_stream()?;
    one.expect("caught_up")?;
    all.expect("ready")?;
    all.expect("caught_up")?;
    let events = events(&ann.client, &room, &mut one, &mut rng)?;
    for _ in 0..TIMES {
        all.expect("message.created")?;
    }
    let joins = joins(&ann, &bob.client.at(here.url()), &mut all, &mut rng)?;
    let figures = format!(
        "events {events}, {} ms at most; joins {joins}, {} ms at most",
        events.longest().as_millis(),
        joins.longest().as_millis()
    );
    ensure!(events.longest() <= EVENT && joins.longest() <= JOIN, "{figures}");
    Ok(figures)
}

fn events(ann: &Client, room: &str, reader: &mut EventReader, rng: &mut Rng) -> Result<Times> {
    let mut times = Times::default();
    for _ in 0..TIMES {
        thread::sleep(Duration::from_millis(rng.u64(BETWEEN)));
        let sent = ann.post(format!("{room}/messages"), &json!({"body": MARK}))?.expect(201)?;
        let received = times.of(|| reader.expect("message.created"))?;
        ensure!(received.body["data"] == sent.json, "received {received:?}\n{}", sent.evidence());
    }
    Ok(times)
}

/// Measures the time until the join and the first message after it arrive.
fn joins(ann: &Person, bob: &Client, reader: &mut EventReader, rng: &mut Rng) -> Result<Times> {
    let mut times = Times::default();
    for _ in 0..TIMES {
        let room = ann.make_room(&[])?;
        thread::sleep(Duration::from_millis(rng.u64(BETWEEN)));
        let joined = bob.put(format!("{room}/memberships/me"))?.expect(201)?;
        let start = Instant::now();
        ann.client.post(format!("{room}/messages"), &json!({"body": MARK}))?.expect(201)?;
        let received = reader.expect("membership.created")?;
        ensure!(received.body["data"]["user_id"] == joined.json["user_id"], "received {received:?}\n{}", joined.evidence());
        reader.expect("message.created").context("after the join")?;
        times.note(start.elapsed());
    }
    Ok(times)
}
