//! PostgreSQL is killed while streams catch up: after the restart they continue on the same connections and miss
//! nothing.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::json;

use crate::rig::{Bench, Client, EventReader, MARK, StreamItem, Ledger, Listen, Person, race};

const STREAMS: usize = 12;
const WRITERS: usize = 4;
/// More messages than the server can send before PostgreSQL is gone.
const MESSAGES: usize = 1_600;
const LONG: usize = 3_900;
const SOON: Duration = Duration::from_millis(100);
/// The time during which queries fail.
const OUTAGE: Duration = Duration::from_secs(3);
const SILENCE: Duration = Duration::from_millis(50);
const TIMEOUT: Duration = Duration::from_secs(90);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, cluster) = (bench.rng(), bench.cluster()?);
    let server = bench.server(&cluster.database()?)?;
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let room = ann.make_room(&[])?;
    race(WRITERS, |_| write(&ann.client, &room, MESSAGES / WRITERS))?;
    let id = room.rsplit_once('/').context("no id")?.1;
    let last = ann.client.get(&room)?.expect(200)?.number_of("last_seq")?;
    let kinds = [Listen::to(format!("{room}/events?after=0")), Listen::to_all_after(&json!({id: 0}))];
    let open = |listen: &Listen| EventReader::open(&ann.client, &listen.clone().with_small_buffer())?.expect_stream();
    let streams = kinds.iter().cycle().take(STREAMS).map(open).collect::<Result<Vec<_>>>()?;
    let slowest = thread::scope(|scope| {
        let reading: Vec<_> = streams.into_iter().map(|reader| scope.spawn(|| read(reader, id, last))).collect();
        thread::sleep(SOON);
        cluster.kill()?;
        thread::sleep(OUTAGE);
        cluster.restart()?;
        let back = Instant::now();
        write(&ann.client, &room, 1)?;
        let ends = reading.into_iter().map(|thread| thread.join().map_err(|_| anyhow!("a reader panicked"))?);
        let ends = ends.collect::<Result<Vec<_>>>()?;
        let behind = ends.iter().filter(|end| **end > back).count();
        ensure!(behind > 0, "no stream had anything left to read");
        anyhow::Ok(ends.into_iter().max().context("no streams")?.saturating_duration_since(back))
    })?;
    Ok(format!("{STREAMS} streams had received {} events {:.1} s after the restart", last + 1, slowest.as_secs_f32()))
}

fn write(ann: &Client, room: &str, count: usize) -> Result<()> {
    let body = json!({"body": format!("{MARK} {}", "x".repeat(LONG))});
    let deadline = Instant::now() + TIMEOUT;
    let mut sent = 0;
    while sent < count {
        ensure!(Instant::now() < deadline, "only {sent} messages could be sent");
        let answer = ann.post(format!("{room}/messages"), &body)?.expect_one_of(&[201, 503])?;
        if answer.status == 201 {
            sent += 1;
        } else {
            thread::sleep(SILENCE);
        }
    }
    Ok(())
}

/// Reads everything and one more message sent after the outage; returns when that arrived.
fn read(mut reader: EventReader, room: &str, last: u64) -> Result<Instant> {
    let mut ledger = Ledger::new("");
    ledger.start(room, 0);
    let deadline = Instant::now() + TIMEOUT;
    while ledger.position(room) <= Some(last) {
        ensure!(Instant::now() < deadline, "only {:?} of {last} in time", ledger.position(room));
        match reader.next(SILENCE)? {
            StreamItem::Event(event) if event.body["seq"].is_u64() => ledger.record(&event.body)?,
            StreamItem::Event(_) | StreamItem::Nothing => {}
            item => return Err(anyhow!("{item:?}, at {:?} of {last}", ledger.position(room))),
        }
    }
    Ok(Instant::now())
}
