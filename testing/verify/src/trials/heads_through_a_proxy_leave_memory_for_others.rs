//! Clients of a trusted proxy send large heads: hundreds that never complete, then many of one client whose bodies
//! never complete. Bodies and heads of others still find memory.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::rig::{Answer, Bench, Person, Server, Wire, until};

const PROXY: Ipv4Addr = Ipv4Addr::new(127, 0, 9, 1);
/// More than all of the memory.
const UNFINISHED: usize = 400;
/// More than what the last large one leaves.
const SMALLER: usize = 40;
/// More than a client's share.
const OF_ONE: usize = 60;
/// Almost the largest head.
const PADDING: usize = 120_000;
/// A head of which only a little counts.
const SMALLER_PADDING: usize = 24_000;
/// A body that arrives in several parts, and so counts.
const BODY: usize = 60_000;
/// The time within which the server notices that connections have ended.
const FREED: Duration = Duration::from_secs(10);
const FORWARDED: &str = "X-Forwarded-For: 192.0.2.";

pub(super) fn run(bench: &Bench) -> Result<String> {
    let variables = [("TRANSFER_MEMORY_MIB", "32"), ("TRUSTED_PROXIES", "127.0.9.1")];
    let (mut rng, server) = (bench.rng(), bench.server_with(&bench.database()?, &variables)?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let target = format!("{}/messages", ann.make_room(&[])?);
    let address = ann.client.address();
    let sizes = [[PADDING].repeat(UNFINISHED), [SMALLER_PADDING].repeat(SMALLER)].concat();
    let unfinished = sizes.into_iter().map(|size| unfinished_head(address, size)).collect::<Result<Vec<_>>>()?;
    for source in [PROXY, Ipv4Addr::LOCALHOST] {
        send(source, &ann, &target)?.expect(201).context("while heads are incomplete")?;
    }
    let closed = count(&unfinished)?;
    ensure!(closed > 0, "all large heads found memory");
    drop(unfinished);
    until(FREED, "the memory is free again", || Ok((held_bytes(&server)? == 0).then_some(())))?;

    let mut of_one = (0..OF_ONE).map(|_| unfinished_body(address)).collect::<Result<Vec<_>>>()?;
    send(PROXY, &ann, &target)?.expect(201).context("while bodies of one client are incomplete")?;
    let mut other = Wire::connect_from(PROXY, address)?;
    other.head("GET", "/healthz", &[padding(PADDING), format!("{FORWARDED}2")])?;
    other.write(b"\r\n")?;
    other.expect_answer()?.expect(200).context("another client's large head")?;
    let mut refused = 0;
    for wire in &mut of_one {
        if wire.has_response()? {
            wire.expect_answer()?.expect(503)?;
            refused += 1;
        }
    }
    ensure!(refused > 0, "one client holds {OF_ONE} large heads");
    Ok(format!("{closed} unfinished heads of {UNFINISHED} large and {SMALLER} smaller ones, and {refused} of {OF_ONE} of one client were refused"))
}

fn held_bytes(server: &Server) -> Result<u64> {
    let metrics = server.nobody().get("/metrics")?.expect(200)?;
    let line = metrics.text.lines().find_map(|line| line.strip_prefix("chit_chat_held_bytes "));
    line.and_then(|count| count.parse().ok()).with_context(|| metrics.evidence())
}

fn padding(size: usize) -> String {
    format!("X-Padding: {}", "x".repeat(size))
}

fn unfinished_head(address: &str, size: usize) -> Result<Wire> {
    let mut wire = Wire::connect_from(PROXY, address)?;
    // Fails if the server has closed the connection already.
    drop(wire.head("GET", "/healthz", &[padding(size)]));
    Ok(wire)
}

fn unfinished_body(address: &str) -> Result<Wire> {
    let mut wire = Wire::connect_from(PROXY, address)?;
    let json = "Content-Type: application/json".to_owned();
    let lines = [padding(PADDING), json, format!("{FORWARDED}1"), "Content-Length: 1000".to_owned()];
    wire.head("POST", "/api/auth/session", &lines)?;
    wire.write(b"\r\n{")?;
    Ok(wire)
}

/// Sends a message whose body needs memory, as a client of its own.
fn send(source: Ipv4Addr, ann: &Person, target: &str) -> Result<Answer> {
    let mut wire = Wire::connect_from(source, ann.client.address())?;
    let token = format!("Authorization: Bearer {}", ann.client.token());
    let json = "Content-Type: application/json".to_owned();
    wire.head("POST", target, &[json, token, format!("{FORWARDED}3"), format!("Content-Length: {BODY}")])?;
    wire.write(format!("\r\n{:BODY$}", r#"{"body": "hello"}"#).as_bytes())?;
    wire.expect_answer()
}

/// The number of connections that the server has closed.
fn count(wires: &[Wire]) -> Result<usize> {
    wires.iter().map(|wire| wire.has_response().map(usize::from)).sum()
}
