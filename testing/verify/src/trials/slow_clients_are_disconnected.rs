//! Two hundred clients trickle their first head, fifty trickle their second, and two hundred trickle their
//! body: the server disconnects all of them after their timeouts and not before, and serves other clients
//! meanwhile.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::json;

use crate::rig::{Bench, Person, Times, Wire};

const CLIENTS: usize = 200;
const LATER: usize = 50;
const BETWEEN_BYTES: Duration = Duration::from_millis(250);
/// The timeouts, with some tolerance for a busy machine.
const HEADS: Range<Duration> = seconds(5, 10 + 3);
const BODIES: Range<Duration> = seconds(8, 10 + 4);
const LATER_HEADS: Range<Duration> = seconds(60, 85 + 5);
/// The limit for responses to other clients.
const SOON: Duration = Duration::from_secs(3);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let target = format!("{}/messages", ann.make_room(&[])?);
    let heads = (0..CLIENTS).map(|_| slow_head(&ann)).collect::<Result<_>>()?;
    let later = (0..LATER).map(|_| slow_later_head(&ann)).collect::<Result<_>>()?;
    let bodies = (0..CLIENTS).map(|_| slow_body(&ann, &target, rng.bool())).collect::<Result<_>>()?;
    let done = AtomicBool::new(false);
    let (others, cut_off) = thread::scope(|scope| {
        let others = scope.spawn(|| measure_until(&done, &ann, &target));
        let slow = [
            scope.spawn(|| trickle(heads, b"x", HEADS)),
            scope.spawn(|| trickle(bodies, b"1\r\nx\r\n", BODIES)),
            scope.spawn(|| trickle(later, b"x", LATER_HEADS)),
        ];
        let cut_off = slow.map(|slow| slow.join().map_err(|_| anyhow!("a client panicked")).flatten());
        done.store(true, Ordering::SeqCst);
        let others = others.join().map_err(|_| anyhow!("a client panicked"))?;
        anyhow::Ok((others?, cut_off))
    })?;
    ensure!(others.longest() <= SOON, "others: {others}, longest {:?}", others.longest());
    let [heads, bodies, later] = cut_off;
    let (heads, bodies, later) = (heads?.as_secs_f32(), bodies?.as_secs_f32(), later?.as_secs_f32());
    Ok(format!("the last head was cut off after {heads:.1} s, body {bodies:.1} s, second head {later:.1} s; others: {others}"))
}

const fn seconds(from: u64, to: u64) -> Range<Duration> {
    Duration::from_secs(from)..Duration::from_secs(to)
}

fn slow_head(ann: &Person) -> Result<Wire> {
    let mut wire = Wire::connect(ann.client.address())?;
    wire.head("GET", "/healthz", &[])?;
    wire.write(b"X-Slow: ")?;
    Ok(wire)
}

fn slow_later_head(ann: &Person) -> Result<Wire> {
    let mut wire = Wire::connect(ann.client.address())?;
    wire.head("GET", "/healthz", &[])?;
    wire.write(b"\r\n")?;
    wire.answer()?.context("no answer to the first request")?.expect(200)?;
    wire.head("GET", "/healthz", &[])?;
    wire.write(b"X-Slow: ")?;
    Ok(wire)
}

fn slow_body(ann: &Person, target: &str, chunked: bool) -> Result<Wire> {
    let length = if chunked { "Transfer-Encoding: chunked" } else { "Content-Length: 100000" };
    let token = format!("Authorization: Bearer {}", ann.client.token());
    let mut wire = Wire::connect(ann.client.address())?;
    wire.head("POST", target, &["Content-Type: application/json".to_owned(), token, length.to_owned()])?;
    wire.write(b"\r\n")?;
    Ok(wire)
}

/// Writes a few bytes repeatedly until the server has closed every connection, which must happen in this range
/// of time. Returns the time of the last close.
fn trickle(mut wires: Vec<Wire>, little: &[u8], in_time: Range<Duration>) -> Result<Duration> {
    let started = Instant::now();
    let mut last = Duration::ZERO;
    while !wires.is_empty() {
        let mut open = Vec::new();
        for mut wire in wires {
            if wire.write(little).is_ok() && !wire.has_response()? {
                open.push(wire);
                continue;
            }
            last = started.elapsed();
            ensure!(last >= in_time.start, "cut off already after {last:?}");
            if let Some(answer) = wire.answer()? {
                answer.expect(408)?;
            }
        }
        wires = open;
        ensure!(started.elapsed() < in_time.end, "{} were still read after {:?}", wires.len(), in_time.end);
        thread::sleep(BETWEEN_BYTES);
    }
    Ok(last)
}

fn measure_until(done: &AtomicBool, ann: &Person, target: &str) -> Result<Times> {
    let mut times = Times::default();
    while !done.load(Ordering::SeqCst) {
        times.of(|| ann.client.get("/healthz"))?.expect(200)?;
        times.of(|| ann.client.get("/api/users/me"))?.expect(200)?;
        times.of(|| ann.client.post(target, &json!({"body": "hush"})))?.expect(201)?;
        thread::sleep(BETWEEN_BYTES);
    }
    Ok(times)
}
