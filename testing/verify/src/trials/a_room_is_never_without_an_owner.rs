//! The last two owners leave, step down or delete their accounts at the same moment: the chatroom still has an
//! owner.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::rig::{Answer, Bench, Person, dense, race};

const ROOMS: usize = 15;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let people = ["ann", "bob", "cid"].map(|name| Person::new(&server.nobody(), name, &mut rng));
    let [ann, bob, cid] = people;
    let (ann, bob, cid) = (ann?, bob?, cid?);
    for _ in 0..ROOMS {
        let room = owned_by_both(&ann, &bob, &cid)?;
        let steps_down = [rng.bool(), rng.bool()];
        race(2, |index| {
            let owner = if index == 0 { &ann } else { &bob };
            let down = steps_down.get(index).copied().unwrap_or_default();
            if down { step_down(owner, &room) } else { owner.client.delete(format!("{room}/memberships/me"))?.expect(204) }
        })?;
        has_owner(&cid, &room)?;
    }
    let room = owned_by_both(&ann, &bob, &cid)?;
    race(2, |index| {
        let owner = if index == 0 { &ann } else { &bob };
        let password = json!({"password": owner.password});
        owner.client.request("DELETE", "/api/users/me").json(&password).send()?.expect(204)
    })?;
    has_owner(&cid, &room)?;
    Ok(format!("{} rooms that lost both owners at once", ROOMS + 1))
}

fn owned_by_both(ann: &Person, bob: &Person, cid: &Person) -> Result<String> {
    let room = ann.make_room(&[bob, cid])?;
    ann.client.patch(format!("{room}/memberships/{}", bob.id), &json!({"role": "owner"}))?.expect(200)?;
    Ok(room)
}

/// Steps down, which is refused to the last owner.
fn step_down(owner: &Person, room: &str) -> Result<Answer> {
    let path = format!("{room}/memberships/{}", owner.id);
    owner.client.patch(path, &json!({"role": "member"}))?.expect_one_of(&[200, 409])
}

fn has_owner(member: &Person, room: &str) -> Result<()> {
    let members = member.client.get(format!("{room}/memberships"))?.expect(200)?;
    let owner = members.items()?.iter().find(|member| member["role"] == "owner");
    owner.with_context(|| format!("the room has no owner\n{}", members.evidence()))?;
    let log = dense(&member.client, room)?;
    ensure!(!log.is_empty(), "no log");
    Ok(())
}
