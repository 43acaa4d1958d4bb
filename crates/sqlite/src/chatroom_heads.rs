//! The heads of chatrooms. Answers are cached until the next commit.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::group_commit::HeadRequest;
use chit_chat_relational::types::Id;
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;

use crate::{Conn, database};

/// The largest number of cached answers.
const MAX_HEADS: usize = 10_000;

/// Answers questions about heads over its own connection.
pub(crate) struct HeadCache {
    path: PathBuf,
    memory: Mutex<Option<Memory>>,
}

/// The cache of a connection.
struct Memory {
    conn: Conn,
    /// SQLite's `data_version`. It changes on this connection when another one commits, in this process or
    /// another.
    data_version: i64,
    heads: HashMap<HeadRequest, Option<Seq>>,
}

impl HeadCache {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), memory: Mutex::new(None) }
    }

    pub(crate) fn ask(&self, questions: &[HeadRequest]) -> Result<Vec<Option<Seq>>, StoreError> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let mut current = match memory.take() {
            Some(memory) => memory,
            None => Memory { conn: database::connect_reader(&self.path)?, data_version: 0, heads: HashMap::new() },
        };
        // After a failure the next question uses a new connection.
        let heads = current.ask(questions)?;
        *memory = Some(current);
        Ok(heads)
    }
}

impl Memory {
    fn ask(&mut self, questions: &[HeadRequest]) -> Sql<Vec<Option<Seq>>> {
        let data_version = (&DataVersion).get_result(&mut self.conn)?;
        if data_version != self.data_version || self.heads.len() > MAX_HEADS {
            self.heads.clear();
            self.data_version = data_version;
        }
        questions.iter().map(|question| self.head(*question)).collect()
    }

    fn head(&mut self, question: HeadRequest) -> Sql<Option<Seq>> {
        if let Some(head) = self.heads.get(&question) {
            return Ok(*head);
        }
        let (chatroom, reader) = (question.0.into(), question.1.into());
        let head = (&Head { chatroom, reader }).get_result(&mut self.conn).optional()?;
        self.heads.insert(question, head);
        Ok(head)
    }
}

#[derive(QueryId)]
struct DataVersion;

struct Head {
    chatroom: Key,
    reader: Key,
}

impl QueryId for Head {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for &DataVersion {
    type SqlType = BigInt;
}

impl Query for &Head {
    type SqlType = BigInt;
}

impl RunQueryDsl<Conn> for &DataVersion {}
impl RunQueryDsl<Conn> for &Head {}

impl QueryFragment<Sqlite> for DataVersion {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("PRAGMA data_version");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for Head {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "SELECT c.last_seq FROM memberships m JOIN users u ON u.id = m.user_id \
             JOIN chatrooms c ON c.id = m.chatroom_id \
             WHERE u.deleted_at IS NULL AND c.deleted_at IS NULL AND m.chatroom_id = ",
        );
        out.push_bind_param::<Id, _>(&self.chatroom)?;
        out.push_sql(" AND m.user_id = ");
        out.push_bind_param::<Id, _>(&self.reader)
    }
}
