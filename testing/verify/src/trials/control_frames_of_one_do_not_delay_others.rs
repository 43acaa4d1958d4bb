//! Pings, pongs and fragments arrive as fast as possible on several sockets, without a token and with one: the server closes
//! each `WebSocket`, takes little more of it, and answers others quickly.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use serde_json::json;

use crate::rig::{Bench, Client, Person, Socket, Times};

const SOCKETS: usize = 4;
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const PING: u8 = 9;
const PONG: u8 = 10;
const FRAMES: usize = 1_000;
const TIME: Duration = Duration::from_secs(3);
const BETWEEN_REQUESTS: Duration = Duration::from_millis(10);
/// The limit for what the server takes from one WebSocket, with what the kernel buffers.
const MOST: usize = 32 * 1024 * 1024;
/// The limit for the median of requests of others: so many times as long as without the flood, and some tolerance
/// for a busy machine.
const LONGER: u32 = 5;
const TOLERANCE: Duration = Duration::from_millis(50);
const POLICY: u16 = 1008;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let bob = Person::new(&server.nobody(), "bob", &mut rng)?;
    let quiet = look(&bob)?;
    let (mut figures, mut are_quick) = (vec![format!("alone {quiet}")], true);
    for (name, flood, token) in [
        ("pings of strangers", Flood::of(PING), None),
        ("pongs of strangers", Flood::of(PONG), None),
        ("empty fragments of strangers", Flood::of_fragments(b""), None),
        ("pings", Flood::of(PING), Some(ann.client.token())),
        ("pongs", Flood::of(PONG), Some(ann.client.token())),
        ("empty fragments", Flood::of_fragments(b""), Some(ann.client.token())),
        ("short fragments", Flood::of_fragments(b" "), Some(ann.client.token())),
    ] {
        let (over, cpu_before) = (AtomicBool::new(false), server.process().cpu_time()?);
        let (closed, times) = thread::scope(|scope| {
            let run = || flood.run_until(&ann.client, token, &over);
            let floods: Vec<_> = (0..SOCKETS).map(|_| scope.spawn(run)).collect();
            let times = look(&bob);
            over.store(true, Ordering::SeqCst);
            let mut closed = 0;
            for flood in floods {
                closed += flood.join().map_err(|_| anyhow!("a flood panicked"))??;
            }
            anyhow::Ok((closed, times?))
        })?;
        let busy = server.process().cpu_time()?.saturating_sub(cpu_before);
        figures.push(format!("{name} {times}, {closed} closed, server busy {} ms", busy.as_millis()));
        are_quick &= times.median() <= quiet.median() * LONGER + TOLERANCE;
    }
    let figures = figures.join("; ");
    ensure!(are_quick, "{figures}");
    Ok(figures)
}

/// Frames that are sent again and again.
struct Flood {
    /// The start of a message, if they continue one.
    first: Vec<u8>,
    frames: Vec<u8>,
}

impl Flood {
    fn of(opcode: u8) -> Self {
        Self { first: Vec::new(), frames: Socket::frame(opcode, b"").repeat(FRAMES) }
    }

    fn of_fragments(payload: &[u8]) -> Self {
        let frames = Socket::fragment(CONTINUATION, payload).repeat(FRAMES);
        Self { first: Socket::fragment(TEXT, b"{"), frames }
    }

    /// Sends the frames and opens another WebSocket when one is closed. Returns how many were closed.
    fn run_until(&self, client: &Client, token: Option<&str>, over: &AtomicBool) -> Result<usize> {
        let mut closed = 0;
        while !over.load(Ordering::SeqCst) {
            let mut socket = Socket::open(client.address())?;
            if let Some(token) = token {
                socket.send(&json!({"type": "start", "token": token}))?;
            }
            socket.write(&self.first)?;
            let mut sent = 0;
            while !over.load(Ordering::SeqCst) && socket.write(&self.frames).is_ok() {
                sent += self.frames.len();
                ensure!(sent <= MOST, "a WebSocket took {sent} bytes of small frames");
            }
            if over.load(Ordering::SeqCst) {
                break;
            }
            // A reset may have overtaken the reason.
            let code = socket.close_code()?;
            ensure!(code.is_none_or(|code| code == POLICY), "closed with {code:?}");
            closed += 1;
        }
        Ok(closed)
    }
}

fn look(bob: &Person) -> Result<Times> {
    let (mut times, started) = (Times::default(), Instant::now());
    while started.elapsed() < TIME {
        for path in ["/healthz", "/api/users/me"] {
            times.of(|| bob.client.get(path))?.expect(200)?;
            thread::sleep(BETWEEN_REQUESTS);
        }
    }
    Ok(times)
}
