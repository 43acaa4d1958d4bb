//! After reuse of a refresh token, signing out, a new password or a deleted account, old tokens are refused
//! within a second, also by another instance; and so is a revoked key.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use serde_json::json;

use crate::rig::{Answer, Bench, Client, Person, Server, password, until};

const SOON: Duration = Duration::from_secs(1);
const TIMEOUT: Duration = Duration::from_secs(10);
const ROTATIONS: usize = 3;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, database) = (bench.rng(), bench.database()?);
    let servers = [bench.server(&database)?, bench.server(&database)?];
    let nobody = servers.first().context("a server")?.nobody();
    let slowest = [
        reuse(&Person::new(&nobody, "ann", &mut rng)?, &servers)?,
        sign_out(&Person::new(&nobody, "bob", &mut rng)?, &servers)?,
        new_password(&Person::new(&nobody, "cid", &mut rng)?, &servers, &mut rng)?,
        deletion(&Person::new(&nobody, "dan", &mut rng)?, &servers)?,
        revocation(&Person::new(&nobody, "eve", &mut rng)?, &servers)?,
    ];
    let slowest = slowest.into_iter().max().unwrap_or_default();
    ensure!(slowest <= SOON, "a token lived on for {slowest:?}");
    Ok(format!("on two instances, {} ms at most", slowest.as_millis()))
}

fn reuse(ann: &Person, servers: &[Server]) -> Result<Duration> {
    let mut sessions = vec![(ann.client.clone(), ann.refresh_token.clone())];
    for _ in 0..ROTATIONS {
        let (_, last) = sessions.last().context("a session")?;
        let next = refresh(&ann.client, last)?.expect(200)?;
        let client = ann.client.with_token(next.text_of("access_token")?);
        sessions.push((client, next.text_of("refresh_token")?.to_owned()));
    }
    refresh(&ann.client, &ann.refresh_token)?.expect(401)?;
    let slowest = sessions.iter().map(|(client, _)| wait_until_rejected(client, servers)).collect::<Result<Vec<_>>>()?;
    for (client, token) in &sessions {
        refresh(client, token)?.expect(401)?;
    }
    Ok(slowest.into_iter().max().unwrap_or_default())
}

fn sign_out(bob: &Person, servers: &[Server]) -> Result<Duration> {
    bob.client.delete("/api/auth/session")?.expect(204)?;
    let slowest = wait_until_rejected(&bob.client, servers)?;
    refresh(&bob.client, &bob.refresh_token)?.expect(401)?;
    Ok(slowest)
}

fn new_password(cid: &Person, servers: &[Server], rng: &mut Rng) -> Result<Duration> {
    let elsewhere = cid.again()?;
    let change = json!({"password": password(rng), "current_password": cid.password});
    cid.client.patch("/api/users/me", &change)?.expect(200)?;
    let slowest = wait_until_rejected(&elsewhere.client, servers)?;
    refresh(&elsewhere.client, &elsewhere.refresh_token)?.expect(401)?;
    // The session that changed the password continues.
    cid.client.get("/api/users/me")?.expect(200)?;
    Ok(slowest)
}

fn deletion(dan: &Person, servers: &[Server]) -> Result<Duration> {
    let elsewhere = dan.again()?;
    dan.client.request("DELETE", "/api/users/me").json(&json!({"password": dan.password})).send()?.expect(204)?;
    let slowest = wait_until_rejected(&dan.client, servers)?.max(wait_until_rejected(&elsewhere.client, servers)?);
    for person in [dan, &elsewhere] {
        refresh(&person.client, &person.refresh_token)?.expect(401)?;
    }
    Ok(slowest)
}

fn revocation(eve: &Person, servers: &[Server]) -> Result<Duration> {
    let token = json!({"name": "script", "scopes": ["users:read"]});
    let made = eve.client.post("/api/users/me/tokens", &token)?.expect(201)?;
    let key = eve.client.with_token(made.text_of("secret")?);
    for server in servers {
        key.at(server.url()).get("/api/users/me")?.expect(200)?;
    }
    eve.client.delete(format!("/api/users/me/tokens/{}", made.text_of("id")?))?.expect(204)?;
    wait_until_rejected(&key, servers)
}

fn refresh(client: &Client, token: &str) -> Result<Answer> {
    client.anonymous().post("/api/auth/refresh", &json!({"refresh_token": token}))
}

/// Returns how long the last of the servers accepts the token.
fn wait_until_rejected(client: &Client, servers: &[Server]) -> Result<Duration> {
    let mut slowest = Duration::ZERO;
    for server in servers {
        let client = client.at(server.url());
        let ((), took) = until(TIMEOUT, "the token is dead", || {
            Ok((client.get("/api/users/me")?.expect_one_of(&[200, 401])?.status == 401).then_some(()))
        })?;
        slowest = slowest.max(took);
    }
    Ok(slowest)
}
