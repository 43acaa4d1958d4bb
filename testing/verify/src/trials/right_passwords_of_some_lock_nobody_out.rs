//! Twenty users sign in with their right passwords again and again, over 60 connections from one address, and then from
//! thirty in ten networks. Another user at another address can sign in meanwhile, and soon.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::json;

use crate::rig::{Answer, Bench, Person, Times, Wire, race};

const ACCOUNTS: usize = 20;
const CONNECTIONS: usize = 60;
const TIME: Duration = Duration::from_secs(6);
const ALONE: Duration = Duration::from_secs(1);
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const TOLERANCE: Duration = Duration::from_secs(1);

type Counts = BTreeMap<u16, usize>;

/// Where the crowd is.
struct Crowd {
    networks: usize,
    addresses_of_each: usize,
    /// The limit for each sign-in of the other user: so many times as long as without the crowd, and some tolerance
    /// for a busy machine. The user waits for up to three passwords that are checked or next, and one of each network;
    /// in order of arrival, it would be 40, about as long as requests may wait.
    longer: u32,
}

const CROWDS: [Crowd; 2] = [
    Crowd { networks: 1, addresses_of_each: 1, longer: 8 },
    Crowd { networks: 10, addresses_of_each: 3, longer: 20 },
];

impl Crowd {
    fn address(&self, number: usize) -> Result<Ipv4Addr> {
        let network = u8::try_from(number % self.networks)?;
        let host = u8::try_from(number / self.networks % self.addresses_of_each)?;
        Ok(Ipv4Addr::new(127, 0, 100 + network, 1 + host))
    }
}

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let mut crowd = Vec::new();
    for number in 0..ACCOUNTS {
        crowd.push(Person::new(&server.nobody(), &format!("crowd{number}"), &mut rng)?);
    }
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let alone = sign_in_for(ALONE, &ann)?;
    let figures: Result<Vec<String>> = CROWDS.iter().map(|place| beside(place, &crowd, &ann, &alone)).collect();
    Ok(format!("{}; alone {alone}", figures?.join("; ")))
}

/// Lets the crowd sign in from there, and another user meanwhile.
fn beside(place: &Crowd, crowd: &[Person], ann: &Person, alone: &Times) -> Result<String> {
    let over = AtomicBool::new(false);
    let (counts, times) = thread::scope(|scope| {
        let crowd = scope.spawn(|| race(CONNECTIONS, |number| sign_in_until(place, crowd, number, &over)));
        let times = sign_in_for(TIME, ann);
        over.store(true, Ordering::SeqCst);
        let counts = crowd.join().map_err(|_| anyhow!("the crowd panicked"))?;
        anyhow::Ok((counts?, times?))
    })?;
    let mut sum = Counts::new();
    for (status, count) in counts.into_iter().flatten() {
        *sum.entry(status).or_default() += count;
    }
    let figures = format!(
        "{CONNECTIONS} connections of {ACCOUNTS} accounts in {} networks: {sum:?}; somebody else: {times}, longest {} ms",
        place.networks,
        times.longest().as_millis()
    );
    ensure!(sum.contains_key(&200), "the crowd never signed in: {figures}");
    ensure!(times.longest() <= alone.longest() * place.longer + TOLERANCE, "{figures}; alone {alone}");
    Ok(figures)
}

fn sign_in_until(place: &Crowd, crowd: &[Person], number: usize, over: &AtomicBool) -> Result<Counts> {
    let person = crowd.get(number % ACCOUNTS).context("a crowd")?;
    let mut wire = Wire::connect_from(place.address(number)?, person.client.address())?;
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
