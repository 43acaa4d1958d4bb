//! Sending in slow mode: each message is written on its own, under the lock that protects the time of its author's
//! last turn. The first message of a direct chatroom is sent the same way, because it also reveals the chatroom.

use chit_chat_domain::chatroom::{Guard, Seq, SlowMode, Visibility};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Appended, Message, NewMessage, SlowModeOutcome};
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::schema::{chatrooms, memberships, messages, turns};
use chit_chat_relational::{Instant, Key, Sql, codes};
use diesel::prelude::*;

use super::ledger::Ledger;
use super::{direct, replies_and_mentions};
use crate::{Conn, Tx};

/// Stores a message if the guard holds and its author's turn has come. Any member gets an earlier message with the
/// same key.
pub(crate) fn append(tx: &mut Tx<'_>, draft: &NewMessage, guard: Guard) -> Sql<SlowModeOutcome> {
    let Some(mut ledger) = Ledger::open(tx, draft.chatroom_id, guard.actor, draft.created_at)? else {
        return Ok(SlowModeOutcome::Taken(Appended::Refused));
    };
    let is_member = ledger.holds(tx, Guard::holds(guard.actor, Role::Member))?;
    if let Some(earlier) = find_earlier(tx, draft)?.filter(|_| is_member) {
        return Ok(SlowModeOutcome::Taken(earlier));
    }
    if !ledger.holds(tx, guard)? {
        return Ok(SlowModeOutcome::Taken(Appended::Refused));
    }
    if let Some(slow_mode) = slow_mode(tx, &ledger, draft)? {
        if let Some(stored) = last(tx, draft)? {
            let last = SlowMode::last_turn(stored.into(), draft.created_at);
            let next = slow_mode.next_turn(last);
            if draft.created_at < next {
                if last < stored.into() {
                    // Otherwise the wait would begin again with each attempt.
                    take(tx, draft)?;
                }
                return Ok(SlowModeOutcome::TooSoon(next));
            }
        }
        take(tx, draft)?;
    }
    let seq = ledger.take_seq();
    store(tx, draft, seq)?;
    let message = Message::stored(draft.clone(), seq);
    replies_and_mentions::index_references(tx, &[&message])?;
    if ledger.chatroom.visibility == Visibility::Direct {
        direct::reveal(tx, &mut ledger)?;
    }
    tx.changes.message(&message);
    ledger.close(tx)?;
    Ok(SlowModeOutcome::Taken(Appended::Stored(message)))
}

/// The current slow mode, for the author's current role.
fn slow_mode(conn: &mut Conn, ledger: &Ledger, draft: &NewMessage) -> Sql<Option<SlowMode>> {
    let key = (Key::from(draft.chatroom_id), Key::from(draft.author_id));
    let role = memberships::table.find(key).select(memberships::role).first(conn)?;
    Ok(ledger.chatroom.settings.slow_mode_of(codes::role(role)?))
}

/// The message that the author sent earlier with the same key.
pub(crate) fn find_earlier(conn: &mut Conn, draft: &NewMessage) -> Sql<Option<Appended>> {
    let Some(idempotency) = &draft.idempotency else {
        return Ok(None);
    };
    let row: Option<MessageRow> = messages::table
        .filter(messages::chatroom_id.eq(Key::from(draft.chatroom_id)))
        .filter(messages::author_id.eq(Key::from(draft.author_id)))
        .filter(messages::idempotency_key.eq(idempotency.key.as_str()))
        .select(MessageRow::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| {
        let idempotency = row.idempotency()?;
        Ok(Appended::Duplicate(row.into(), idempotency))
    })
    .transpose()
}

fn last(conn: &mut Conn, draft: &NewMessage) -> Sql<Option<Instant>> {
    let key = (Key::from(draft.chatroom_id), Key::from(draft.author_id));
    Ok(turns::table.find(key).select(turns::taken_at).first(conn).optional()?)
}

fn take(conn: &mut Conn, draft: &NewMessage) -> Sql<()> {
    let at = turns::taken_at.eq(Instant::from(draft.created_at));
    diesel::insert_into(turns::table)
        .values((
            turns::chatroom_id.eq(Key::from(draft.chatroom_id)),
            turns::user_id.eq(Key::from(draft.author_id)),
            at,
        ))
        .on_conflict((turns::chatroom_id, turns::user_id))
        .do_update()
        .set(at)
        .execute(conn)?;
    Ok(())
}

fn store(conn: &mut Conn, draft: &NewMessage, seq: Seq) -> Sql<()> {
    diesel::insert_into(messages::table).values(MessageRow::new(draft, seq)).execute(conn)?;
    diesel::update(chatrooms::table.find(Key::from(draft.chatroom_id)))
        .set(chatrooms::last_message_seq.eq(seq))
        .execute(conn)?;
    Ok(())
}
