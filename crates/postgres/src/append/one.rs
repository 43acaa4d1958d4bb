//! Stores one message in one statement.

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::message::Appended;
use chit_chat_relational::group_commit::QueuedSend;
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::schema::messages;
use chit_chat_relational::types::{Id, Moment};
use chit_chat_relational::{Instant, Key, Sql, SqlError};
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use uuid::Uuid;

use super::{duplicate, stored};
use crate::Conn;
use crate::ports::replies_and_mentions;

/// Stores one message, and returns the outcome.
pub(super) fn append(conn: &mut Conn, send: &QueuedSend) -> Sql<Appended> {
    let statement = Append::new(send);
    match attempt(conn, send, &statement) {
        Err(SqlError::Diesel(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))) => {
            handle_conflict(conn, send, &statement)
        }
        outcome => outcome,
    }
}

/// Stores a message. A plain one is a single statement, which needs no surrounding transaction; but a transaction
/// that there is must outlive a conflict.
fn attempt(conn: &mut Conn, send: &QueuedSend, statement: &Append<'_>) -> Sql<Appended> {
    let run = |conn: &mut Conn| {
        let outcome = statement.run(conn)?;
        appended(conn, send, outcome)
    };
    if send.message.is_plain() && !is_in_transaction(conn) { run(conn) } else { conn.transaction(run) }
}

fn is_in_transaction(conn: &mut Conn) -> bool {
    let status = AnsiTransactionManager::transaction_manager_status_mut(conn);
    matches!(status.transaction_depth(), Ok(Some(_)))
}

/// Handles a conflict. Either the connection was lost after the commit and this message is already stored, or
/// another one with the same key was committed at the same moment, which the repeated statement sees.
fn handle_conflict(conn: &mut Conn, send: &QueuedSend, statement: &Append<'_>) -> Sql<Appended> {
    let stored: Option<MessageRow> = messages::table
        .filter(messages::chatroom_id.eq(statement.chatroom))
        .filter(messages::id.eq(statement.id))
        .select(MessageRow::as_select())
        .first(conn)
        .optional()?;
    if let Some(row) = stored {
        return Ok(Appended::Stored(row.into()));
    }
    attempt(conn, send, statement)
}

/// The seq of the stored message, and the seq of an earlier one with the same key.
type Outcome = (Option<i64>, Option<i64>);

fn appended(conn: &mut Conn, QueuedSend { message, .. }: &QueuedSend, outcome: Outcome) -> Sql<Appended> {
    match outcome {
        (Some(seq), _) => {
            let appended = stored(message, seq);
            if !message.is_plain() {
                replies_and_mentions::write_references(conn, appended.message().as_slice())?;
            }
            Ok(appended)
        }
        (None, Some(seq)) => duplicate(conn, message, seq),
        (None, None) => Ok(Appended::Refused),
    }
}

/// The statement. Its text is the same for every send, so each connection prepares it once.
struct Append<'a> {
    chatroom: Key,
    author: Key,
    role: i16,
    key: Option<&'a str>,
    id: Key,
    body: &'a str,
    digest: Option<Key>,
    at: Instant,
}

impl<'a> Append<'a> {
    fn new(send: &'a QueuedSend) -> Self {
        let QueuedSend { message, guard } = send;
        let idempotency = message.idempotency.as_ref();
        Self {
            chatroom: message.chatroom_id.into(),
            author: guard.actor.into(),
            role: send.least_role(),
            key: idempotency.map(|idempotency| idempotency.key.as_str()),
            id: message.id.into(),
            body: message.body.as_str(),
            digest: idempotency.map(|idempotency| Key(idempotency.digest)),
            at: message.created_at.into(),
        }
    }

    fn run(&self, conn: &mut Conn) -> QueryResult<Outcome> {
        self.get_result(conn)
    }
}

/// The SQL that sends one message, for benchmarks of the database alone. The values are, in order: chatroom,
/// author, minimum role, key, id, body, digest, time.
pub fn send_statement() -> String {
    let (id, at) = (Key(Uuid::nil()), Timestamp::from_micros(0).into());
    let append = Append { chatroom: id, author: id, role: 0, key: None, id, body: "", digest: None, at };
    let shown = diesel::debug_query::<Pg, _>(&append).to_string();
    shown.split(" -- binds:").next().unwrap_or_default().to_owned()
}

impl QueryId for Append<'_> {
    type QueryId = Append<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for &Append<'_> {
    type SqlType = (Nullable<BigInt>, Nullable<BigInt>);
}

impl RunQueryDsl<Conn> for &Append<'_> {}

/// Each value is bound at its first use; later uses refer to it by number.
impl QueryFragment<Pg> for Append<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH seen AS MATERIALIZED (SELECT c.access_version FROM memberships m \
             JOIN users u ON u.id = m.user_id JOIN chatrooms c ON c.id = m.chatroom_id \
             WHERE u.deleted_at IS NULL AND c.deleted_at IS NULL AND m.chatroom_id = ",
        );
        out.push_bind_param::<Id, _>(&self.chatroom)?;
        out.push_sql(" AND m.user_id = ");
        out.push_bind_param::<Id, _>(&self.author)?;
        out.push_sql(" AND m.role >= c.speaking_role AND m.role >= ");
        out.push_bind_param::<SmallInt, _>(&self.role)?;
        out.push_sql(
            "), dup AS MATERIALIZED (SELECT o.seq FROM messages o WHERE o.chatroom_id = $1 AND o.author_id = $2 \
             AND EXISTS (SELECT FROM seen) AND o.idempotency_key = ",
        );
        out.push_bind_param::<Nullable<Text>, _>(&self.key)?;
        out.push_sql(
            "), bump AS (UPDATE chatrooms c \
             SET last_seq = c.last_seq + 1, last_message_seq = c.last_seq + 1 FROM seen \
             WHERE c.id = $1 AND c.access_version = seen.access_version AND NOT EXISTS (SELECT FROM dup) \
             RETURNING c.last_seq), \
             msg AS (INSERT INTO messages (chatroom_id, seq, author_id, idempotency_key, revision, \
             id, body, digest, created_at) SELECT $1, bump.last_seq, $2, $4, 1, ",
        );
        out.push_bind_param::<Id, _>(&self.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.body)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Id>, _>(&self.digest)?;
        out.push_sql(", ");
        out.push_bind_param::<Moment, _>(&self.at)?;
        out.push_sql(" FROM bump) SELECT (SELECT last_seq FROM bump), (SELECT seq FROM dup)");
        Ok(())
    }
}
