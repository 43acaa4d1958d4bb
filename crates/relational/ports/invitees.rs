//! Invitees in SQL.
//!
//! A row is inserted under the chatroom's lock and a shared lock on the invited user, so a ban, a block and the
//! deletion of the chatroom or the account see it. Whoever deletes a row first decides: a user who accepts while
//! the invitation is withdrawn finds none.

use chit_chat_domain::chatroom::{ChatroomName, Guard};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::invitee::{
    Invitee, InviteePosition, InviteeRepository, MAX_WAITING, MAX_WAITING_OF_INVITER, ReceivedInvitation,
    ReceivedPosition,
};
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::invitees::InviteeRow;
use chit_chat_relational::schema::{chatrooms, invitees};
use chit_chat_relational::{Instant, Key, Sql, codes};
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::fragments;
use super::ledger::Ledger;
use crate::{Conn, Store};

impl InviteeRepository for Store {
    fn find(&self, chatroom: ChatroomId, user: UserId) -> Result<Option<Invitee>, StoreError> {
        self.read(|conn| find(conn, chatroom, user))
    }

    fn of_chatroom(
        &self,
        chatroom: ChatroomId,
        after: Option<InviteePosition>,
        limit: Limit,
    ) -> Result<Vec<Invitee>, StoreError> {
        self.read(|conn| of_chatroom(conn, chatroom.into(), after, limit))
    }

    fn of_user(
        &self,
        user: UserId,
        after: Option<ReceivedPosition>,
        limit: Limit,
    ) -> Result<Vec<ReceivedInvitation>, StoreError> {
        self.read(|conn| of_user(conn, user.into(), after, limit))
    }

    fn decline(&self, chatroom: ChatroomId, user: UserId) -> Result<(), StoreError> {
        self.write(|tx| forget(tx, chatroom, user).map(drop))
    }

