//! A wrong password and an unknown username get the same status and body, in the same time.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};
use fastrand::Rng;
use serde_json::{Value, json};
use ureq::http::HeaderName;

use crate::rig::{Answer, Bench, Client, Person, Times, password};

const ROUNDS: usize = 15;
/// Passwords are checked at low priority, so other load disturbs single batches; a real difference shows in all
/// of them.
const BATCHES: usize = 3;
/// The allowed duration of the slower one, in percent of the faster.
const ALIKE: u128 = 125;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let nobody = server.nobody();
    Person::new(&nobody, "known", &mut rng)?;
    let mut figures = String::new();
    for _ in 0..BATCHES {
        let (known, unknown) = compare(&nobody, &mut rng)?;
        figures = format!("medians of {ROUNDS}: wrong password {known} µs, unknown name {unknown} µs");
        if known.max(unknown) * 100 <= known.min(unknown) * ALIKE {
            return Ok(figures);
        }
    }
    bail!("{figures}, and no better in {BATCHES} batches");
}

/// The median times of both, in microseconds.
fn compare(nobody: &Client, rng: &mut Rng) -> Result<(u128, u128)> {
    let (mut known, mut unknown) = (Times::default(), Times::default());
    for _ in 0..ROUNDS {
        let password = password(rng);
        let guess = |name: &str, times: &mut Times| -> Result<Answer> {
            let login = json!({"username": name, "password": password});
            times.of(|| nobody.post("/api/auth/session", &login))?.expect(401)
        };
        let (one, other) = (guess("known", &mut known)?, guess("unknown", &mut unknown)?);
        ensure!(anonymous(&one) == anonymous(&other), "they differ\n{}\n{}", one.evidence(), other.evidence());
        ensure!(headers(&one) == headers(&other), "headers differ\n{}\n{}", one.evidence(), other.evidence());
    }
    Ok((known.median().as_micros(), unknown.median().as_micros()))
}

/// The body without the fields that differ in every response.
fn anonymous(answer: &Answer) -> Value {
    let mut body = answer.json.clone();
    body.as_object_mut().map(|fields| fields.remove("request_id"));
    body
}

fn headers(answer: &Answer) -> BTreeSet<&str> {
    answer.headers.keys().map(HeaderName::as_str).collect()
}
