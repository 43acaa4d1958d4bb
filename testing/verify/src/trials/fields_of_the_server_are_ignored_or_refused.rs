//! Fields that only the server may set, in the body of every operation, are ignored or refused.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::rig::{Answer, Bench, Findings, Person, password};

const FORGED_ID: &str = "0190a5d4-2f00-7000-8000-000000000001";

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let nobody = server.nobody();
    let ann = Person::new(&nobody, "ann", &mut rng)?;
    let bob = Person::new(&nobody, "bob", &mut rng)?;
    let room = ann.make_room(&[&bob])?;
    let sent = ann.client.post(format!("{room}/messages"), &json!({"body": "hush"}))?.expect(201)?;
    let message = format!("{room}/messages/{}", sent.text_of("id")?);
    let bob_there = format!("{room}/memberships/{}", bob.id);
    let account = json!({"username": "cid", "password": password(&mut rng)});
    let operations = [
        (&nobody, "POST", "/api/users", account),
        (&nobody, "POST", "/api/auth/session", json!({"username": "ann", "password": ann.password})),
        (&nobody, "POST", "/api/auth/refresh", json!({"refresh_token": ann.refresh_token})),
        (&ann.client, "PATCH", "/api/users/me", json!({"display_name": "Ann"})),
        (&ann.client, "POST", "/api/chatrooms", json!({"name": "Plans"})),
        (&ann.client, "PATCH", &room, json!({"name": "New"})),
        (&ann.client, "PUT", &bob_there, json!({})),
        (&bob.client, "PUT", &format!("{room}/memberships/me"), json!({})),
        (&ann.client, "PATCH", &bob_there, json!({"role": "member"})),
        (&bob.client, "POST", &format!("{room}/messages"), json!({"body": "hush"})),
        (&ann.client, "PATCH", &message, json!({"body": "hush, hush"})),
    ];
    let mut findings = Findings::default();
    for (client, method, path, body) in operations {
        findings.check(path, || genuine(client.request(method, path).json(&with_forged(body)).send()?));
    }
    findings.check("author", || author_is(&ann.client.get(&message)?.expect(200)?, &ann));
    findings.check("role", || role_is(&ann.client.get(format!("{room}/memberships"))?.expect(200)?, &bob));
    Ok(format!("{} operations", findings.none()?))
}

/// All fields of resources that only the server may set.
fn forged() -> Value {
    json!({
        "id": FORGED_ID, "user_id": FORGED_ID, "author_id": FORGED_ID, "chatroom_id": FORGED_ID, "session_id": FORGED_ID,
        "seq": 4_711, "last_seq": 4_711, "joined_seq": 4_711, "revision": 4_711, "expires_in": 4_711,
        "created_at": "2001-01-01T00:00:00Z", "edited_at": "2001-01-01T00:00:00Z",
        "deleted_at": "2001-01-01T00:00:00Z", "joined_at": "2001-01-01T00:00:00Z", "deleted": true, "admin": true,
        "disabled_at": "2001-01-01T00:00:00Z", "client_key": "forged", "password_hash": "forged", "actor_id": FORGED_ID,
    })
}

/// The required fields of an operation, plus the forged ones.
fn with_forged(needed: Value) -> Value {
    let mut body = forged();
    if let (Value::Object(body), Value::Object(needed)) = (&mut body, needed) {
        body.extend(needed);
    }
    body
}

fn genuine(answer: Answer) -> Result<()> {
    let answer = answer.expect_one_of(&[200, 201, 400, 422])?;
    for (name, forged) in forged().as_object().into_iter().flatten() {
        ensure!(answer.json.get(name) != Some(forged), "`{name}` was taken over\n{}", answer.evidence());
    }
    Ok(())
}

fn author_is(message: &Answer, author: &Person) -> Result<()> {
    ensure!(message.text_of("author_id")? == author.id, "{}", message.evidence());
    Ok(())
}

fn role_is(members: &Answer, member: &Person) -> Result<()> {
    let is_bob = |found: &&Value| found["user_id"] == *member.id;
    let role = members.items()?.iter().find(is_bob).map(|found| found["role"].clone());
    ensure!(role == Some(json!("member")), "{}", members.evidence());
    Ok(())
}
