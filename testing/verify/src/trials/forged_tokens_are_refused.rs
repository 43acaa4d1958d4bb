//! Forged and modified access tokens get 401 with a challenge.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::sign;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::rig::{Answer, Bench, Client, Findings, Person, SECRET};

const HOUR: u64 = 3_600;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let genuine = Token::read(ann.client.token())?;
    // A token signed with the right key is accepted, so the forger works.
    ann.client.with_token(&genuine.signed(SECRET, Algorithm::HS256)?).get("/api/users/me")?.expect(200)?;
    let mut findings = Findings::default();
    let forgeries = [forged_headers(&genuine)?, forged_claims(&genuine)?, damaged(&genuine, ann.client.token())?];
    for (what, token) in forgeries.concat() {
        findings.check(&what, || refused(&ann.client.with_token(&token)));
    }
    for path in ["/api/users/me?access_token=", "/api/users/me?token=", "/api/users/me?authorization=Bearer%20"] {
        findings.check(path, || challenged(server.nobody().get(format!("{path}{}", ann.client.token()))?));
    }
    ann.client.get("/api/users/me")?.expect(200)?;
    Ok(format!("{} forgeries", findings.none()?))
}

fn refused(client: &Client) -> Result<()> {
    challenged(client.get("/api/users/me")?)?;
    challenged(client.post("/api/chatrooms", &json!({"name": "Forged"}))?)
}

fn challenged(answer: Answer) -> Result<()> {
    let answer = answer.expect(401)?;
    let challenge = answer.header("WWW-Authenticate").unwrap_or_default();
    ensure!(challenge.starts_with("Bearer"), "no challenge\n{}", answer.evidence());
    Ok(())
}

/// The contents of a token.
#[derive(Clone)]
struct Token {
    header: Value,
    claims: Value,
}

impl Token {
    fn read(token: &str) -> Result<Self> {
        let part = |number| -> Result<Value> {
            let text = token.split('.').nth(number).context("no token")?;
            Ok(serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text)?)?)
        };
        Ok(Self { header: part(0)?, claims: part(1)? })
    }

    fn with_header(&self, name: &str, value: Value) -> Self {
        Self { header: with(&self.header, name, value), ..self.clone() }
    }

    fn with_claim(&self, name: &str, value: Value) -> Self {
        Self { claims: with(&self.claims, name, value), ..self.clone() }
    }

    fn without_claim(&self, name: &str) -> Self {
        let mut changed = self.clone();
        changed.claims.as_object_mut().map(|claims| claims.remove(name));
        changed
    }

    fn unsigned(&self) -> String {
        let encoded = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", encoded(&self.header), encoded(&self.claims))
    }

    fn signed(&self, key: &str, algorithm: Algorithm) -> Result<String> {
        let text = self.unsigned();
        let signature = sign(text.as_bytes(), &EncodingKey::from_secret(key.as_bytes())?, algorithm)?;
        Ok(format!("{text}.{signature}"))
    }

    fn signed_with_secret(&self) -> Result<String> {
        self.signed(SECRET, Algorithm::HS256)
    }
}

/// Returns the object with an additional field.
fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut changed = object.clone();
    changed.as_object_mut().map(|fields| fields.insert(name.to_owned(), value));
    changed
}

type Forgeries = Vec<(String, String)>;

fn forged_headers(genuine: &Token) -> Result<Forgeries> {
    let key = json!({"kty": "oct", "k": BASE64_URL_SAFE_NO_PAD.encode("the key of a forger, of 32 bytes")});
    let mut forged = Forgeries::new();
    for none in ["none", "None", "NONE", ""] {
        let token = genuine.with_header("alg", json!(none));
        forged.push((format!("alg {none:?}"), format!("{}.", token.unsigned())));
        forged.push((format!("alg {none:?}, signed"), token.signed_with_secret()?));
    }
    for (name, algorithm) in [("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)] {
        forged.push((format!("alg {name}"), genuine.with_header("alg", json!(name)).signed(SECRET, algorithm)?));
    }
    for (name, value) in [
        ("alg", json!("RS256")),
        ("alg", json!("HS384")),
        ("alg", Value::Null),
        ("typ", json!("JWT")),
        ("typ", Value::Null),
        ("jku", json!("https://example.com/keys")),
        ("jwk", key),
        ("crit", json!(["exp"])),
    ] {
        forged.push((format!("{name} {value}"), genuine.with_header(name, value).signed_with_secret()?));
    }
    Ok(forged)
}

fn forged_claims(genuine: &Token) -> Result<Forgeries> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut forged = Forgeries::new();
    for (name, value) in [
        ("exp", json!(now - 1)),
        ("exp", json!(now + 365 * 24 * HOUR)),
        ("exp", json!("tomorrow")),
        ("nbf", json!(now + HOUR)),
        ("iat", json!(now + HOUR / 2)),
        ("iss", json!("another")),
        ("aud", json!("another")),
        ("aud", json!([])),
        ("sub", json!("ann")),
        ("sid", json!(1)),
    ] {
        forged.push((format!("{name} {value}"), genuine.with_claim(name, value).signed_with_secret()?));
    }
    for name in ["exp", "iss", "aud", "sub", "sid", "iat"] {
        forged.push((format!("no {name}"), genuine.without_claim(name).signed_with_secret()?));
    }
    Ok(forged)
}

fn damaged(genuine: &Token, token: &str) -> Result<Forgeries> {
    let (signed, signature) = token.rsplit_once('.').context("no signature")?;
    let another = genuine.with_claim("sub", json!("0190a5d4-2f00-7000-8000-000000000001")).unsigned();
    let forged = [
        ("another key", genuine.signed("another key that has thirty-two bytes", Algorithm::HS256)?),
        // HMAC pads keys with zeros, so this is the signature of the empty key, which itself is no `EncodingKey`.
        ("an empty key", genuine.signed("\0", Algorithm::HS256)?),
        ("another token's signature", format!("{another}.{signature}")),
        ("truncated", token.get(..token.len() - 3).unwrap_or_default().to_owned()),
        ("no signature", signed.to_owned()),
        ("an empty signature", format!("{signed}.")),
        ("two signatures", format!("{token}.{signature}")),
        ("twice", format!("{token} {token}")),
        ("dots", "..".to_owned()),
        ("long", "x".repeat(10_000)),
    ];
    Ok(forged.map(|(what, token)| (what.to_owned(), token)).to_vec())
}
