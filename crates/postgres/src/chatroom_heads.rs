//! Queries the heads of chatrooms, for many readers in one statement.

use chit_chat_domain::chatroom::Seq;
use chit_chat_relational::group_commit::HeadRequest;
use chit_chat_relational::types::Id;
use chit_chat_relational::{Key, Sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Nullable};

use crate::Conn;

pub(crate) fn ask(conn: &mut Conn, questions: &[HeadRequest]) -> Sql<Vec<Option<Seq>>> {
    let (chatrooms, readers) =
        questions.iter().map(|(chatroom, reader)| (Key::from(*chatroom), Key::from(*reader))).unzip();
    let found: Vec<(i64, Option<Seq>)> = (&HeadsQuery { chatrooms, readers }).load(conn)?;
    let mut heads = vec![None; questions.len()];
    for (ord, head) in found {
        if let Some(place) = usize::try_from(ord - 1).ok().and_then(|place| heads.get_mut(place)) {
            *place = head;
        }
    }
    Ok(heads)
}

struct HeadsQuery {
    chatrooms: Vec<Key>,
    readers: Vec<Key>,
}

impl QueryId for HeadsQuery {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for &HeadsQuery {
    type SqlType = (BigInt, Nullable<BigInt>);
}

impl RunQueryDsl<Conn> for &HeadsQuery {}

/// One subquery per question, so that each uses the indexes whatever the planner estimates.
impl QueryFragment<Pg> for HeadsQuery {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT q.ord, (SELECT c.last_seq FROM memberships m JOIN users u ON u.id = m.user_id \
             JOIN chatrooms c ON c.id = m.chatroom_id WHERE u.deleted_at IS NULL AND c.deleted_at IS NULL \
             AND m.chatroom_id = q.chatroom AND m.user_id = q.reader) FROM unnest(",
        );
        out.push_bind_param::<Array<Id>, _>(&self.chatrooms)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Id>, _>(&self.readers)?;
        out.push_sql(") WITH ORDINALITY AS q(chatroom, reader, ord)");
        Ok(())
    }
}
