//! One address gets its share of the connections and no more, and another address connects meanwhile. When all places
//! are taken, a connection of the address that holds most is closed for a new one: the one that has been idle longest.

use std::net::Ipv4Addr;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::rig::{Answer, Bench, EventReader, Listen, MARK, Person, Wire};

const STREAMS: usize = 5;
const SOON: Duration = Duration::from_secs(2);

pub(super) fn run(bench: &Bench) -> Result<String> {
    // Places are divided among the workers, one for each processor.
    let processors = available_parallelism()?.get();
    let (places, share) = (50 * processors, 20 * processors);
    let limits = [("MAX_CONNECTIONS", places.to_string()), ("CONNECTIONS_PER_ADDRESS", share.to_string())];
    let limits = limits.each_ref().map(|(name, value)| (*name, value.as_str()));
    let (mut rng, server) = (bench.rng(), bench.server_with(&bench.database()?, &limits)?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let room = ann.make_room(&[])?;
    let open = |_| EventReader::open(&ann.client, &Listen::to(format!("{room}/events")))?.expect_stream();
    let mut streams = (0..STREAMS).map(open).collect::<Result<Vec<_>>>()?;
    let address = ann.client.address();
    let largest = connect(address, 2, places + share)?;
    ensure!(largest.len() == share, "an address has {} connections; its share is {share}", largest.len());
    let more = 11 * processors;
    let mut later = Vec::new();
    for network in [3, 4] {
        let others = connect(address, network, more)?;
        ensure!(others.len() == more, "only {} of {more} of another address were served", others.len());
        later.extend(others);
    }
    let (new, started) = (10 * processors, Instant::now());
    let newest = connect(address, 5, new)?;
    let took = started.elapsed();
    ensure!(newest.len() == new && took <= SOON, "a full server served {} of {new}, in {took:?}", newest.len());
    let (of_largest, of_later) = (closed(&largest)?, closed(&later)?);
    ensure!(of_largest > 0 && of_later == 0, "closed {of_largest} of the largest holder, and {of_later} others");
    ann.client.post(format!("{room}/messages"), &json!({"body": MARK}))?.expect(201)?;
    for stream in &mut streams {
        stream.expect("caught_up")?;
        stream.expect("message.created").context("a stream was closed")?;
    }
    Ok(format!(
        "{share} of {places} for one address; on a full server {new} more in {} ms, for {of_largest} of the first; all \
         {STREAMS} streams stayed",
        took.as_millis()
    ))
}

/// Opens this many connections from an address of a network of its own, and returns those that are served.
fn connect(address: &str, network: u8, count: usize) -> Result<Vec<Wire>> {
    let mut served = Vec::new();
    for _ in 0..count {
        let mut wire = Wire::connect_from(Ipv4Addr::new(127, 0, network, 1), address)?;
        if ask(&mut wire)?.is_some() {
            served.push(wire);
        }
    }
    Ok(served)
}

/// The response, if the connection was not closed at once.
fn ask(wire: &mut Wire) -> Result<Option<Answer>> {
    wire.head("GET", "/healthz", &[])?;
    // The server may have closed the connection already.
    if wire.write(b"\r\n").is_err() {
        return Ok(None);
    }
    wire.answer()?.map(|answer| answer.expect(200)).transpose()
}

/// The number of these connections that the server has closed.
fn closed(wires: &[Wire]) -> Result<usize> {
    wires.iter().map(|wire| wire.has_response().map(usize::from)).sum()
}
