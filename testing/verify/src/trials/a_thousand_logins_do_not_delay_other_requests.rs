//! A thousand concurrent logins get 200, 429 or 503 each, and other requests do not wait for them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use serde_json::json;

use crate::rig::{Bench, Person, Times, race};

const LOGINS: usize = 1_000;
const BETWEEN_REQUESTS: Duration = Duration::from_millis(10);
/// The limit for the 99th percentile of other requests.
const QUICK: Duration = Duration::from_secs(1);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let login = json!({"username": ann.name, "password": ann.password});
    let over = AtomicBool::new(false);
    let (statuses, (health, reads)) = thread::scope(|scope| {
        let others = scope.spawn(|| measure_until(&over, &ann));
        let statuses = race(LOGINS, |_| {
            let nobody = server.nobody();
            Ok(nobody.post("/api/auth/session", &login)?.expect_one_of(&[200, 429, 503])?.status)
        });
        over.store(true, Ordering::SeqCst);
        let others = others.join().map_err(|_| anyhow!("the other client panicked"))?;
        anyhow::Ok((statuses?, others?))
    })?;
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for status in statuses {
        *counts.entry(status).or_default() += 1;
    }
    let figures = format!("{counts:?}; /healthz {health}; an authenticated read {reads}");
    ensure!(health.percentile(99) <= QUICK && reads.percentile(99) <= QUICK, "{figures}");
    ensure!(counts.contains_key(&200), "no login succeeded: {figures}");
    Ok(figures)
}

fn measure_until(over: &AtomicBool, ann: &Person) -> Result<(Times, Times)> {
    let (mut health, mut reads) = (Times::default(), Times::default());
    while !over.load(Ordering::SeqCst) {
        health.of(|| ann.client.get("/healthz"))?.expect(200)?;
        reads.of(|| ann.client.get("/api/users/me"))?.expect(200)?;
        thread::sleep(BETWEEN_REQUESTS);
    }
    Ok((health, reads))
}
