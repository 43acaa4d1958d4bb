//! One user fills their storage quota: they can exceed it by what they send within seconds, but neither through another
//! instance nor after a crash. Others can send, and deleting makes room again.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::rig::{Answer, Bench, Person};

const QUOTA: [(&str, &str); 1] = [("STORAGE_PER_USER", "64KiB")];
/// The quota's size in messages of 4,000 characters with four bytes each, and those of the time until it is noticed.
const FULL: usize = 5;
/// The time within which the server writes what users stored, and some more.
const NOTICED: Duration = Duration::from_secs(12);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, database) = (bench.rng(), bench.database()?);
    let server = bench.server_with(&database, &QUOTA)?;
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let bob = Person::new(&server.nobody(), "bob", &mut rng)?;
    let room = ann.make_room(&[&bob])?;
    let long = "🦀".repeat(4_000);
    let mut sent = Vec::new();
    for _ in 0..FULL {
        sent.push(send(&ann, &room, &long)?.expect(201)?.text_of("id")?.to_owned());
    }
    wait_for(&ann, &room, 403)?;
    refused(&send(&ann, &room, &long)?)?;
    send(&bob, &room, "hello")?.expect(201)?;
    server.kill()?;
    let server = bench.server_with(&database, &QUOTA)?;
    let (ann, bob) = (at(&ann, server.url()), at(&bob, server.url()));
    refused(&send(&ann, &room, "after the crash")?)?;
    send(&bob, &room, "hello again")?.expect(201)?;
    for id in &sent {
        ann.client.request("DELETE", format!("{room}/messages/{id}")).send()?.expect(204)?;
    }
    wait_for(&ann, &room, 201)?;
    Ok(format!("{FULL} messages of 16 kB fill 64 KiB, also after a crash; deleting them makes room"))
}

fn at(person: &Person, url: &str) -> Person {
    Person { client: person.client.at(url), ..person.clone() }
}

fn send(person: &Person, room: &str, text: &str) -> Result<Answer> {
    person.client.post(format!("{room}/messages"), &json!({"body": text}))
}

fn refused(answer: &Answer) -> Result<()> {
    ensure!(answer.status == 403 && answer.text_of("code")? == "storage_full", "{}", answer.evidence());
    Ok(())
}

/// Sends short messages until one gets this status.
fn wait_for(person: &Person, room: &str, status: u16) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < NOTICED {
        if send(person, room, "are we there yet?")?.expect_one_of(&[201, 403])?.status == status {
            return Ok(());
        }
        sleep(Duration::from_millis(200));
    }
    None.with_context(|| format!("no answer {status} within {NOTICED:?}"))
}
