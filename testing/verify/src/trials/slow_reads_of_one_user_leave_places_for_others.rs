//! One user reads large pages as HTML and searches, over 64 connections. Another user at another address reads and
//! writes meanwhile: no request is refused, and all of them are quick.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use serde_json::json;

use crate::rig::{Bench, MARK, Person, Times, Wire, race};

const CONNECTIONS: usize = 64;
const MESSAGES: usize = 200;
/// Links that are never closed: slow to render.
const SLOW: &str = "http://a[ *b ";
const TIME: Duration = Duration::from_secs(4);
const BETWEEN_REQUESTS: Duration = Duration::from_millis(10);
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// The limits for requests of the other user.
const USUALLY: Duration = Duration::from_millis(250);
const ALWAYS: Duration = Duration::from_secs(2);

type Counts = BTreeMap<u16, usize>;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let bob = Person::new(&server.nobody(), "bob", &mut rng)?;
    let (large, small) = (ann.make_room(&[])?, bob.make_room(&[])?);
    let body = json!({"body": format!("{MARK} {}", SLOW.repeat(300))});
    race(4, |_| {
        (0..MESSAGES / 4).try_for_each(|_| ann.client.post(format!("{large}/messages"), &body)?.expect(201).map(drop))
    })?;
    let over = AtomicBool::new(false);
    let (reads, times) = thread::scope(|scope| {
        let reading = scope.spawn(|| race(CONNECTIONS, |number| read(&ann, &large, number, &over)));
        let times = live(&bob, &small);
        over.store(true, Ordering::SeqCst);
        let reads = reading.join().map_err(|_| anyhow!("the reader panicked"))?;
        anyhow::Ok((reads?, times?))
    })?;
    let mut counts = Counts::new();
    for (status, count) in reads.into_iter().flatten() {
        *counts.entry(status).or_default() += count;
    }
    let figures = format!(
        "the reader over {CONNECTIONS} connections: {counts:?}; another user: {times}, longest {} ms",
        times.longest().as_millis()
    );
    ensure!(counts.contains_key(&200), "the reader read nothing: {figures}");
    ensure!(times.median() <= USUALLY && times.longest() <= ALWAYS, "{figures}");
    Ok(figures)
}

/// Reads without pause, each time something else that is slow. Counts the statuses.
fn read(ann: &Person, large: &str, number: usize, over: &AtomicBool) -> Result<Counts> {
    let paths = [
        format!("{large}/messages?limit=200&render=html"),
        "/api/users?q=a&limit=200".to_owned(),
        "/api/users/me/messages?limit=200&render=html".to_owned(),
        "/api/chatrooms?visibility=public&q=room&limit=200".to_owned(),
    ];
    let mut wire = Wire::connect(ann.client.address())?;
    let mut counts = Counts::new();
    for path in paths.iter().cycle().skip(number) {
        if over.load(Ordering::SeqCst) {
            break;
        }
        let answer = wire.ask("GET", path, ann.client.token(), None)?.expect_one_of(&[200, 429, 503])?;
        *counts.entry(answer.status).or_default() += 1;
    }
    Ok(counts)
}

/// Uses the service as people do, from another address. Fails if a request is refused.
fn live(bob: &Person, room: &str) -> Result<Times> {
    let mut wire = Wire::connect_from(ELSEWHERE, bob.client.address())?;
    let (mut times, started) = (Times::default(), Instant::now());
    let requests = [
        ("GET", "/api/users/me".to_owned(), None, 200),
        ("GET", room.to_owned(), None, 200),
        ("POST", format!("{room}/messages"), Some(json!({"body": MARK})), 201),
        ("GET", format!("{room}/messages?limit=20&render=html"), None, 200),
        ("GET", "/api/users?q=bob".to_owned(), None, 200),
    ];
    while started.elapsed() < TIME {
        for (method, target, body, status) in &requests {
            times.of(|| wire.ask(method, target, bob.client.token(), body.as_ref()))?.expect(*status)?;
            thread::sleep(BETWEEN_REQUESTS);
        }
    }
    Ok(times)
}
