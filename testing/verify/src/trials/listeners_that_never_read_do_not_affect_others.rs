//! Two hundred listeners in a busy chatroom never read: other listeners receive events as fast as before, the
//! server's memory stays bounded, a listener that reads at last has missed nothing, and the server still stops
//! in time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use crate::rig::{Bench, Client, EventReader, MARK, StreamItem, Ledger, Listen, Person, Server, Times, dense, race};

const STALLED: usize = 200;
/// A user may have fifty streams.
const PEOPLE: usize = 5;
const READERS: usize = 4;
/// The number of stalled listeners that read at last.
const RESUMED: usize = 10;
const WRITERS: usize = 4;
/// More than the system buffers for a connection.
const FLOOD: usize = 1_600;
const LONG: usize = 3_900;
const CALM: usize = 60;
const BETWEEN: Duration = Duration::from_millis(50);
const SILENCE: Duration = Duration::from_millis(20);
const TIMEOUT: Duration = Duration::from_secs(30);
/// The limit for the 99th percentile from before the send to the listener, while the stalled listeners are stuck.
const QUICK: Duration = Duration::from_millis(500);
const END: Duration = Duration::from_secs(10);
/// The memory for all stalled listeners, in KiB.
const MEMORY: u64 = 96 * 1024;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let people: Vec<Person> =
        (0..PEOPLE).map(|n| Person::new(&server.nobody(), &format!("p{n}"), &mut rng)).collect::<Result<_>>()?;
    let (ann, others) = people.split_first().context("nobody")?;
    let room = ann.make_room(&others.iter().collect::<Vec<_>>())?;
    let base = ann.client.get(&room)?.expect(200)?.number_of("last_seq")?;
    let mut readers = open(&people, &room, READERS, Listen::clone)?;
    let before = server.process().memory()?;
    let mut stalled = open(&people, &room, STALLED, |listen| listen.clone().with_small_buffer())?;
    let over = &AtomicBool::new(false);
    let (flood, calm, delays) = thread::scope(|scope| {
        let start = Instant::now();
        let reading: Vec<_> = readers.iter_mut().map(|reader| scope.spawn(move || read(reader, start, over))).collect();
        let flood = race(WRITERS, |_| write(&ann.client, &room, start, FLOOD / WRITERS, LONG, Duration::ZERO));
        let calm_from = start.elapsed();
        let calm = write(&ann.client, &room, start, CALM, 0, BETWEEN);
        thread::sleep(QUICK);
        over.store(true, Ordering::SeqCst);
        let delays = reading.into_iter().map(|thread| thread.join().map_err(|_| anyhow!("a reader panicked"))?);
        let delays = delays.collect::<Result<Vec<_>>>()?;
        anyhow::Ok((flood?, calm.map(|()| calm_from)?, delays))
    })?;
    drop(flood);
    let after = server.process().memory()?;
    let log = dense(&ann.client, &room)?;
    let sent = FLOOD + CALM;
    ensure!(delays.iter().all(|received| received.len() == sent), "a reader did not receive everything in time");
    let (flooded, calmed) = times(&delays, calm);
    rng.shuffle(&mut stalled);
    resume(stalled.get_mut(..RESUMED).context("too few")?, &room, base, &log)?;
    let reads = replayed(&server)?;
    let (status, ended) = server.terminate()?;
    ensure!(status.success() && ended <= END, "it ended with {status} after {ended:?}");
    let figures = format!(
        "{sent} messages next to {STALLED} stalled listeners, received by {READERS} others: flat out {flooded}, \
         then {calmed}; \
         {} MiB before, {} MiB after; {RESUMED} finally read and missed nothing, in {reads} pages; the end took {} ms",
        before / 1024,
        after / 1024,
        ended.as_millis()
    );
    ensure!(calmed.percentile(99) <= QUICK && after.saturating_sub(before) <= MEMORY, "{figures}");
    Ok(figures)
}

