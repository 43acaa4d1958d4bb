//! A stranger adds bob to more and more chatrooms: from some point on bob is only invited, and soon not even that.
//! Another user can still invite him, his direct chatroom stays on his streams, and he leaves all the others with a few
//! requests.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::rig::{Answer, Bench, Client, EventReader, Listen, Person};

/// The chatrooms to which a stranger can add somebody who does not react, and those to which they can invite.
const ADDED: usize = 200;
const INVITED: usize = 20;
/// The chatrooms that one request can leave.
const LEFT_AT_ONCE: usize = 100;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, database) = (bench.rng(), bench.database()?);
    let server = bench.server(&database)?;
    let mut sign_up = |name| Person::new(&server.nobody(), name, &mut rng);
    let (ann, bob, eve) = (sign_up("ann")?, sign_up("bob")?, sign_up("eve")?);
    let direct = ann.client.put(format!("/api/direct/{}", bob.id))?.expect(201)?.text_of("id")?.to_owned();
    let body = json!({"body": "hello"});
    ann.client.post(format!("/api/chatrooms/{direct}/messages"), &body)?.expect(201)?;
    for _ in 0..ADDED + INVITED {
        create(&eve, &bob)?.expect(201)?;
    }
    create(&eve, &bob)?.expect(422)?;
    let theirs = create(&ann, &bob)?.expect(201)?.text_of("id")?.to_owned();
    let listed = ids(&bob.client, "/api/chatrooms", "/id")?.len();
    ensure!(listed == ADDED + 1, "bob is in {listed} chatrooms");
    let invitations = ids(&bob.client, "/api/users/me/invitations", "/chatroom/id")?;
    ensure!(invitations.len() == INVITED + 1 && invitations.contains(&theirs), "the invitations are {invitations:?}");

    let mut stream = EventReader::open(&bob.client, &Listen::to_all())?.expect_stream()?;
    let ready = stream.expect("ready")?.body;
    ensure!(ready["data"]["heads"].get(&direct).is_some(), "the direct chatroom is not on the stream");
    ann.client.post(format!("/api/chatrooms/{direct}/messages"), &body)?.expect(201)?;
    stream.expect("caught_up")?;
    let sent = stream.expect("message.created")?.body;
    ensure!(sent["chatroom_id"] == direct.as_str(), "{sent}");

    let mut unwanted = ids(&bob.client, "/api/chatrooms", "/id")?;
    unwanted.retain(|id| *id != direct);
    for some in unwanted.chunks(LEFT_AT_ONCE) {
        bob.client.post("/api/users/me/leave", &json!({"chatroom_ids": some}))?.expect(204)?;
    }
    ensure!(ids(&bob.client, "/api/chatrooms", "/id")? == [direct], "bob could not leave");
    Ok(format!("added to {ADDED} chatrooms and invited to {INVITED}, then refused"))
}

fn create(by: &Person, member: &Person) -> Result<Answer> {
    by.client.post("/api/chatrooms", &json!({"name": "Come in", "member_ids": [member.id]}))
}

/// This field of all items of a list, by its JSON pointer.
fn ids(client: &Client, path: &str, field: &str) -> Result<Vec<String>> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(format!("{path}?limit=200{cursor}"))?.expect(200)?;
        for item in page.items()? {
            ids.push(item.pointer(field).and_then(Value::as_str).context("no id")?.to_owned());
        }
        match &page.json["next_cursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => return Ok(ids),
        }
    }
}
