//! Hundreds of clients send thousands of requests at once and read nothing, or send the larger part of a body: the
//! memory stays within what docs/LIMITS.md says, and others are served.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::rig::{Bench, Person, Times, Wire};

const CLIENTS: usize = 300;
const REQUESTS: usize = 1_500;
const BODIES: usize = 150;
const ANNOUNCED: usize = 900_000;
const SENT: usize = 600_000;
/// The memory that each connection, and all of one address together, may hold, in KiB.
const OF_EACH: u64 = 130;
const OF_ALL: u64 = 32 * 1024;
const SOON: Duration = Duration::from_secs(3);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let target = format!("{}/messages", ann.make_room(&[])?);
    // A first request makes the server's threads allocate their memory.
    ann.client.get("/api/openapi.json")?.expect(200)?;
    let process = server.process();
    let before = process.memory()?;
    process.reset_peak()?;
    let mut open = Vec::new();
    for number in 0..CLIENTS {
        open.push(unread(&ann, if number % 2 == 0 { "/healthz" } else { "/api/openapi.json" })?);
    }
    for _ in 0..BODIES {
        open.push(unfinished(&ann, &target)?);
    }
    let mut times = Times::default();
    for _ in 0..50 {
        times.of(|| ann.client.get("/healthz"))?.expect(200)?;
        times.of(|| ann.client.get("/api/users/me"))?.expect(200)?;
    }
    let grown = process.peak_memory()?.saturating_sub(before);
    let most = u64::try_from(open.len())? * OF_EACH + OF_ALL;
    ensure!(grown <= most, "memory grew from {before} by {grown} KiB, which is more than {most} KiB");
    ensure!(times.longest() <= SOON, "{times}, longest {:?}", times.longest());
    Ok(format!("{} connections, {grown} KiB more memory at the peak; others: {times}", open.len()))
}

fn unread(ann: &Person, target: &str) -> Result<Wire> {
    let mut wire = Wire::connect(ann.client.address())?;
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    wire.write(request.repeat(REQUESTS).as_bytes())?;
    Ok(wire)
}

fn unfinished(ann: &Person, target: &str) -> Result<Wire> {
    let mut wire = Wire::connect(ann.client.address())?;
    let token = format!("Authorization: Bearer {}", ann.client.token());
    let length = format!("Content-Length: {ANNOUNCED}");
    wire.head("POST", target, &["Content-Type: application/json".to_owned(), token, length])?;
    // The server may refuse it before all of it is sent.
    drop(wire.write(b"\r\n").and_then(|()| wire.write(&vec![b' '; SENT])));
    Ok(wire)
}
