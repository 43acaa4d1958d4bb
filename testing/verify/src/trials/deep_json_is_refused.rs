//! JSON nested a hundred thousand levels deep, anywhere in a body, gets 400, and the server survives.

use anyhow::Result;

use crate::rig::{Bench, Client, Findings, Person};

const DEPTH: usize = 100_000;
/// The depth of a body short enough for a client that has not signed in; far deeper than is accepted.
const STRANGERS_DEPTH: usize = 1_000;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let messages = format!("{}/messages", ann.make_room(&[])?);
    let mut findings = Findings::default();
    for ((what, deep), (_, short)) in bodies(DEPTH).into_iter().zip(bodies(STRANGERS_DEPTH)) {
        let mut refuses = |client: &Client, path: &str, body: String| {
            let where_it_is: String = body.chars().take(40).collect();
            findings.check(&format!("{what} in {path}, {where_it_is}"), || {
                client.request("POST", path).bytes(body.into_bytes()).send()?.expect(400)
            });
        };
        refuses(&ann.client, &messages, deep.clone());
        refuses(&ann.client, &messages, format!(r#"{{"body":{deep}}}"#));
        refuses(&ann.client, &messages, format!(r#"{{"body":"hush","unknown":{deep}}}"#));
        refuses(&server.nobody(), "/api/auth/session", format!(r#"{{"username":{short}}}"#));
        let login = format!(r#"{{"username":"ann","password":"hush, wrong","unknown":{short}}}"#);
        refuses(&server.nobody(), "/api/auth/session", login);
        refuses(&ann.client, "/api/chatrooms", format!(r#"{{"name":"x","member_ids":{deep}}}"#));
    }
    server.nobody().get("/healthz")?.expect(200)?;
    Ok(format!("{} bodies, {DEPTH} deep", findings.none()?))
}

/// Nested values of this depth, and their names.
fn bodies(depth: usize) -> [(&'static str, String); 3] {
    let arrays = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    [("arrays", arrays), ("objects", objects), ("open arrays", "[".repeat(depth))]
}
