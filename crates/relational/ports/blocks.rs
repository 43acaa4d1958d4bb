//! Blocks in SQL.
//!
//! Adding a user takes a shared lock on their row before it checks for blocks, and blocking locks the blocker's
//! own row. So a block sees every earlier addition, and no addition overlooks a block.

use chit_chat_domain::block::{Block, BlockRepository, Blocking};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::direct::Pair;
use chit_chat_domain::id::UserId;
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::schema::{blocks, users as people};
use chit_chat_relational::{Instant, Key, Sql};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::ledger::Ledger;
use super::{direct, fragments, invitees, user_heads};
use crate::{Conn, Store, Tx, dialect};

impl BlockRepository for Store {
    fn block(&self, pair: Pair, most: usize, at: Timestamp) -> Result<Blocking, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.write(|tx| block(tx, pair, most, at))
    }

    fn unblock(&self, pair: Pair, at: Timestamp) -> Result<Option<()>, StoreError> {
        self.write(|tx| unblock(tx, pair, at))
    }

    fn list(&self, user: UserId, after: Option<Block>, limit: Limit) -> Result<Vec<Block>, StoreError> {
        self.read(|conn| list(conn, user.into(), after, limit))
    }
}

fn block(tx: &mut Tx<'_>, pair: Pair, most: i64, at: Timestamp) -> Sql<Blocking> {
    let (me, other) = (Key::from(pair.me()), Key::from(pair.other()));
    // Rooms are locked before users, as when an account is deleted: all transactions use this order.
    let direct = direct::open_ledger(tx, pair, at)?;
    if dialect::lock_user(tx, pair.me())?.is_none() {
        return Ok(Blocking::NoSuchUser);
    }
    if diesel::select(exists(blocks::table.find((me, other)))).get_result::<bool>(tx.conn)? {
        return Ok(Blocking::Blocked);
    }
    if !diesel::select(fragments::is_alive(other)).get_result::<bool>(tx.conn)? {
        return Ok(Blocking::NoSuchUser);
    }
    if blocks::table.filter(blocks::user_id.eq(me)).count().get_result::<i64>(tx.conn)? >= most {
        return Ok(Blocking::TooMany);
    }
    let at_that_time = blocks::created_at.eq(Instant::from(at));
    diesel::insert_into(blocks::table)
        .values((blocks::user_id.eq(me), blocks::blocked_id.eq(other), at_that_time))
        .execute(tx.conn)?;
    invitees::forget_from(tx, pair.me(), pair.other())?;
    follow_block(tx, direct, pair, at)?;
    Ok(Blocking::Blocked)
}

fn unblock(tx: &mut Tx<'_>, pair: Pair, at: Timestamp) -> Sql<Option<()>> {
    let (me, other) = (Key::from(pair.me()), Key::from(pair.other()));
    let direct = direct::open_ledger(tx, pair, at)?;
    if dialect::lock_user(tx, pair.me())?.is_none() {
        return Ok(None);
    }
    if diesel::delete(blocks::table.find((me, other))).execute(tx.conn)? == 0 {
        let known = diesel::select(exists(people::table.find(other))).get_result::<bool>(tx.conn)?;
        return Ok(known.then_some(()));
    }
    follow_block(tx, direct, pair, at)?;
    Ok(Some(()))
}

/// Updates the direct chatroom of the two users, and the head of the one who blocks or unblocks.
fn follow_block(tx: &mut Tx<'_>, direct: Option<Ledger>, pair: Pair, at: Timestamp) -> Sql<()> {
    let direct = match direct {
        Some(ledger) => Some(ledger),
        // The other user may have opened it during the wait for the user's row.
        None => direct::open_ledger(tx, pair, at)?,
    };
    let Some(mut ledger) = direct else {
        return user_heads::bump(tx, [pair.me()]);
    };
    direct::archive_while_blocked(tx, &mut ledger, pair)?;
    ledger.affects([pair.me()]);
    ledger.close(tx)?;
    Ok(())
}

fn list(conn: &mut Conn, user: Key, after: Option<Block>, limit: Limit) -> Sql<Vec<Block>> {
    let mut mine = blocks::table
        .filter(blocks::user_id.eq(user))
        .order((blocks::created_at.desc(), blocks::blocked_id.desc()))
        .limit(fragments::limit_plus_one(limit))
        .select((blocks::blocked_id, blocks::created_at))
        .into_boxed();
    if let Some(after) = after {
        let (at, id) = (Instant::from(after.created_at), Key::from(after.user_id));
        let later_id = blocks::created_at.eq(at).and(blocks::blocked_id.lt(id));
        mine = mine.filter(blocks::created_at.lt(at).or(later_id));
    }
    let rows: Vec<(Key, Instant)> = mine.load(conn)?;
    Ok(rows.into_iter().map(|(id, at)| Block { user_id: id.into(), created_at: at.into() }).collect())
}

/// Deletes the blocks of a deleted account.
pub(crate) fn forget(conn: &mut Conn, user: UserId) -> Sql<()> {
    diesel::delete(blocks::table.filter(blocks::user_id.eq(Key::from(user)))).execute(conn)?;
    Ok(())
}
