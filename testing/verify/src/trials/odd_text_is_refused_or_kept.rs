//! NUL, surrogates, broken UTF-8, overrides and stacked marks in every text of every operation are refused with
//! a 4xx or kept byte for byte, and never cause a 500.

use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::rig::{Answer, Bench, Client, Findings, OddText, Person, Server, odd_texts, password};

/// The placeholder for the odd text.
const HERE: &str = "@here@";

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let place = Scene::new(&server, &mut rng)?;
    let mut findings = Findings::default();
    for odd in odd_texts() {
        for field in place.fields(&mut rng) {
            let what = format!("{} in {} of {} {}", odd.name, field.name, field.method, field.path);
            findings.check(&what, || field.try_with(&odd));
        }
        for path in place.urls() {
            let path = path.replace(HERE, &odd.encoded);
            findings.check(&format!("{} in a URL", odd.name), || expect_no_server_error(place.ann.client.get(path)?));
        }
        findings.check(&format!("{} as a new password", odd.name), || new_password(&place.nobody, &odd, &mut rng));
        for header in ["Idempotency-Key", "If-Match", "X-Request-Id", "User-Agent"] {
            findings.check(&format!("{} in {header}", odd.name), || in_header(&place, header, &odd));
        }
    }
    Ok(format!("{} places", findings.none()?))
}

struct Scene {
    nobody: Client,
    ann: Person,
    bob: Person,
    room: String,
    message: String,
}

/// A text of an operation.
struct Field<'p> {
    client: &'p Client,
    method: &'static str,
    path: String,
    name: &'static str,
    body: Value,
}

impl Scene {
    fn new(server: &Server, rng: &mut Rng) -> Result<Self> {
        let nobody = server.nobody();
        let (ann, bob) = (Person::new(&nobody, "ann", rng)?, Person::new(&nobody, "bob", rng)?);
        let room = ann.make_room(&[&bob])?;
        let sent = ann.client.post(format!("{room}/messages"), &json!({"body": "hush"}))?.expect(201)?;
        let message = format!("{room}/messages/{}", sent.text_of("id")?);
        Ok(Self { nobody, ann, bob, room, message })
    }

    /// Every text field of a body.
    fn fields(&self, rng: &mut Rng) -> Vec<Field<'_>> {
        let (nobody, ann) = (&self.nobody, &self.ann.client);
        let name = format!("n{:x}", rng.u64(..));
        let bob_there = format!("{}/memberships/{}", self.room, self.bob.id);
        let messages = format!("{}/messages", self.room);
        let field = |client, method, path: &str, name, body| Field { client, method, path: path.to_owned(), name, body };
        vec![
            field(nobody, "POST", "/api/users", "username", json!({"username": HERE, "password": password(rng)})),
            field(
                nobody,
                "POST",
                "/api/users",
                "email",
                json!({"username": format!("{name}a"), "password": "short", "email": HERE}),
            ),
            field(
                nobody,
                "POST",
                "/api/users",
                "display_name",
                json!({"username": format!("{name}b"), "password": password(rng), "display_name": HERE}),
            ),
            field(nobody, "POST", "/api/auth/session", "username", json!({"username": HERE, "password": "hush"})),
            field(nobody, "POST", "/api/auth/session", "password", json!({"username": "ann", "password": HERE})),
            field(nobody, "POST", "/api/auth/refresh", "refresh_token", json!({"refresh_token": HERE})),
            field(ann, "PATCH", "/api/users/me", "display_name", json!({"display_name": HERE})),
            field(ann, "PATCH", "/api/users/me", "email", json!({"email": HERE})),
            field(
                ann,
                "PATCH",
                "/api/users/me",
                "current_password",
                json!({"password": password(rng), "current_password": HERE}),
            ),
            field(ann, "DELETE", "/api/users/me", "password", json!({"password": HERE})),
            field(ann, "POST", "/api/chatrooms", "name", json!({"name": HERE})),
            field(ann, "POST", "/api/chatrooms", "visibility", json!({"name": "x", "visibility": HERE})),
            field(ann, "POST", "/api/chatrooms", "member_ids", json!({"name": "x", "member_ids": [HERE]})),
            field(ann, "PATCH", &self.room, "name", json!({"name": HERE})),
            field(ann, "PATCH", &self.room, "visibility", json!({"visibility": HERE})),
            field(ann, "PATCH", &bob_there, "role", json!({"role": HERE})),
            field(ann, "POST", &messages, "body", json!({"body": HERE})),
            field(ann, "PATCH", &self.message, "body", json!({"body": HERE})),
        ]
    }

    /// Every text in a query or a path, as URLs.
    fn urls(&self) -> Vec<String> {
        let lists = ["/api/users", "/api/chatrooms", "/api/auth/sessions", "/api/users/me/messages"];
        let mut urls: Vec<String> = Vec::new();
        for list in lists.map(str::to_owned).into_iter().chain([format!("{}/memberships", self.room)]) {
            urls.extend(["limit", "cursor"].map(|parameter| format!("{list}?{parameter}={HERE}")));
        }
        let messages = format!("{}/messages", self.room);
        urls.extend(["before", "after", "around", "cursor"].map(|parameter| format!("{messages}?{parameter}={HERE}")));
        urls.extend(["after", "cursor"].map(|parameter| format!("{}/events?{parameter}={HERE}", self.room)));
        urls.extend([
            format!("/api/users?q={HERE}"),
            format!("/api/users?ids={HERE}"),
            format!("/api/chatrooms?q={HERE}"),
            format!("/api/chatrooms?visibility={HERE}"),
            format!("/api/chatrooms?visibility=public&q={HERE}"),
            format!("/api/users/{HERE}"),
            format!("/api/chatrooms/{HERE}"),
            format!("/api/chatrooms/{HERE}/messages"),
            format!("{messages}/{HERE}"),
            format!("/{HERE}"),
        ]);
        urls
    }
}

