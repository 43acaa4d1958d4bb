//! Reads a chatroom's log as a client does.

use anyhow::{Context, Result, ensure};
use chit_chat_client::Client;
use serde_json::Value;

/// Reads every event of a chatroom, in order.
pub(crate) fn whole_log(client: &Client, room: &str) -> Result<Vec<Value>> {
    let mut log: Vec<Value> = Vec::new();
    loop {
        let after = log.last().and_then(|event| event["seq"].as_u64()).unwrap_or(0);
        let page = client.get(format!("{room}/events?limit=200&after={after}"))?.expect(200)?;
        log.extend_from_slice(page.items()?);
        if page.json["next_cursor"].is_null() {
            return Ok(log);
        }
    }
}

/// Reads the whole log, and checks that its seqs are 1, 2, 3, ... up to the chatroom's head.
pub(crate) fn dense(client: &Client, room: &str) -> Result<Vec<Value>> {
    let last = client.get(room)?.expect(200)?.number_of("last_seq")?;
    let log = whole_log(client, room)?;
    for (event, expected) in log.iter().zip(1..) {
        let seq = event["seq"].as_u64().with_context(|| format!("no seq: {event}"))?;
        ensure!(seq == expected, "{room}: after seq {} comes {seq}", expected - 1);
    }
    let length = log.len();
    ensure!(u64::try_from(length)? == last, "{room} is at seq {last}, but its log has {length} entries");
    Ok(log)
}
