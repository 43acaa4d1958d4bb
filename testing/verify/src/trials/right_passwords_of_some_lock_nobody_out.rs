//! Six users sign in with their right passwords again and again, over 60 connections from one address. Another user at
//! another address can sign in meanwhile, and soon.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::json;

use crate::rig::{Answer, Bench, Person, Times, Wire, race};

const ACCOUNTS: usize = 6;
const CONNECTIONS: usize = 60;
const TIME: Duration = Duration::from_secs(6);
const ALONE: Duration = Duration::from_secs(1);
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// The limit for each sign-in of the other user, who waits for four passwords of the crowd: so many times as long as
/// without the crowd, and some tolerance for a busy machine.
const LONGER: u32 = 8;
const TOLERANCE: Duration = Duration::from_secs(1);

type Counts = BTreeMap<u16, usize>;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let mut crowd = Vec::new();
    for number in 0..ACCOUNTS {
        crowd.push(Person::new(&server.nobody(), &format!("crowd{number}"), &mut rng)?);
    }
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let alone = sign_in_for(ALONE, &ann)?;
    let over = AtomicBool::new(false);
    let (counts, times) = thread::scope(|scope| {
        let crowd = scope.spawn(|| race(CONNECTIONS, |number| sign_in_until(&crowd, number, &over)));
        let times = sign_in_for(TIME, &ann);
        over.store(true, Ordering::SeqCst);
        let counts = crowd.join().map_err(|_| anyhow!("the crowd panicked"))?;
        anyhow::Ok((counts?, times?))
    })?;
    let mut sum = Counts::new();
    for (status, count) in counts.into_iter().flatten() {
        *sum.entry(status).or_default() += count;
    }
    let figures = format!(
        "{CONNECTIONS} connections of {ACCOUNTS} accounts: {sum:?}; somebody else: {times}, longest {} ms, and alone {alone}",
        times.longest().as_millis()
    );
    ensure!(sum.contains_key(&200), "the crowd never signed in: {figures}");
    ensure!(times.longest() <= alone.longest() * LONGER + TOLERANCE, "{figures}");
    Ok(figures)
}

fn sign_in_until(crowd: &[Person], number: usize, over: &AtomicBool) -> Result<Counts> {
    let person = crowd.get(number % ACCOUNTS).context("a crowd")?;
    let mut wire = Wire::connect(person.client.address())?;
    let mut counts = Counts::new();
    while !over.load(Ordering::SeqCst) {
        let answer = sign_in(&mut wire, person)?.expect_one_of(&[200, 429, 503])?;
        *counts.entry(answer.status).or_default() += 1;
    }
    Ok(counts)
}

/// Signs in from another address, which has to succeed each time.
fn sign_in_for(time: Duration, ann: &Person) -> Result<Times> {
    let mut wire = Wire::connect_from(ELSEWHERE, ann.client.address())?;
    let (mut times, started) = (Times::default(), Instant::now());
    while started.elapsed() < time {
        times.of(|| sign_in(&mut wire, ann))?.expect(200)?;
    }
    Ok(times)
}

fn sign_in(wire: &mut Wire, person: &Person) -> Result<Answer> {
    let login = json!({"username": person.name, "password": person.password});
    wire.ask("POST", "/api/auth/session", "", Some(&login))
}