/// Opens streams, equally many for each user, half of them of all chatrooms.
fn open(people: &[Person], room: &str, count: usize, how: impl Fn(&Listen) -> Listen) -> Result<Vec<EventReader>> {
    let kinds = [Listen::to(format!("{room}/events")), Listen::to_all()];
    let people = people.iter().flat_map(|person| kinds.iter().map(move |kind| (person, kind))).cycle();
    people.take(count).map(|(person, kind)| EventReader::open(&person.client, &how(kind))?.expect_stream()).collect()
}

/// Sends messages whose body is the time of sending, in microseconds.
fn write(ann: &Client, room: &str, start: Instant, count: usize, long: usize, pause: Duration) -> Result<()> {
    for _ in 0..count {
        let body = format!("{} {MARK} {}", start.elapsed().as_micros(), "x".repeat(long));
        ann.post(format!("{room}/messages"), &json!({"body": body}))?.expect(201)?;
        thread::sleep(pause);
    }
    Ok(())
}

/// Reads messages, and returns when each was sent and how long it took to arrive.
fn read(reader: &mut EventReader, start: Instant, over: &AtomicBool) -> Result<Vec<(Duration, Duration)>> {
    let mut received = Vec::new();
    loop {
        match reader.next(SILENCE)? {
            StreamItem::Event(event) if event.kind == "message.created" => {
                let sent = event.body["data"]["body"].as_str().and_then(|body| body.split(' ').next()?.parse().ok());
                let sent = Duration::from_micros(sent.context("no time")?);
                received.push((sent, start.elapsed().saturating_sub(sent)));
            }
            StreamItem::Nothing if over.load(Ordering::SeqCst) => return Ok(received),
            StreamItem::Event(_) | StreamItem::Nothing => {}
            item => return Err(anyhow!("{item:?}")),
        }
    }
}

/// The delays of messages sent before and after this time.
fn times(delays: &[Vec<(Duration, Duration)>], calm_from: Duration) -> (Times, Times) {
    let (mut flooded, mut calmed) = (Times::default(), Times::default());
    for (sent, delay) in delays.iter().flatten() {
        if *sent < calm_from { flooded.note(*delay) } else { calmed.note(*delay) }
    }
    (flooded, calmed)
}

/// The number of pages read for listeners that had fallen behind.
fn replayed(server: &Server) -> Result<u64> {
    let metrics = server.nobody().get("/metrics")?.expect(200)?;
    let line = metrics.text.lines().find_map(|line| line.strip_prefix(r#"chit_chat_stream_reads_total{for="replay"} "#));
    line.and_then(|count| count.parse().ok()).with_context(|| metrics.evidence())
}

/// Lets some of the stalled listeners read at last.
fn resume(stalled: &mut [EventReader], room: &str, base: u64, log: &[Value]) -> Result<()> {
    let id = room.rsplit_once('/').context("no id")?.1;
    let (last, deadline) = (u64::try_from(log.len())?, Instant::now() + TIMEOUT);
    thread::scope(|scope| {
        let reading = stalled.iter_mut().map(|reader| {
            scope.spawn(move || {
                let mut ledger = Ledger::new("");
                ledger.start(id, base);
                while ledger.position(id) < Some(last) {
                    ensure!(Instant::now() < deadline, "only {:?} of {last} in time", ledger.position(id));
                    match reader.next(SILENCE)? {
                        StreamItem::Event(event) if event.body["seq"].is_u64() => ledger.record(&event.body)?,
                        StreamItem::Event(_) | StreamItem::Nothing => {}
                        item => return Err(anyhow!("{item:?}, at {:?} of {last}", ledger.position(id))),
                    }
                }
                ledger.compare(id, log)
            })
        });
        let reading: Vec<_> = reading.collect();
        reading.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow!("a reader panicked"))?.map(drop))
    })
    .context("listeners that resumed reading")
}
