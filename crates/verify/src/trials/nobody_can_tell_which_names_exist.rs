//! A wrong password and an unknown name: the same status, the same body, the same time.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use ureq::http::HeaderName;

use crate::rig::{Answer, Bench, Person, Times, password};

const ROUNDS: usize = 15;
/// What the slower one may take, in percent of the other.
const ALIKE: u128 = 125;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let nobody = server.nobody();
    Person::new(&nobody, "known", &mut rng)?;
    let (mut known, mut unknown) = (Times::default(), Times::default());
    for _ in 0..ROUNDS {
        let password = password(&mut rng);
        let guess = |name: &str, times: &mut Times| -> Result<Answer> {
            let login = json!({"username": name, "password": password});
            times.of(|| nobody.post("/api/auth/session", &login))?.expect(401)
        };
        let (one, other) = (guess("known", &mut known)?, guess("unknown", &mut unknown)?);
        ensure!(anonymous(&one) == anonymous(&other), "they differ\n{}\n{}", one.evidence(), other.evidence());
        ensure!(headers(&one) == headers(&other), "headers differ\n{}\n{}", one.evidence(), other.evidence());
    }
    let (known, unknown) = (known.median().as_micros(), unknown.median().as_micros());
    let alike = known.max(unknown) * 100 <= known.min(unknown) * ALIKE;
    let figures = format!("medians of {ROUNDS}: wrong password {known} µs, unknown name {unknown} µs");
    ensure!(alike, "{figures}");
    Ok(figures)
}

/// The body without what is new each time.
fn anonymous(answer: &Answer) -> Value {
    let mut body = answer.json.clone();
    body.as_object_mut().map(|fields| fields.remove("request_id"));
    body
}

fn headers(answer: &Answer) -> BTreeSet<&str> {
    answer.headers.keys().map(HeaderName::as_str).collect()
}
