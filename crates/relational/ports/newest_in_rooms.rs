//! The newest messages of a kind in a user's chatrooms. The chatrooms that the user has left cost nothing, and in
//! each of the others at most a page is read.

use std::collections::HashSet;

use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::schema::messages;
use chit_chat_relational::types::Id;
use chit_chat_relational::{Key, Sql};
use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::{Conn, dialect};

/// The number of attempts to read the messages that were found, some of which may be deleted meanwhile.
const ATTEMPTS: usize = 3;

/// Rows that name messages: the table, its column of their ids, and the condition for the rows. The condition may use
/// `$1`, which is the user, and the membership `room`; an index must have it, `chatroom_id` and the ids in this order.
pub(crate) struct Source {
    pub table: &'static str,
    pub id: &'static str,
    pub condition: String,
}

#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = Id)]
    chatroom_id: Key,
    #[diesel(sql_type = Id)]
    message_id: Key,
}

/// Reads the messages before an id, newest first.
pub(crate) fn read(conn: &mut Conn, source: &Source, user: Key, before: Key, most: i64) -> Sql<Vec<MessageRow>> {
    let mut rows = Vec::new();
    for _ in 0..ATTEMPTS {
        let places = find(conn, source, user, before, most)?;
        let ids: Vec<Key> = places.iter().map(|place| place.message_id).collect();
        // The ids alone lead to the rows, whatever else an index offers: as long as PostgreSQL has no statistics, it
        // would read the index of all messages that are not deleted.
        rows = messages::table
            .filter(messages::id.eq_any(ids))
            .order(messages::id.desc())
            .select(MessageRow::as_select())
            .load(conn)?;
        let found: HashSet<_> = places.iter().map(|place| (place.chatroom_id, place.message_id)).collect();
        rows.retain(|row| row.deleted_at.is_none() && found.contains(&(row.chatroom_id, row.id)));
        if rows.len() == found.len() {
            break;
        }
    }
    Ok(rows)
}

/// Finds the messages in two steps. Only the chatrooms with the newest ones, as many as the page has places, can
/// contribute to it; in each of them at most a page is read.
///
/// Without MATERIALIZED, PostgreSQL would look up the newest message of each chatroom twice, for the condition and
/// for the order. Both engines number the parameters by their names, because each name first occurs in this order.
fn find(conn: &mut Conn, source: &Source, user: Key, before: Key, most: i64) -> Sql<Vec<Place>> {
    let Source { table, id, condition } = source;
    let newest = format!(
        "SELECT {id} FROM {table} WHERE {condition} AND chatroom_id = room.chatroom_id AND {id} < $2 \
         ORDER BY {id} DESC"
    );
    let in_each = dialect::newest_in_each("rooms AS room", table, id, condition, &newest);
    let query = format!(
        "WITH found AS MATERIALIZED (SELECT chatroom_id, joined_seq, ({newest} LIMIT 1) AS id \
         FROM memberships AS room WHERE user_id = $1 \
         AND EXISTS (SELECT 1 FROM users WHERE users.id = $1 AND deleted_at IS NULL)), \
         rooms AS (SELECT chatroom_id, joined_seq FROM found WHERE id IS NOT NULL ORDER BY id DESC LIMIT $3) \
         SELECT room.chatroom_id AS chatroom_id, own.{id} AS message_id FROM {in_each} \
         ORDER BY own.{id} DESC LIMIT $3"
    );
    let query = diesel::sql_query(query).bind::<Id, _>(user).bind::<Id, _>(before).bind::<BigInt, _>(most);
    Ok(query.load(conn)?)
}
