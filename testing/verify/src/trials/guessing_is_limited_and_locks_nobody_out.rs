//! With rate limits on, guessing passwords gets 429 after ten failures for one address and username. The owner
//! can still sign in from another address, and a forwarded address counts only if a trusted proxy sends it.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::rig::{Answer, Bench, Client, Findings, Person, password, race};

const FAILURES: usize = 10;
const AT_ONCE: usize = 40;
const GUESSER: &str = "203.0.113.5";
const CROWD: &str = "203.0.113.77";
const OWNER: &str = "198.51.100.7";

pub(super) fn run(bench: &Bench) -> Result<String> {
    let mut rng = bench.rng();
    let limits = [("RATE_LIMITS", "on")];
    let behind_a_proxy = [("RATE_LIMITS", "on"), ("TRUSTED_PROXIES", "127.0.0.1")];
    let database = bench.database()?;
    let (alone, proxied) = (bench.server_with(&database, &limits)?, bench.server_with(&database, &behind_a_proxy)?);
    let ann = Person::new(&proxied.nobody(), "ann", &mut rng)?;
    let wrong = password(&mut rng);
    let mut findings = Findings::default();
    findings.check("behind a proxy", || at_limit(&proxied.nobody(), &ann, &wrong, &|_| GUESSER.to_owned()));
    findings.check("another name from there", || {
        try_sign_in(&proxied.nobody(), "bob", &wrong, GUESSER)?.expect(401)
    });
    findings.check("the owner, from elsewhere", || try_sign_in(&proxied.nobody(), "ann", &ann.password, OWNER)?.expect(200));
    findings.check("many at once", || many_at_once(&proxied.nobody(), &wrong));
    // Without a trusted proxy, forwarded addresses are ignored.
    findings.check("without a proxy", || {
        at_limit(&alone.nobody(), &ann, &wrong, &|number| format!("203.0.113.{number}"))
    });
    let tried = findings.none()?;
    Ok(format!("429 after {FAILURES} failures; {tried} claims"))
}

/// Checks that failures get 401 up to the limit, and the next attempt 429 whether its password is right or wrong.
fn at_limit(client: &Client, ann: &Person, wrong: &str, from: &dyn Fn(usize) -> String) -> Result<()> {
    for number in 0..FAILURES {
        try_sign_in(client, "ann", wrong, &from(number))?.expect(401)?;
    }
    for password in [wrong, &ann.password] {
        limited(&try_sign_in(client, "ann", password, &from(FAILURES))?.expect(429)?)?;
    }
    Ok(())
}

fn limited(answer: &Answer) -> Result<()> {
    let seconds = answer.header("Retry-After").and_then(|text| text.parse::<u32>().ok());
    seconds.filter(|seconds| *seconds > 0).with_context(|| format!("no Retry-After\n{}", answer.evidence()))?;
    ensure!(answer.text_of("code")? == "rate_limited", "{}", answer.evidence());
    Ok(())
}

/// Checks that parallel guesses cannot exceed the limit.
fn many_at_once(client: &Client, wrong: &str) -> Result<()> {
    let statuses = race(AT_ONCE, |_| Ok(try_sign_in(client, "cid", wrong, CROWD)?.expect_one_of(&[401, 429, 503])?.status))?;
    let tried = statuses.iter().filter(|status| **status == 401).count();
    ensure!(tried > 0 && statuses.contains(&429), "{statuses:?}");
    ensure!(tried <= FAILURES, "{tried} of {AT_ONCE} guesses were tried");
    Ok(())
}

fn try_sign_in(client: &Client, name: &str, password: &str, from: &str) -> Result<Answer> {
    let request = client.request("POST", "/api/auth/session").header("X-Forwarded-For", from);
    request.json(&json!({"username": name, "password": password})).send()
}
