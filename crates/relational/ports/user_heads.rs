//! Counters of the changes that concern a single user.

use chit_chat_domain::id::UserId;
use chit_chat_relational::schema::user_heads;
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;

use crate::Tx;

/// The number of rows that fit into one statement on both engines.
const CHUNK: usize = 1_000;

/// Moves the heads of these users, once in a transaction, always in the order of their ids, to prevent deadlocks.
pub(crate) fn bump(tx: &mut Tx<'_>, users: impl IntoIterator<Item = UserId>) -> Sql<()> {
    let mut users: Vec<Key> = users.into_iter().map(Key::from).collect();
    users.sort_unstable();
    users.retain(|user| tx.changes.user((*user).into()));
    for chunk in users.chunks(CHUNK) {
        let rows: Vec<_> =
            chunk.iter().map(|user| (user_heads::user_id.eq(*user), user_heads::version.eq(1))).collect();
        diesel::insert_into(user_heads::table)
            .values(rows)
            .on_conflict(user_heads::user_id)
            .do_update()
            .set(user_heads::version.eq(user_heads::version + 1))
            .execute(tx.conn)?;
    }
    Ok(())
}
