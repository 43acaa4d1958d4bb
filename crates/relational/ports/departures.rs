//! Deleted accounts that have chatrooms to leave.
//!
//! The row is written in the transaction that deletes the account, and deleted once no membership is left; so neither
//! a crash nor another instance makes a difference. A deleted account joins no chatroom.

use chit_chat_domain::id::UserId;
use chit_chat_domain::user::AccountDeletion;
use chit_chat_relational::schema::{departures, memberships};
use chit_chat_relational::{Key, Sql};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::Conn;

/// Returns whether an account has so few chatrooms that one transaction may lock all of them.
pub(crate) fn has_few_chatrooms(conn: &mut Conn, user: UserId) -> Sql<bool> {
    let few = i64::try_from(AccountDeletion::FEW_CHATROOMS).unwrap_or(i64::MAX);
    let one_more = memberships::table
        .filter(memberships::user_id.eq(Key::from(user)))
        .order(memberships::chatroom_id)
        .offset(few)
        .limit(1)
        .select(memberships::chatroom_id);
    Ok(one_more.first::<Key>(conn).optional()?.is_none())
}

/// Marks an account that is being deleted, if it has chatrooms.
pub(crate) fn begin(conn: &mut Conn, user: UserId) -> Sql<()> {
    let user = Key::from(user);
    let theirs = memberships::table.filter(memberships::user_id.eq(user));
    if diesel::select(exists(theirs)).get_result(conn)? {
        diesel::insert_into(departures::table).values(departures::user_id.eq(user)).execute(conn)?;
    }
    Ok(())
}

/// The first account that is marked.
pub(crate) fn first(conn: &mut Conn) -> Sql<Option<UserId>> {
    let first = departures::table.order(departures::user_id).select(departures::user_id);
    Ok(first.first::<Key>(conn).optional()?.map(Into::into))
}

pub(crate) fn end(conn: &mut Conn, user: UserId) -> Sql<()> {
    diesel::delete(departures::table.find(Key::from(user))).execute(conn)?;
    Ok(())
}
