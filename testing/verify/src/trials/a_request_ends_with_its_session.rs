//! Half of a body arrives, then the session ends, then the rest arrives: the request gets 401, and nothing is stored.
//! The session ends in every way that there is.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chit_chat_rig::Database;
use fastrand::Rng;
use serde_json::{Value, json};

use crate::rig::{Bench, Client, MARK, Person, Wire, password, until};

const TIMEOUT: Duration = Duration::from_secs(10);

/// A user with an open session, and the same user in another session.
struct Scene<'b> {
    bench: &'b Bench<'b>,
    database: &'b Database,
    bob: Person,
    elsewhere: Person,
}

type End = fn(&Scene, &mut Rng) -> Result<()>;

/// A request of which only the last byte is missing.
struct HalfSent {
    name: String,
    wire: Wire,
    last: Vec<u8>,
}

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, database) = (bench.rng(), bench.database()?);
    let server = bench.server(&database)?;
    let ends: [(&str, End); 7] = [
        ("signed out", sign_out),
        ("ended elsewhere", end_elsewhere),
        ("revoked", revoke),
        ("new password", change_password),
        ("refresh token reused", reuse),
        ("account deleted", delete_account),
        ("account disabled", disable),
    ];
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let mut refused = 0;
    for (number, (name, end)) in ends.into_iter().enumerate() {
        let bob = Person::new(&server.nobody(), &format!("bob{number}"), &mut rng)?;
        let scene = Scene { bench, database: &database, elsewhere: bob.again()?, bob };
        refused += scene.play(&ann, end, &mut rng).context(name)?;
    }
    Ok(format!("{refused} requests were refused after {} ends of a session", ends.len()))
}

impl Scene<'_> {
    fn play(&self, ann: &Person, end: End, rng: &mut Rng) -> Result<usize> {
        let room = ann.make_room(&[&self.bob])?;
        let promotion = format!("{room}/memberships/{}", self.bob.id);
        ann.client.patch(promotion, &json!({"role": "owner"}))?.expect(200)?;
        let message = ann.client.post(format!("{room}/messages"), &json!({"body": MARK}))?.expect(201)?;
        let message = format!("{room}/messages/{}", message.text_of("id")?);
        let requests = [
            ("POST", format!("{room}/messages"), json!({"body": MARK})),
            ("PATCH", room.clone(), json!({"name": "changed"})),
            ("PATCH", format!("{room}/memberships/{}", ann.id), json!({"role": "member"})),
            ("POST", format!("{room}/invitations"), json!({})),
            ("PUT", format!("{room}/read_marker"), json!({"seq": 1})),
            ("PATCH", "/api/users/me".to_owned(), json!({"display_name": "changed"})),
            ("POST", "/api/chatrooms".to_owned(), json!({"name": "new", "visibility": "public"})),
        ];
        let half = requests.iter().map(|(method, target, body)| HalfSent::new(&self.bob.client, method, target, body));
        let half = half.collect::<Result<Vec<_>>>()?;
        let before = [state_of(ann, &room, &message)?, public_state(ann, &self.bob)?];
        end(self, rng)?;
        until(TIMEOUT, "the token is refused", || {
            Ok((self.bob.client.get("/api/users/me")?.expect_one_of(&[200, 401])?.status == 401).then_some(()))
        })?;
        // The end itself may change what others see, as the deletion of an account does.
        let ended = [state_of(ann, &room, &message)?, public_state(ann, &self.bob)?];
        let count = half.len();
        for request in half {
            request.finish()?;
        }
        let after = [state_of(ann, &room, &message)?, public_state(ann, &self.bob)?];
        ensure!(after == ended, "stored after the end: {ended:?} became {after:?}, before it was {before:?}");
        Ok(count)
    }
}

impl HalfSent {
    fn new(client: &Client, method: &'static str, target: &str, body: &Value) -> Result<Self> {
        let mut bytes = body.to_string().into_bytes();
        let length = bytes.len();
        let last = bytes.split_off(length.saturating_sub(1));
        let mut wire = Wire::connect(client.address())?;
        let token = format!("Authorization: Bearer {}", client.token());
        let lines = ["Content-Type: application/json".to_owned(), format!("Content-Length: {length}"), token];
        wire.head(method, target, &lines)?;
        wire.write(&[b"\r\n", bytes.as_slice()].concat())?;
        Ok(Self { name: format!("{method} {target}"), wire, last })
    }

    fn finish(mut self) -> Result<()> {
        self.wire.write(&self.last)?;
        let answer = self.wire.expect_answer().with_context(|| self.name.clone())?.expect(401)?;
        ensure!(answer.text_of("code")? == "invalid_token", "{}", answer.evidence());
        Ok(())
    }
}

/// Everything in a chatroom that the requests would change.
fn state_of(ann: &Person, room: &str, message: &str) -> Result<Value> {
    let get = |path: &str| anyhow::Ok(ann.client.get(path)?.expect(200)?.json);
    Ok(json!([get(room)?, get(message)?, get(&format!("{room}/memberships"))?, get(&format!("{room}/invitations"))?]))
}

fn public_state(ann: &Person, bob: &Person) -> Result<Value> {
    let profile = ann.client.get(format!("/api/users/{}", bob.id))?.expect_one_of(&[200, 404])?;
    Ok(json!([profile.json["display_name"], ann.client.get("/api/chatrooms?visibility=public&limit=200")?.expect(200)?.json]))
}

fn sign_out(scene: &Scene, _: &mut Rng) -> Result<()> {
    scene.bob.client.delete("/api/auth/session")?.expect(204).map(drop)
}

fn end_elsewhere(scene: &Scene, _: &mut Rng) -> Result<()> {
    let sessions = scene.bob.client.get("/api/auth/sessions")?.expect(200)?;
    let current = sessions.items()?.iter().find(|session| session["current"] == true).context("no session")?;
    let id = current["id"].as_str().context("no id")?;
    scene.elsewhere.client.delete(format!("/api/auth/sessions/{id}"))?.expect(204).map(drop)
}

fn revoke(scene: &Scene, _: &mut Rng) -> Result<()> {
    let token = json!({"token": scene.bob.refresh_token});
    scene.bob.client.anonymous().post("/api/auth/revoke", &token)?.expect(200).map(drop)
}

fn change_password(scene: &Scene, rng: &mut Rng) -> Result<()> {
    let change = json!({"password": password(rng), "current_password": scene.bob.password});
    scene.elsewhere.client.patch("/api/users/me", &change)?.expect(200).map(drop)
}

fn reuse(scene: &Scene, _: &mut Rng) -> Result<()> {
    let refresh = |token: &str| scene.bob.client.anonymous().post("/api/auth/refresh", &json!({"refresh_token": token}));
    let next = refresh(&scene.bob.refresh_token)?.expect(200)?;
    refresh(next.text_of("refresh_token")?)?.expect(200)?;
    refresh(&scene.bob.refresh_token)?.expect(401).map(drop)
}

fn delete_account(scene: &Scene, _: &mut Rng) -> Result<()> {
    let body = json!({"password": scene.bob.password});
    scene.elsewhere.client.request("DELETE", "/api/users/me").json(&body).send()?.expect(204).map(drop)
}

fn disable(scene: &Scene, _: &mut Rng) -> Result<()> {
    let output = Command::new(&scene.bench.common.program)
        .args(["user", "disable", &scene.bob.name])
        .env_clear()
        .env("DATABASE_URL", &scene.database.url)
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
