//! The scripts of pgbench: the server's own statements, with variables for their values.

use anyhow::{Context, Result, ensure};

use crate::crowd::{BODY, COUNT, Crowd, FIRST, PREFIX, STRIDE};

/// One send as in the server: guard, counter and message in one statement.
pub(super) fn send(crowd: Crowd) -> Result<String> {
    let (room, user) = (id("room"), id("member"));
    // In the order of the statement's parameters.
    let values = [
        room.as_str(),
        user.as_str(),
        "0::smallint",
        "NULL::text",
        "gen_random_uuid()",
        &format!("'{BODY}'"),
        "NULL::uuid",
        "clock_timestamp()",
    ];
    let mut statement = chit_chat_postgres::send_statement();
    for (number, value) in (1..).zip(values) {
        let placeholder = format!("${number}");
        ensure!(statement.contains(&placeholder), "the server's statement has no {placeholder}: {statement}");
        statement = statement.replace(&placeholder, value);
    }
    ensure!(!statement.contains('$'), "the server's statement has more values: {statement}");
    let Crowd { first, last, senders } = crowd;
    let last_sender = senders.checked_sub(1).context("no senders")?;
    Ok(format!(
        "\\set room random({first}, {last})\n\
         \\set member {FIRST} + (:room - {FIRST} + {STRIDE} * random(0, {last_sender})) % {COUNT}\n\
         {statement};\n"
    ))
}

/// The newest page of a room: only the rows, without the query for the reader's membership.
pub(super) fn page(crowd: Crowd) -> String {
    format!(
        "\\set room random({}, {})\n\
         SELECT chatroom_id, seq, id, author_id, body, idempotency_key, digest, created_at, edited_at, deleted_at, \
         revision FROM messages WHERE chatroom_id = {} ORDER BY seq DESC LIMIT 50;\n",
        crowd.first,
        crowd.last,
        id("room")
    )
}

/// An id with the value of a variable, of four digits.
fn id(variable: &str) -> String {
    format!("('{PREFIX}0000' || :{variable})::uuid")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crowd::HOT;

    #[test]
    fn send_statement_uses_variables_for_all_values() {
        let script = send(Crowd::room(HOT)).unwrap();
        assert!(script.starts_with("\\set room random(2001, 2001)\n"), "{script}");
        assert!(script.contains("random(0, 19)) % 1000\n"), "{script}");
        assert!(script.contains("('00000000-0000-7000-8000-00000000' || :room)::uuid"), "{script}");
        assert!(script.contains("INSERT INTO messages"), "{script}");
    }
}
