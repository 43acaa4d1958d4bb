//! Changes of usernames in SQL, and the names that users gave up.
//!
//! Every name in use is in `users`, whose unique index decides races for it; a name that was given up is in
//! `former_usernames`. A user who takes a name first claims it in `users`, and then looks here: whoever gives the
//! name up at the same time has written it here before the claim succeeds.

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::UserId;
use chit_chat_domain::user::{Updated, Username, UsernameChange};
use chit_chat_relational::schema::{former_usernames, users};
use chit_chat_relational::{Instant, Key, Sql, SqlError};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::Conn;

/// Gives a locked user the reservation of another name, and reserves the old one. Returns the reason if it is
/// refused; nothing is changed then. The name itself is left to the caller.
pub(crate) fn change(conn: &mut Conn, id: UserId, name: &UsernameChange, at: Timestamp) -> Sql<Option<Updated>> {
    let user = Key::from(id);
    let old: String = users::table.find(user).select(users::username_reservation).first(conn)?;
    if old == name.reservation {
        return Ok(None);
    }
    let reserved = former_usernames::table
        .filter(former_usernames::user_id.eq(user))
        .filter(former_usernames::expires_at.gt(Instant::from(at)))
        .filter(former_usernames::reservation.ne(&name.reservation));
    let reserved: i64 = reserved.count().get_result(conn)?;
    if usize::try_from(reserved).is_ok_and(|reserved| reserved >= Username::MAX_FORMER) {
        return Ok(Some(Updated::RenamedTooOften));
    }
    // Looked up first, because claims that wait for each other's names would deadlock.
    let in_use = users::table.filter(users::username_reservation.eq(&name.reservation));
    if diesel::select(diesel::dsl::exists(in_use)).get_result(conn)? {
        return Ok(Some(Updated::UsernameTaken));
    }
    // A savepoint, because PostgreSQL ends a transaction whose statement violates a constraint.
    let changed = conn.transaction(|conn| {
        let claim = diesel::update(users::table.find(user));
        claim.set(users::username_reservation.eq(&name.reservation)).execute(conn)?;
        if !is_free(conn, &name.reservation, user, at)? {
            return Err(SqlError::Diesel(DieselError::RollbackTransaction));
        }
        reserve(conn, &old, user, at)
    });
    match changed {
        Ok(()) => Ok(None),
        Err(SqlError::Diesel(
            DieselError::RollbackTransaction | DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _),
        )) => Ok(Some(Updated::UsernameTaken)),
        Err(error) => Err(error),
    }
}

/// Returns whether nobody but this user has reserved a name, which the transaction has claimed. A reservation that is
/// the user's own, or has expired, is deleted.
pub(crate) fn is_free(conn: &mut Conn, reservation: &str, user: Key, at: Timestamp) -> Sql<bool> {
    let named = former_usernames::table.find(reservation);
    let expired = former_usernames::expires_at.le(Instant::from(at));
    diesel::delete(named.filter(expired.or(former_usernames::user_id.eq(user)))).execute(conn)?;
    let reserved: bool = diesel::select(diesel::dsl::exists(named)).get_result(conn)?;
    Ok(!reserved)
}

/// Reserves a name that the user gives up.
fn reserve(conn: &mut Conn, reservation: &str, user: Key, at: Timestamp) -> Sql<()> {
    let expires_at = Instant::from(at.plus(Username::RESERVED_FOR));
    let row = (former_usernames::user_id.eq(user), former_usernames::expires_at.eq(expires_at));
    diesel::insert_into(former_usernames::table)
        .values((former_usernames::reservation.eq(reservation), row))
        .on_conflict(former_usernames::reservation)
        .do_update()
        .set(row)
        .execute(conn)?;
    Ok(())
}

/// Deletes reservations that have expired, the oldest first, and returns whether there were any.
pub(crate) fn forget(conn: &mut Conn, now: Instant, most: i64) -> Sql<bool> {
    let expired = former_usernames::table.filter(former_usernames::expires_at.le(now));
    let times = expired.order(former_usernames::expires_at).limit(most);
    let times: Vec<Instant> = times.select(former_usernames::expires_at).load(conn)?;
    if let Some(last) = times.last() {
        diesel::delete(former_usernames::table.filter(former_usernames::expires_at.le(*last))).execute(conn)?;
    }
    Ok(!times.is_empty())
}
