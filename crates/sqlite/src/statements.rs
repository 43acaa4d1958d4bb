//! The statements of a send as text, because diesel does not cache prepared `UPDATE`s and would build the text
//! of the others each time.

use chit_chat_domain::message::NewMessage;
use chit_chat_relational::types::{Id, Moment};
use chit_chat_relational::{Instant, Key};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use diesel::sqlite::Sqlite;

use crate::Conn;

/// Finds a row if the guard holds.
pub(crate) struct GuardQuery {
    pub(crate) room: Key,
    pub(crate) actor: Key,
    pub(crate) role: i16,
}

/// Takes the next seqs of a room, and returns the last one.
pub(crate) struct TakeSeqs {
    pub(crate) room: Key,
    pub(crate) count: i64,
}

/// Inserts a new message.
pub(crate) struct NewRow<'a> {
    room: Key,
    seq: i64,
    id: Key,
    author: Key,
    body: &'a str,
    key: Option<&'a str>,
    digest: Option<Key>,
    at: Instant,
}

impl<'a> NewRow<'a> {
    pub(crate) fn new(message: &'a NewMessage, seq: i64) -> Self {
        let idempotency = message.idempotency.as_ref();
        Self {
            room: message.chatroom_id.into(),
            seq,
            id: message.id.into(),
            author: message.author_id.into(),
            body: message.body.as_str(),
            key: idempotency.map(|idempotency| idempotency.key.as_str()),
            digest: idempotency.map(|idempotency| Key(idempotency.digest)),
            at: message.created_at.into(),
        }
    }
}

impl QueryId for GuardQuery {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryId for TakeSeqs {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryId for NewRow<'_> {
    type QueryId = NewRow<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for &GuardQuery {
    type SqlType = BigInt;
}

impl Query for &TakeSeqs {
    type SqlType = BigInt;
}

impl RunQueryDsl<Conn> for &GuardQuery {}
impl RunQueryDsl<Conn> for &TakeSeqs {}
impl RunQueryDsl<Conn> for NewRow<'_> {}

impl QueryFragment<Sqlite> for GuardQuery {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id JOIN chatrooms c ON c.id = m.chatroom_id \
             WHERE u.deleted_at IS NULL AND c.deleted_at IS NULL AND m.chatroom_id = ",
        );
        out.push_bind_param::<Id, _>(&self.room)?;
        out.push_sql(" AND m.user_id = ");
        out.push_bind_param::<Id, _>(&self.actor)?;
        out.push_sql(" AND m.role >= c.speaking_role AND m.role >= ");
        out.push_bind_param::<SmallInt, _>(&self.role)
    }
}

/// `?1` is bound once and used twice.
impl QueryFragment<Sqlite> for TakeSeqs {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("UPDATE chatrooms SET last_seq = last_seq + ");
        out.push_bind_param::<BigInt, _>(&self.count)?;
        out.push_sql(", last_message_seq = last_seq + ?1 WHERE id = ");
        out.push_bind_param::<Id, _>(&self.room)?;
        out.push_sql(" RETURNING last_seq");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for NewRow<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO messages \
             (revision, chatroom_id, seq, id, author_id, body, idempotency_key, digest, created_at) VALUES (1, ",
        );
        out.push_bind_param::<Id, _>(&self.room)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.seq)?;
        out.push_sql(", ");
        out.push_bind_param::<Id, _>(&self.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Id, _>(&self.author)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.body)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.key)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Id>, _>(&self.digest)?;
        out.push_sql(", ");
        out.push_bind_param::<Moment, _>(&self.at)?;
        out.push_sql(")");
        Ok(())
    }
}
