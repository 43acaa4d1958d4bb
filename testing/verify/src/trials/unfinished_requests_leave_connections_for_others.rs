//! Three addresses take all connections with heads or bodies that they do not finish, or with streams, and go on
//! connecting. A newcomer is answered soon, and whoever holds few connections keeps them.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};

use crate::rig::{Bench, Person, Wire};

const HOLDERS: u8 = 3;
/// The least number of streams that one user may have open.
const STREAMS_PER_USER: usize = 40;
const NEWCOMERS: u8 = 8;
/// The time for the holders to fill the server. Together with the time for a newcomer it is less than that for a
/// head, for the first part of a body, or for a connection to be idle.
const FILLING: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_secs(2);
const BETWEEN_CONNECTIONS: Duration = Duration::from_millis(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Head,
    Body,
    Stream,
}

pub(super) fn run(bench: &Bench) -> Result<String> {
    let mut figures = Vec::new();
    for kind in [Kind::Head, Kind::Body, Kind::Stream] {
        let longest = attack(bench, kind).with_context(|| format!("while others hold {kind:?}"))?;
        figures.push(format!("{kind:?} {} ms", longest.as_millis()));
    }
    Ok(format!("{HOLDERS} addresses hold everything; the longest wait of {NEWCOMERS} others: {}", figures.join(", ")))
}

/// Returns the longest wait of a newcomer.
fn attack(bench: &Bench, kind: Kind) -> Result<Duration> {
    // Places are divided among the workers, one for each processor.
    let places = 40 * thread::available_parallelism()?.get();
    let share = places / 2;
    let limits = [("MAX_CONNECTIONS", places.to_string()), ("CONNECTIONS_PER_ADDRESS", share.to_string())];
    let limits = limits.each_ref().map(|(name, value)| (*name, value.as_str()));
    let (mut rng, server) = (bench.rng(), bench.server_with(&bench.database()?, &limits)?);
    let users = if kind == Kind::Stream { 1 + usize::from(HOLDERS) * share / STREAMS_PER_USER } else { 1 };
    let people = (0..users).map(|number| Person::new(&server.nobody(), &format!("user{number}"), &mut rng));
    let tokens: Vec<_> = people.map(|person| Ok(person?.client.token().to_owned())).collect::<Result<_>>()?;
    let address = server.nobody().address().to_owned();
    let mut few = newcomer(&address, 100)?;
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let held = |holder: u8| {
            let (address, tokens, over) = (&address, &tokens, &over);
            scope.spawn(move || hold(kind, address, holder, tokens, share, over))
        };
        let holders: Vec<_> = (0..HOLDERS).map(held).collect();
        thread::sleep(FILLING);
        let waited = (0..NEWCOMERS).map(|number| {
            let started = Instant::now();
            let mut newcomer = newcomer(&address, number)?;
            ask(&mut newcomer)?;
            Ok((started.elapsed(), newcomer))
        });
        let waited: Result<Vec<_>> = waited.collect();
        over.store(true, Ordering::SeqCst);
        for holder in holders {
            holder.join().map_err(|_| anyhow!("a holder panicked"))??;
        }
        let longest = waited?.into_iter().map(|(time, _)| time).max().unwrap_or_default();
        ask(&mut few).context("a connection of somebody who holds one was closed")?;
        ensure!(longest <= SOON, "a newcomer waited {} ms", longest.as_millis());
        Ok(longest)
    })
}

/// Keeps a share of the connections until it is over: replaces those that the server closes.
fn hold(kind: Kind, address: &str, holder: u8, tokens: &[String], share: usize, over: &AtomicBool) -> Result<()> {
    let mut held = Vec::new();
    for number in 0.. {
        if over.load(Ordering::SeqCst) {
            break;
        }
        held.retain_mut(|wire: &mut Wire| !wire.is_closed());
        if held.len() < share {
            let mut wire = Wire::connect_from(Ipv4Addr::new(127, 0, 200 + holder, 1), address)?;
            let token = tokens.get(number % tokens.len()).context("a token")?;
            // Fails if the server has closed the connection already.
            if begin(kind, &mut wire, token).is_ok() {
                held.push(wire);
            }
        }
        thread::sleep(BETWEEN_CONNECTIONS);
    }
    Ok(())
}

fn begin(kind: Kind, wire: &mut Wire, token: &str) -> Result<()> {
    let json = "Content-Type: application/json".to_owned();
    match kind {
        Kind::Head => wire.head("GET", "/healthz", &[]),
        Kind::Body => {
            wire.head("POST", "/api/auth/session", &[json, "Content-Length: 1000".to_owned()])?;
            Ok(wire.write(b"\r\n{")?)
        }
        Kind::Stream => {
            wire.head("GET", "/api/events", &[format!("Authorization: Bearer {token}")])?;
            Ok(wire.write(b"\r\n")?)
        }
    }
}

/// Connects from a network of its own.
fn newcomer(address: &str, network: u8) -> Result<Wire> {
    let mut wire = Wire::connect_from(Ipv4Addr::new(127, 0, 50 + network, 1), address)?;
    ask(&mut wire)?;
    Ok(wire)
}

fn ask(wire: &mut Wire) -> Result<()> {
    wire.head("GET", "/healthz", &[])?;
    wire.write(b"\r\n")?;
    wire.expect_answer()?.expect(200).map(drop)
}
