//! Deletes rows that no use case needs any longer.

use chit_chat_domain::chatroom::SlowMode;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::upkeep::{CREATION_KEY_RETENTION, Upkeep};
use chit_chat_relational::schema::{chatroom_creations, turns};
use chit_chat_relational::{Instant, Key, Sql};
use diesel::prelude::*;

use super::{erasures, former_usernames};
use crate::{Conn, Store};

impl Upkeep for Store {
    fn forget(&self, now: Timestamp, most: usize) -> Result<bool, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.write(|tx| {
            let turns = forget_turns(tx, SlowMode::oldest_turn(now).into(), most)?;
            let usernames = former_usernames::forget(tx, now.into(), most)?;
            Ok(forget_creations(tx, now.into(), most)? || turns || usernames)
        })
    }

    fn erase_messages(&self, now: Timestamp, most: usize) -> Result<bool, StoreError> {
        self.write(|tx| erasures::some(tx, now, most))
    }
}

/// Deletes turns up to this time, the oldest first, and returns whether there were any. Turns of the same moment are
/// deleted together.
fn forget_turns(conn: &mut Conn, until: Instant, most: i64) -> Sql<bool> {
    let old = turns::table.filter(turns::taken_at.le(until));
    let times: Vec<Instant> = old.order(turns::taken_at).limit(most).select(turns::taken_at).load(conn)?;
    if let Some(last) = times.last() {
        diesel::delete(turns::table.filter(turns::taken_at.le(*last))).execute(conn)?;
    }
    Ok(!times.is_empty())
}

/// Deletes expired keys of creations, and returns whether there were any.
fn forget_creations(conn: &mut Conn, now: Instant, most: i64) -> Sql<bool> {
    let expired = chatroom_creations::table.filter(chatroom_creations::expires_at.le(now));
    let times = expired.order(chatroom_creations::expires_at).limit(most);
    let times: Vec<Option<Instant>> = times.select(chatroom_creations::expires_at).load(conn)?;
    if let Some(last) = times.last() {
        diesel::delete(chatroom_creations::table.filter(chatroom_creations::expires_at.le(*last)))
            .execute(conn)?;
    }
    Ok(!times.is_empty())
}

/// Lets the key of a deleted chatroom's creation expire.
pub(crate) fn expire_creation(conn: &mut Conn, chatroom: Key, deleted_at: Instant) -> Sql<()> {
    let expires_at = Instant::from(deleted_at.0.plus(CREATION_KEY_RETENTION));
    diesel::update(chatroom_creations::table.filter(chatroom_creations::chatroom_id.eq(chatroom)))
        .set(chatroom_creations::expires_at.eq(expires_at))
        .execute(conn)?;
    Ok(())
}
