//! One user fills their storage quota with messages, another with topics and reactions. They can exceed it by what they
//! write within seconds, but not after a crash. Others can send; deleting messages, or the chatroom, makes room again.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::rig::{Answer, Bench, Person};

const QUOTA: [(&str, &str); 1] = [("STORAGE_PER_USER", "64KiB")];
/// The quota's size in messages of 4,000 characters with four bytes each, and those of the time until it is noticed.
const FULL: usize = 5;
/// The bytes of the quota.
const ALLOWED: u64 = 64 << 10;
/// The time within which the server writes what users stored, and some more.
const NOTICED: Duration = Duration::from_secs(12);
/// The time within which the server erases a deleted chatroom, and notices that.
const ERASED: Duration = Duration::from_secs(90);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, database) = (bench.rng(), bench.database()?);
    let server = bench.server_with(&database, &QUOTA)?;
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let bob = Person::new(&server.nobody(), "bob", &mut rng)?;
    let cem = Person::new(&server.nobody(), "cem", &mut rng)?;
    let room = ann.make_room(&[&bob, &cem])?;
    let of_cem = cem.make_room(&[])?;
    let long = "🦀".repeat(4_000);
    let mut sent = Vec::new();
    for _ in 0..FULL {
        sent.push(send(&ann, &room, &long)?.expect(201)?.text_of("id")?.to_owned());
    }
    wait_for(&ann, &room, 403, NOTICED)?;
    refused(&send(&ann, &room, &long)?)?;
    send(&bob, &room, "hello")?.expect(201)?;
    let entries = fill_with_entries(&cem, &of_cem)?;
    server.kill()?;
    let server = bench.server_with(&database, &QUOTA)?;
    let (ann, bob, cem) = (at(&ann, server.url()), at(&bob, server.url()), at(&cem, server.url()));
    refused(&send(&ann, &room, "after the crash")?)?;
    refused(&cem.client.patch(&of_cem, &json!({"topic": "after the crash"}))?)?;
    refused(&send(&cem, &of_cem, "nor a message")?)?;
    let used = storage_of(&cem)?;
    ensure!(used >= ALLOWED, "{used} bytes are counted after {entries} entries");
    send(&bob, &room, "hello again")?.expect(201)?;
    cem.client.delete(&of_cem)?.expect(204)?;
    wait_for(&cem, &room, 201, ERASED)?;
    for id in &sent {
        ann.client.request("DELETE", format!("{room}/messages/{id}")).send()?.expect(204)?;
    }
    wait_for(&ann, &room, 201, NOTICED)?;
    Ok(format!(
        "{FULL} messages of 16 kB, or {entries} topics and reactions, fill 64 KiB, also after a crash; \
         deleting them makes room"
    ))
}

/// Changes topic and reactions until that is refused; returns the number of entries.
fn fill_with_entries(person: &Person, room: &str) -> Result<usize> {
    let message = send(person, room, "like this")?.expect(201)?.text_of("id")?.to_owned();
    let reaction = format!("{room}/messages/{message}/reactions/%F0%9F%91%8D");
    let started = Instant::now();
    let mut entries = 0;
    while started.elapsed() < NOTICED {
        let topic = format!("{entries} {}", "🦀".repeat(240));
        let answer = person.client.patch(room, &json!({"topic": topic}))?.expect_one_of(&[200, 403])?;
        if answer.status == 403 {
            refused(&answer)?;
            return Ok(entries);
        }
        // The quota may be noticed at any of the three.
        person.client.put(&reaction)?.expect_one_of(&[204, 403])?;
        person.client.delete(&reaction)?.expect(204)?;
        entries += 3;
        sleep(Duration::from_millis(50));
    }
    None.with_context(|| format!("{entries} entries were accepted"))
}

fn storage_of(person: &Person) -> Result<u64> {
    let account = person.client.get("/api/users/me")?.expect(200)?;
    account.json["storage"]["used"].as_u64().with_context(|| account.evidence())
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
fn wait_for(person: &Person, room: &str, status: u16, limit: Duration) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < limit {
        if send(person, room, "are we there yet?")?.expect_one_of(&[201, 403])?.status == status {
            return Ok(());
        }
        sleep(Duration::from_millis(200));
    }
    None.with_context(|| format!("no answer {status} within {limit:?}"))
}