    fn withdraw(
        &self,
        chatroom: ChatroomId,
        user: UserId,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Guarded, StoreError> {
        self.write(|tx| match Ledger::open_guarded(tx, chatroom, guard, at)? {
            Some(_) => forget(tx, chatroom, user).map(|_| Guarded::Done(())),
            None => Ok(Guarded::Refused),
        })
    }
}

fn of_chatroom(conn: &mut Conn, chatroom: Key, after: Option<InviteePosition>, limit: Limit) -> Sql<Vec<Invitee>> {
    let mut newest = invitees::table
        .filter(invitees::chatroom_id.eq(chatroom))
        .order((invitees::created_at.desc(), invitees::user_id.desc()))
        .limit(fragments::limit_plus_one(limit))
        .select(InviteeRow::as_select())
        .into_boxed();
    if let Some(InviteePosition { created_at, user_id }) = after {
        let (at, user) = (Instant::from(created_at), Key::from(user_id));
        let same_time = invitees::created_at.eq(at).and(invitees::user_id.lt(user));
        newest = newest.filter(invitees::created_at.lt(at).or(same_time));
    }
    Ok(newest.load(conn)?.into_iter().map(Into::into).collect())
}

fn of_user(
    conn: &mut Conn,
    user: Key,
    after: Option<ReceivedPosition>,
    limit: Limit,
) -> Sql<Vec<ReceivedInvitation>> {
    let mut newest = invitees::table
        .inner_join(chatrooms::table)
        .filter(invitees::user_id.eq(user))
        .filter(chatrooms::deleted_at.is_null())
        .order((invitees::created_at.desc(), invitees::chatroom_id.desc()))
        .limit(fragments::limit_plus_one(limit))
        .select((InviteeRow::as_select(), chatrooms::name, chatrooms::visibility))
        .into_boxed();
    if let Some(ReceivedPosition { created_at, chatroom_id }) = after {
        let (at, chatroom) = (Instant::from(created_at), Key::from(chatroom_id));
        let same_time = invitees::created_at.eq(at).and(invitees::chatroom_id.lt(chatroom));
        newest = newest.filter(invitees::created_at.lt(at).or(same_time));
    }
    let rows: Vec<(InviteeRow, String, i16)> = newest.load(conn)?;
    let received = rows.into_iter().map(|(row, name, visibility)| {
        Ok(ReceivedInvitation {
            invitee: row.into(),
            chatroom_name: Some(name).filter(|name| !name.is_empty()).map(ChatroomName::restore),
            visibility: codes::visibility(visibility)?,
        })
    });
    received.collect()
}

/// The waiting invitation of a user.
pub(crate) fn find(conn: &mut Conn, chatroom: ChatroomId, user: UserId) -> Sql<Option<Invitee>> {
    let row = invitees::table.find((Key::from(user), Key::from(chatroom))).select(InviteeRow::as_select());
    Ok(row.first(conn).optional()?.map(Into::into))
}

/// Invites a user, unless this inviter has invited them too often. An earlier invitation to the same chatroom
/// stays as it is. Call it under the chatroom's lock and a shared lock on the user.
pub(crate) fn invite(conn: &mut Conn, new: Invitee) -> Sql<Option<Invitee>> {
    if let Some(earlier) = find(conn, new.chatroom_id, new.user_id)? {
        return Ok(Some(earlier));
    }
    let waiting = waiting(conn, new.user_id.into())?;
    let of_inviter = waiting.iter().find(|(inviter, _)| *inviter == Key::from(new.invited_by));
    if of_inviter.is_some_and(|(_, count)| *count >= most(MAX_WAITING_OF_INVITER)) {
        return Ok(None);
    }
    if waiting.iter().map(|(_, count)| count).sum::<i64>() >= most(MAX_WAITING)
        && let Some((greediest, _)) = waiting.iter().max_by_key(|(_, count)| *count)
    {
        forget_oldest(conn, new.user_id.into(), *greediest)?;
    }
    diesel::insert_into(invitees::table).values(InviteeRow::from(new)).execute(conn)?;
    Ok(Some(new))
}

/// The users among these whom this inviter has invited too often.
pub(crate) fn exhausted(conn: &mut Conn, inviter: UserId, users: &[Key]) -> Sql<Vec<UserId>> {
    let counts: Vec<(Key, i64)> = invitees::table
        .filter(invitees::user_id.eq_any(users))
        .filter(invitees::invited_by.eq(Key::from(inviter)))
        .group_by(invitees::user_id)
        .select((invitees::user_id, count_star()))
        .load(conn)?;
    let exhausted = counts.into_iter().filter(|(_, count)| *count >= most(MAX_WAITING_OF_INVITER));
    Ok(exhausted.map(|(user, _)| user.into()).collect())
}

/// The inviters of a user, with the number of their invitations that wait.
fn waiting(conn: &mut Conn, user: Key) -> Sql<Vec<(Key, i64)>> {
    Ok(invitees::table
        .filter(invitees::user_id.eq(user))
        .group_by(invitees::invited_by)
        .select((invitees::invited_by, count_star()))
        .load(conn)?)
}

fn forget_oldest(conn: &mut Conn, user: Key, inviter: Key) -> Sql<()> {
    let oldest: Option<Key> = invitees::table
        .filter(invitees::user_id.eq(user))
        .filter(invitees::invited_by.eq(inviter))
        .order((invitees::created_at, invitees::chatroom_id))
        .select(invitees::chatroom_id)
        .first(conn)
        .optional()?;
    if let Some(chatroom) = oldest {
        diesel::delete(invitees::table.find((user, chatroom))).execute(conn)?;
    }
    Ok(())
}

fn most(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Erases the invitation of a user, and returns whether there was one.
pub(crate) fn forget(conn: &mut Conn, chatroom: ChatroomId, user: UserId) -> Sql<bool> {
    let row = invitees::table.find((Key::from(user), Key::from(chatroom)));
    Ok(diesel::delete(row).execute(conn)? > 0)
}

/// Erases the invitations that one user sent to another.
pub(crate) fn forget_from(conn: &mut Conn, user: UserId, inviter: UserId) -> Sql<()> {
    let theirs = invitees::table
        .filter(invitees::user_id.eq(Key::from(user)))
        .filter(invitees::invited_by.eq(Key::from(inviter)));
    diesel::delete(theirs).execute(conn)?;
    Ok(())
}

/// Erases the invitations to a deleted chatroom.
pub(crate) fn forget_chatroom(conn: &mut Conn, chatroom: Key) -> Sql<()> {
    diesel::delete(invitees::table.filter(invitees::chatroom_id.eq(chatroom))).execute(conn)?;
    Ok(())
}

/// Erases the invitations that a deleted account received and sent.
pub(crate) fn forget_user(conn: &mut Conn, user: UserId) -> Sql<()> {
    let user = Key::from(user);
    diesel::delete(invitees::table.filter(invitees::user_id.eq(user).or(invitees::invited_by.eq(user))))
        .execute(conn)?;
    Ok(())
}
