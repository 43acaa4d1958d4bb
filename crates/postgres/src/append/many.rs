//! Stores many messages in one statement.
//!
//! The statement looks rows up one by one through indexes, and finds the values of a message or room by their
//! place in an array, because joins between its parts would grow with the square of the batch. The settings of
//! the connection ([`database`](crate::database)) enforce this plan.

use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::message::{Appended, Message};
use chit_chat_relational::group_commit::QueuedSend;
use chit_chat_relational::types::{Id, Moment};
use chit_chat_relational::{Instant, Key, Sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text};

use super::{duplicate, stored};
use crate::Conn;
use crate::ports::replies_and_mentions;

/// Stores messages in their order, and returns the outcome of each. Messages with replies or mentions need a
/// surrounding transaction.
pub(super) fn append(conn: &mut Conn, sends: &[QueuedSend]) -> Sql<Vec<Appended>> {
    let outcomes: Vec<Outcome> = (&AppendMany::new(sends)).load(conn)?;
    let mut appended = vec![Appended::Refused; sends.len()];
    let mut with_references = Vec::new();
    for (ord, seq, is_duplicate) in outcomes {
        let index = usize::try_from(ord - 1).unwrap_or(usize::MAX);
        if let (Some(QueuedSend { message, .. }), Some(answer)) = (sends.get(index), appended.get_mut(index)) {
            *answer = if is_duplicate { duplicate(conn, message, seq)? } else { stored(message, seq) };
            if !is_duplicate && !message.is_plain() {
                with_references.push(index);
            }
        }
    }
    let with_references: Vec<&Message> =
        with_references.into_iter().filter_map(|index| appended.get(index)?.message()).collect();
    replies_and_mentions::write_references(conn, &with_references)?;
    Ok(appended)
}

/// The number of the message, counted from 1; its seq, or that of the earlier message with the same key;
/// whether it is the latter. Refused messages have no row.
type Outcome = (i64, i64, bool);

/// The columns of a batch. Rooms are distinct and sorted, so that they are always locked in the same order;
/// messages refer to their room by its place, counted from 1.
#[derive(Default)]
struct AppendMany<'a> {
    rooms: Vec<Key>,
    slots: Vec<i32>,
    authors: Vec<Key>,
    roles: Vec<i16>,
    keys: Vec<Option<&'a str>>,
    ids: Vec<Key>,
    bodies: Vec<&'a str>,
    digests: Vec<Option<Key>>,
    times: Vec<Instant>,
}

impl<'a> AppendMany<'a> {
    fn new(sends: &'a [QueuedSend]) -> Self {
        let mut rooms: Vec<ChatroomId> = sends.iter().map(|send| send.message.chatroom_id).collect();
        rooms.sort_unstable();
        rooms.dedup();
        let mut columns = Self { rooms: rooms.iter().copied().map(Key::from).collect(), ..Self::default() };
        for send in sends {
            let QueuedSend { message, guard } = send;
            let slot = rooms.binary_search(&message.chatroom_id).unwrap_or_default() + 1;
            let idempotency = message.idempotency.as_ref();
            columns.slots.push(i32::try_from(slot).unwrap_or(i32::MAX));
            columns.authors.push(guard.actor.into());
            columns.roles.push(send.least_role());
            columns.keys.push(idempotency.map(|idempotency| idempotency.key.as_str()));
            columns.ids.push(message.id.into());
            columns.bodies.push(message.body.as_str());
            columns.digests.push(idempotency.map(|idempotency| Key(idempotency.digest)));
            columns.times.push(message.created_at.into());
        }
        columns
    }
}

impl QueryId for AppendMany<'_> {
    type QueryId = AppendMany<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for &AppendMany<'_> {
    type SqlType = (BigInt, BigInt, Bool);
}

impl RunQueryDsl<Conn> for &AppendMany<'_> {}

/// Each value is bound at its first use; later uses refer to it by number.
impl QueryFragment<Pg> for AppendMany<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH item AS MATERIALIZED (SELECT t.slot, t.i, (SELECT c.access_version FROM memberships m \
             JOIN users u ON u.id = m.user_id JOIN chatrooms c ON c.id = m.chatroom_id \
             WHERE u.deleted_at IS NULL AND c.deleted_at IS NULL AND m.chatroom_id = (",
        );
        out.push_bind_param::<Array<Id>, _>(&self.rooms)?;
        out.push_sql(")[t.slot] AND m.user_id = (");
        out.push_bind_param::<Array<Id>, _>(&self.authors)?;
        out.push_sql(")[t.i] AND m.role >= c.speaking_role AND m.role >= (");
        out.push_bind_param::<Array<SmallInt>, _>(&self.roles)?;
        out.push_sql(
            ")[t.i]) AS seen, (SELECT o.seq FROM messages o WHERE o.chatroom_id = ($1)[t.slot] \
             AND o.author_id = ($2)[t.i] AND o.idempotency_key = (",
        );
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.keys)?;
        out.push_sql(")[t.i]) AS earlier FROM unnest(");
        out.push_bind_param::<Array<Integer>, _>(&self.slots)?;
        out.push_sql(
            ") WITH ORDINALITY AS t(slot, i)), \
             bump AS (UPDATE chatrooms c SET last_seq = c.last_seq + g.n, last_message_seq = c.last_seq + g.n \
             FROM (SELECT slot, seen, count(*) AS n FROM item WHERE seen IS NOT NULL AND earlier IS NULL \
             GROUP BY slot, seen ORDER BY slot) g \
             WHERE c.id = ($1)[g.slot] AND c.access_version = g.seen RETURNING g.slot, c.last_seq - g.n AS base), \
             base AS MATERIALIZED (SELECT array_agg(slot) AS slots, array_agg(base) AS bases FROM bump), \
             numbered AS MATERIALIZED (SELECT slot, i, \
             (SELECT bases FROM base)[array_position((SELECT slots FROM base), slot)] \
             + row_number() OVER (PARTITION BY slot ORDER BY i) AS seq \
             FROM item WHERE seen IS NOT NULL AND earlier IS NULL), \
             stored AS (INSERT INTO messages (chatroom_id, seq, author_id, idempotency_key, revision, \
             id, body, digest, created_at) SELECT ($1)[slot], seq, ($2)[i], ($4)[i], 1, (",
        );
        out.push_bind_param::<Array<Id>, _>(&self.ids)?;
        out.push_sql(")[i], (");
        out.push_bind_param::<Array<Text>, _>(&self.bodies)?;
        out.push_sql(")[i], (");
        out.push_bind_param::<Array<Nullable<Id>>, _>(&self.digests)?;
        out.push_sql(")[i], (");
        out.push_bind_param::<Array<Moment>, _>(&self.times)?;
        out.push_sql(
            ")[i] FROM numbered WHERE seq IS NOT NULL) \
             SELECT i, seq, FALSE FROM numbered WHERE seq IS NOT NULL \
             UNION ALL SELECT i, earlier, TRUE FROM item WHERE seen IS NOT NULL AND earlier IS NOT NULL",
        );
        Ok(())
    }
}
