//! Bans in SQL.

use chit_chat_domain::ban::{Ban, BanRepository, Banned, NewBan};
use chit_chat_domain::chatroom::{Guard, Seq};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::{Change, MembershipEnd};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::bans::BanRow;
use chit_chat_relational::schema::bans;
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;

use super::ledger::Ledger;
use super::{fragments, invitees, memberships};
use crate::{Conn, Store, Tx, dialect};

impl BanRepository for Store {
    fn ban(&self, ban: NewBan, most: usize, guard: Guard) -> Result<Banned, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.write(|tx| place(tx, &ban, most, guard))
    }

    fn lift(
        &self,
        chatroom: ChatroomId,
        user: UserId,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Guarded, StoreError> {
        self.write(|tx| lift(tx, chatroom, user, guard, at))
    }

    fn list(&self, chatroom: ChatroomId, after: Option<Seq>, limit: Limit) -> Result<Vec<Ban>, StoreError> {
        self.read(|conn| {
            let mut newest = bans::table
                .filter(bans::chatroom_id.eq(Key::from(chatroom)))
                .order(bans::seq.desc())
                .limit(fragments::limit_plus_one(limit))
                .select(BanRow::as_select())
                .into_boxed();
            if let Some(after) = after {
                newest = newest.filter(bans::seq.lt(after));
            }
            Ok(newest.load(conn)?.into_iter().map(Into::into).collect())
        })
    }
}

fn place(tx: &mut Tx<'_>, new: &NewBan, most: i64, guard: Guard) -> Sql<Banned> {
    let Some(mut ledger) = Ledger::open_guarded(tx, new.chatroom_id, guard, new.at)? else {
        return Ok(Banned::Refused);
    };
    if dialect::share_living_users(tx, vec![new.user_id])?.is_empty() {
        return Ok(Banned::NoSuchUser);
    }
    if let Some(earlier) = find(tx, new.chatroom_id, new.user_id)? {
        return Ok(Banned::Already(earlier));
    }
    let as_read = match &new.membership {
        Some(target) => memberships::is_unchanged(tx, target)?,
        None => !memberships::is_member(tx, new.chatroom_id, new.user_id)?,
    };
    if !as_read {
        return Ok(Banned::Refused);
    }
    let room = bans::table.filter(bans::chatroom_id.eq(Key::from(new.chatroom_id)));
    if room.count().get_result::<i64>(tx.conn)? >= most {
        return Ok(Banned::TooMany);
    }
    let ban = Ban {
        chatroom_id: new.chatroom_id,
        user_id: new.user_id,
        banned_by: guard.actor,
        created_at: new.at,
        seq: ledger.record(Change::BanCreated { user_id: new.user_id })?,
    };
    diesel::insert_into(bans::table).values(BanRow::from(ban)).execute(tx.conn)?;
    invitees::forget(tx, new.chatroom_id, new.user_id)?;
    if new.membership.is_some() {
        // This comes last: the event that ends a membership is the last one that its user receives.
        memberships::end(tx, &mut ledger, new.user_id, MembershipEnd::Banned)?;
    }
    ledger.close(tx)?;
    Ok(Banned::Banned(ban))
}

fn lift(tx: &mut Tx<'_>, chatroom: ChatroomId, user: UserId, guard: Guard, at: Timestamp) -> Sql<Guarded> {
    let Some(mut ledger) = Ledger::open_guarded(tx, chatroom, guard, at)? else {
        return Ok(Guarded::Refused);
    };
    let lifted = diesel::delete(bans::table.find((Key::from(chatroom), Key::from(user)))).execute(tx.conn)?;
    if lifted > 0 {
        ledger.record(Change::BanDeleted { user_id: user })?;
        ledger.close(tx)?;
    }
    Ok(Guarded::Done(()))
}

/// Deletes the bans of a deleted account, in every chatroom, without an event: the account cannot return.
pub(crate) fn forget(conn: &mut Conn, user: UserId) -> Sql<()> {
    diesel::delete(bans::table.filter(bans::user_id.eq(Key::from(user)))).execute(conn)?;
    Ok(())
}

fn find(conn: &mut Conn, chatroom: ChatroomId, user: UserId) -> Sql<Option<Ban>> {
    let row = bans::table.find((Key::from(chatroom), Key::from(user))).select(BanRow::as_select());
    Ok(row.first(conn).optional()?.map(Into::into))
}
