//! Two hundred clients that trickle their heads and two hundred that trickle their bodies: heads are cut off within ten
//! seconds, bodies within thirty, and everybody else is served meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use serde_json::json;

use crate::rig::{Bench, Person, Times, Wire};

const CLIENTS: usize = 200;
const BETWEEN_BYTES: Duration = Duration::from_millis(250);
/// The time-outs, and a little for a busy machine.
const HEADS: Duration = Duration::from_secs(10 + 3);
const BODIES: Duration = Duration::from_secs(30 + 4);
/// For the others.
const SOON: Duration = Duration::from_secs(3);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let target = format!("{}/messages", ann.make_room(&[])?);
    let heads: Vec<Wire> = (0..CLIENTS).map(|_| slow_head(&ann)).collect::<Result<_>>()?;
    let bodies: Vec<Wire> = (0..CLIENTS).map(|_| slow_body(&ann, &target, rng.bool())).collect::<Result<_>>()?;
    let done = AtomicBool::new(false);
    let (others, heads, bodies) = thread::scope(|scope| {
        let others = scope.spawn(|| be_served_until(&done, &ann, &target));
        let heads = scope.spawn(|| trickle(heads, b"x", HEADS));
        let bodies = trickle(bodies, b"1\r\nx\r\n", BODIES);
        done.store(true, Ordering::SeqCst);
        let heads = heads.join().map_err(|_| anyhow!("a client panicked"))?;
        let others = others.join().map_err(|_| anyhow!("a client panicked"))?;
        anyhow::Ok((others?, heads?, bodies?))
    })?;
    ensure!(heads.left == 0, "{} heads were still read after {HEADS:?}", heads.left);
    ensure!(bodies.left == 0, "{} bodies were still read after {BODIES:?}", bodies.left);
    ensure!(others.longest() <= SOON, "others: {others}, longest {:?}", others.longest());
    let (head, body) = (heads.last.as_secs_f32(), bodies.last.as_secs_f32());
    Ok(format!("the last head was cut off after {head:.1} s, the last body after {body:.1} s; others: {others}"))
}

fn slow_head(ann: &Person) -> Result<Wire> {
    let mut wire = Wire::connect(ann.client.address())?;
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

struct CutOff {
    /// When the last one was.
    last: Duration,
    /// How many were not.
    left: usize,
}

/// Writes a little again and again, until the server has had enough of everybody.
fn trickle(mut wires: Vec<Wire>, little: &[u8], limit: Duration) -> Result<CutOff> {
    let started = Instant::now();
    let mut last = Duration::ZERO;
    while !wires.is_empty() && started.elapsed() < limit {
        let mut open = Vec::new();
        for mut wire in wires {
            if wire.write(little).is_ok() && !wire.has_something_to_say()? {
                open.push(wire);
                continue;
            }
            last = started.elapsed();
            if let Some(answer) = wire.answer()? {
                answer.expect(408)?;
            }
        }
        wires = open;
        thread::sleep(BETWEEN_BYTES);
    }
    Ok(CutOff { last, left: wires.len() })
}

fn be_served_until(done: &AtomicBool, ann: &Person, target: &str) -> Result<Times> {
    let mut times = Times::default();
    while !done.load(Ordering::SeqCst) {
        times.of(|| ann.client.get("/healthz"))?.expect(200)?;
        times.of(|| ann.client.get("/api/users/me"))?.expect(200)?;
        times.of(|| ann.client.post(target, &json!({"body": "hush"})))?.expect(201)?;
        thread::sleep(BETWEEN_BYTES);
    }
    Ok(times)
}
