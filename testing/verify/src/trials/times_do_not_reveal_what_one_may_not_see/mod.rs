//! A request for something hidden gets the same response as one for something that does not exist, and takes as long:
//! in every route that takes an id, according to the API's own description.

mod pairs;
mod scene;

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use fastrand::Rng;
use serde_json::Value;
use ureq::http::HeaderName;

use self::pairs::{Pair, Request, pairs};
use self::scene::Scene;
use crate::rig::{Answer, Bench, Times, Wire};

const WARM_UP: usize = 5;
const SAMPLES: usize = 60;
/// The samples of a second, longer measurement of a pair that exceeds the bound.
const MORE_SAMPLES: usize = 300;
/// The allowed chance of telling from one time which request it was. Guessing succeeds with 0.5.
const MOST: f64 = 0.65;
const SHOWN: usize = 3;

/// The times of both requests of a pair.
#[derive(Default)]
struct Measured {
    hidden: Times,
    absent: Times,
}

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let document = server.nobody().get("/api/openapi.json")?.expect(200)?.json;
    let scene = Scene::new(&server, &mut rng)?;
    let mut wire = Wire::connect(scene.stranger.client.address())?;
    let mut measure = |pair: &Pair, samples| measure(&mut wire, scene.stranger.client.token(), pair, samples, &mut rng);
    let control = measure(&scene.control(), MORE_SAMPLES)?;
    ensure!(control.chance() <= MOST, "two requests for nothing differ, so nothing can be measured: {control}");
    let mut results = Vec::new();
    for pair in pairs(&document, &scene)? {
        let mut measured = measure(&pair, SAMPLES).with_context(|| pair.name.clone())?;
        if measured.chance() > MOST {
            measured = measure(&pair, MORE_SAMPLES)?;
        }
        results.push((measured.chance(), format!("{}: {measured}", pair.name)));
    }
    results.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let told = results.iter().filter(|(chance, _)| *chance > MOST).count();
    let shown: Vec<&str> = results.iter().take(SHOWN.max(told)).map(|(_, figures)| figures.as_str()).collect();
    if told > 0 {
        bail!("{told} of {} pairs are told apart; two that do not exist: {control}\n{}", results.len(), shown.join("\n"));
    }
    Ok(format!("{} pairs, the worst of which are {}; two that do not exist: {control}", results.len(), shown.join("; ")))
}

impl Measured {
    /// The chance of telling from one time which of the two it was.
    fn chance(&self) -> f64 {
        let chance = self.hidden.chance_of_exceeding(&self.absent);
        chance.max(1.0 - chance)
    }
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (hidden, absent) = (self.hidden.median().as_micros(), self.absent.median().as_micros());
        write!(f, "{hidden} and {absent} µs, told apart with {:.2}", self.chance())
    }
}

/// Sends both requests in random order again and again, and compares their responses.
fn measure(wire: &mut Wire, token: &str, pair: &Pair, samples: usize, rng: &mut Rng) -> Result<Measured> {
    let (mut measured, mut warm_up) = (Measured::default(), Measured::default());
    for number in 0..WARM_UP + samples {
        let times = if number < WARM_UP { &mut warm_up } else { &mut measured };
        let hidden_first = rng.bool();
        let mut hidden = None;
        if hidden_first {
            hidden = Some(ask(wire, token, &pair.hidden, &mut times.hidden)?);
        }
        let absent = ask(wire, token, &pair.absent, &mut times.absent)?;
        let hidden = hidden.map_or_else(|| ask(wire, token, &pair.hidden, &mut times.hidden), Ok)?;
        ensure!(comparable(&hidden) == comparable(&absent), "they differ\n{}\n{}", hidden.evidence(), absent.evidence());
    }
    Ok(measured)
}

fn ask(wire: &mut Wire, token: &str, request: &Request, times: &mut Times) -> Result<Answer> {
    let answer = times.of(|| wire.ask(request.method, &request.target, token, request.body.as_ref()))?;
    // Leaving is idempotent. Everything else is refused, or the pair compares something that is not hidden.
    ensure!(answer.status == 204 || (400..500).contains(&answer.status), "it is not hidden\n{}", answer.evidence());
    Ok(answer)
}

/// The parts of a response that have to be equal.
fn comparable(answer: &Answer) -> (u16, Value, BTreeSet<&str>) {
    let mut body = answer.json.clone();
    body.as_object_mut().map(|fields| fields.remove("request_id"));
    (answer.status, body, answer.headers.keys().map(HeaderName::as_str).collect())
}
