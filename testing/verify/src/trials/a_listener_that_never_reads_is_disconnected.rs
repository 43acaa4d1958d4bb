//! A listener that reads nothing is disconnected in time, and one that reads slowly is not; a disconnected
//! listener resumes from its position.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::rig::{Bench, Client, EventReader, MARK, StreamItem, Ledger, Listen, Person, Server, dense};

/// More than the system buffers for a connection.
const FLOOD: usize = 1_600;
const LONG: usize = 3_900;
/// The server's timeout.
const NOT_BEFORE: Duration = Duration::from_secs(60);
/// The timeout with tolerance for a busy machine.
const IN_TIME: Duration = Duration::from_secs(75);
const SLOWLY: Duration = Duration::from_millis(10);
const TIMEOUT: Duration = Duration::from_secs(20);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let room = ann.make_room(&[])?;
    let id = room.rsplit_once('/').context("no id")?.1;
    let base = ann.client.get(&room)?.expect(200)?.number_of("last_seq")?;
    let listen = Listen::to_all().with_small_buffer();
    let mut stalled = EventReader::open(&ann.client, &listen)?.expect_stream()?;
    let mut slow = EventReader::open(&ann.client, &listen)?.expect_stream()?;
    let start = Instant::now();
    write(&ann.client, &room)?;
    wait(&server, &mut slow)?;
    let took = start.elapsed();
    ensure!(took >= NOT_BEFORE, "disconnected already after {took:?}");
    let mut ledger = Ledger::new("");
    ledger.start(id, base);
    let last = base + u64::try_from(FLOOD)?;
    let received = read(&mut stalled, &mut ledger, id, last)?;
    ensure!(received < Some(last), "everything was received: the listener was never behind");
    ledger.connect();
    let again = Listen::to_all_after(&ledger.positions());
    read(&mut EventReader::open(&ann.client, &again)?.expect_stream()?, &mut ledger, id, last)?;
    ledger.compare(id, &dense(&ann.client, &room)?)?;
    let received = received.unwrap_or_default() - base;
    Ok(format!("disconnected after {:.1} s and {received} of {FLOOD} events; the rest was received later", took.as_secs_f32()))
}

fn write(ann: &Client, room: &str) -> Result<()> {
    let body = json!({"body": format!("{MARK} {}", "x".repeat(LONG))});
    for _ in 0..FLOOD {
        ann.post(format!("{room}/messages"), &body)?.expect(201)?;
    }
    Ok(())
}

/// Waits until only one stream is left.
fn wait(server: &Server, slow: &mut EventReader) -> Result<()> {
    let start = Instant::now();
    while streams(server)? > 1 {
        ensure!(start.elapsed() < IN_TIME, "no listener was disconnected");
        let received = slow.next(SLOWLY)?;
        ensure!(!matches!(received, StreamItem::End { .. }), "the slow listener was disconnected after {:?}", start.elapsed());
        thread::sleep(SLOWLY);
    }
    Ok(())
}

fn streams(server: &Server) -> Result<u64> {
    let metrics = server.nobody().get("/metrics")?.expect(200)?;
    let line = metrics.text.lines().find_map(|line| line.strip_prefix("chit_chat_streams "));
    line.and_then(|count| count.parse().ok()).with_context(|| metrics.evidence())
}

/// Reads up to the last event or the end of the stream; returns the position.
fn read(reader: &mut EventReader, ledger: &mut Ledger, room: &str, last: u64) -> Result<Option<u64>> {
    while ledger.position(room) < Some(last) {
        match reader.next(TIMEOUT)? {
            StreamItem::Event(event) if event.body["seq"].is_u64() => ledger.record(&event.body)?,
            StreamItem::Event(_) | StreamItem::Retry(_) => {}
            StreamItem::Nothing | StreamItem::End { .. } => break,
        }
    }
    Ok(ledger.position(room))
}