impl Field<'_> {
    fn try_with(&self, odd: &OddText) -> Result<()> {
        let body = self.body.to_string();
        let (before, after) = body.split_once(&format!("\"{HERE}\"")).context("no place for the text")?;
        let body = [before.as_bytes(), odd.json.as_slice(), after.as_bytes()].concat();
        let answer = expect_no_server_error(self.client.request(self.method, self.path.as_str()).bytes(body).send()?)?;
        if answer.status >= 400 {
            return Ok(());
        }
        let meaning = odd.meaning.as_deref();
        let kept = |answer: &Answer| -> Result<()> {
            let found = answer.json.get(self.name).and_then(Value::as_str);
            ensure!(found.is_some() && found == meaning, "it was changed\n{}", answer.evidence());
            Ok(())
        };
        kept(&answer)?;
        let path = answer.header("Location").unwrap_or(&self.path);
        let reader = if self.client.token().is_empty() { return Ok(()) } else { self.client };
        kept(&reader.get(path)?.expect(200)?)
    }
}

fn expect_no_server_error(answer: Answer) -> Result<Answer> {
    ensure!((200..500).contains(&answer.status), "{}", answer.evidence());
    Ok(answer)
}

/// Checks that the password is refused, or that signing in with it works.
fn new_password(nobody: &Client, odd: &OddText, rng: &mut Rng) -> Result<()> {
    let name = format!("n{:x}", rng.u64(..));
    let account = [format!(r#"{{"username":"{name}","password":"#).as_bytes(), &odd.json, b"}"].concat();
    let made = expect_no_server_error(nobody.request("POST", "/api/users").bytes(account.clone()).send()?)?;
    if made.status < 400 {
        ensure!(odd.meaning.is_some(), "taken, though it is no text\n{}", made.evidence());
        nobody.request("POST", "/api/auth/session").bytes(account).send()?.expect(200)?;
    }
    Ok(())
}

fn in_header(place: &Scene, header: &'static str, odd: &OddText) -> Result<()> {
    let Some(value) = odd.meaning.as_ref().filter(|text| !text.contains(char::is_control)) else {
        // A header cannot contain this text.
        return Ok(());
    };
    let request = match header {
        "If-Match" => place.ann.client.request("PATCH", place.message.as_str()),
        "User-Agent" => place.ann.client.request("GET", "/api/auth/sessions"),
        _ => place.ann.client.request("POST", format!("{}/messages", place.room)),
    };
    expect_no_server_error(request.header(header, value.as_str()).json(&json!({"body": "hush"})).send()?).map(drop)
}
