//! SIGTERM under load, with two hundred open streams: the server exits with 0 within ten seconds, every
//! acknowledged message is stored, and each stream tells its client when to reconnect. All of this also holds
//! while PostgreSQL hangs.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Result, anyhow, bail, ensure};
use fastrand::Rng;

use crate::rig::{Bench, Cluster, Writers, Database, EventReader, StreamItem, Listen, Person, Server};
use crate::trial::Engine;

const TIMES: usize = 3;
const WRITERS: usize = 16;
/// A user may have fifty streams.
const STREAMS: usize = 200;
const LISTENERS: usize = 4;
/// Longer than any instance tolerates without polling.
const STALE: Duration = Duration::from_secs(3);
/// Longer than an instance needs to end while PostgreSQL hangs.
const TIMEOUT: Duration = Duration::from_secs(30);
const IN_TIME: Duration = Duration::from_secs(10);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let mut rng = bench.rng();
    let cluster = (bench.engine == Engine::Postgres).then(|| bench.cluster()).transpose()?;
    let database = cluster.as_ref().map_or_else(|| bench.database(), Cluster::database)?;
    let mut server = bench.server(&database)?;
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let listeners = listeners(&server, &mut rng)?;
    let people: Vec<&Person> = [&ann].into_iter().chain(&listeners).collect();
    let (mut slowest, mut messages) = (Duration::ZERO, 0);
    for _ in 0..TIMES {
        let mut writers = Writers::new(&people, WRITERS, server.url(), &mut rng)?;
        let streams = read(open(&listeners, &server, writers.room())?);
        let operations = rng.usize(30..300);
        slowest = slowest.max(writers.write_while(|progress| {
            progress.wait_for(operations)?;
            end(server)
        })?);
        streams.into_iter().try_for_each(join)?;
        server = restart_server(bench, &database, &mut writers)?;
        messages += writers.audit()?;
    }
    let Some(cluster) = cluster else {
        return Ok(format!("{TIMES} times with {STREAMS} streams, {} ms at most, {messages} messages, none lost", slowest.as_millis()));
    };
    let mut writers = Writers::new(&people, WRITERS, server.url(), &mut rng)?;
    let streams = read(open(&listeners, &server, writers.room())?);
    let frozen_end = writers.write_while(|progress| {
        progress.wait_for(rng.usize(30..300))?;
        let _frozen = cluster.freeze()?;
        thread::sleep(STALE);
        end(server)
    })?;
    streams.into_iter().try_for_each(join)?;
    let _server = restart_server(bench, &database, &mut writers)?;
    messages += writers.audit()?;
    let (slowest, frozen_end) = (slowest.as_millis(), frozen_end.as_millis());
    Ok(format!("{TIMES} times with {STREAMS} streams, {slowest} ms at most, {frozen_end} ms with PostgreSQL frozen, {messages} messages, none lost"))
}

fn listeners(server: &Server, rng: &mut Rng) -> Result<Vec<Person>> {
    (0..LISTENERS).map(|number| Person::new(&server.nobody(), &format!("listener{number}"), rng)).collect()
}

/// Opens streams, half of them of the chatroom, the others of all chatrooms.
fn open(listeners: &[Person], server: &Server, room: &str) -> Result<Vec<EventReader>> {
    let kinds = [Listen::to(format!("{room}/events")), Listen::to_all()];
    let streams = listeners.iter().flat_map(|person| kinds.iter().map(move |kind| (person, kind))).cycle();
    let open = |(person, kind): (&Person, _)| EventReader::open(&person.client.at(server.url()), kind)?.expect_stream();
    streams.take(STREAMS).map(open).collect()
}

/// Reads streams to their end, each in a thread: without a reader, the end waits behind the events that the kernel
/// does not take.
fn read(streams: Vec<EventReader>) -> Vec<JoinHandle<Result<()>>> {
    streams.into_iter().map(|reader| thread::spawn(|| check_stream_end(reader))).collect()
}

fn join(stream: JoinHandle<Result<()>>) -> Result<()> {
    stream.join().map_err(|_| anyhow!("a reader panicked"))?
}

/// Checks that the stream ends with the time to reconnect.
fn check_stream_end(mut reader: EventReader) -> Result<()> {
    let mut pause = None;
    loop {
        match reader.next(TIMEOUT)? {
            StreamItem::Event(_) => pause = None,
            StreamItem::Retry(millis) => pause = Some(millis),
            StreamItem::End { complete: true } if pause.is_some() => return Ok(()),
            item => bail!("a stream ended wrongly: {item:?}, pause: {pause:?}"),
        }
    }
}

fn end(server: Server) -> Result<Duration> {
    let (status, took) = server.terminate()?;
    ensure!(status.success(), "it ended with {status}");
    ensure!(took <= IN_TIME, "it took {took:?} to end");
    Ok(took)
}

/// Starts another server, on which the crew settles its open operations.
fn restart_server(bench: &Bench, database: &Database, writers: &mut Writers) -> Result<Server> {
    let server = bench.server(database)?;
    writers.move_to(server.url());
    writers.repeat_unacknowledged()?;
    Ok(server)
}
