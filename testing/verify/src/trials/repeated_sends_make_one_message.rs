//! Fifty identical concurrent sends with one Idempotency-Key store one message; with other content they are
//! refused.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::rig::{Answer, Bench, Person, dense, race};

const SENDERS: usize = 50;
const KEYS: usize = 5;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let room = ann.make_room(&[])?;
    for number in 0..KEYS {
        let key = format!("{:x}", rng.u64(..));
        let body = json!({"body": format!("hush {number}")});
        let send = |body| {
            let request = ann.client.request("POST", format!("{room}/messages"));
            request.header("Idempotency-Key", key.as_str()).json(body).send()
        };
        let answers: Vec<Answer> = race(SENDERS, |_| send(&body)?.expect(201))?;
        let first = answers.first().context("nothing was sent")?;
        for answer in &answers {
            ensure!(answer.json == first.json, "two messages\n{}\n{}", first.evidence(), answer.evidence());
        }
        let originals = answers.iter().filter(|answer| answer.header("Idempotent-Replayed").is_none()).count();
        ensure!(originals == 1, "{originals} answers say that they are the first");
        let other = send(&json!({"body": "hush, something else"}))?.expect(422)?;
        ensure!(other.text_of("code")? == "idempotency_key_reused", "{}", other.evidence());
    }
    let log = dense(&ann.client, &room)?;
    let messages = log.iter().filter(|event| event["type"] == "message.created").count();
    ensure!(messages == KEYS, "{messages} messages from {KEYS} keys");
    Ok(format!("{SENDERS} sends at once for each of {KEYS} keys, one message each"))
}
