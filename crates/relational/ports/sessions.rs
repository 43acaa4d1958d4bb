//! Sessions in SQL.

use std::collections::HashSet;

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{SessionId, UserId};
use chit_chat_domain::session::{
    END_RETENTION, EndedSession, LoggedEnd, NewSession, Rotation, Session, SessionRepository,
};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::SessionRow;
use chit_chat_relational::schema::{ended_sessions, sessions};
use chit_chat_relational::{Instant, Key, Sql};
use diesel::prelude::*;

use super::user_heads;
use crate::{Conn, Store, Tx, dialect};

/// A limit that the number of a user's open sessions never exceeds.
const MANY: i64 = 10_000;
/// The number of sessions that a statement ends.
const CHUNK: usize = 1_000;

impl SessionRepository for Store {
    fn create(&self, session: NewSession, most: usize) -> Result<Option<Vec<EndedSession>>, StoreError> {
        self.write(|tx| create(tx, &session, most))
    }

    fn find(&self, user: UserId, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.read(|conn| {
            let row = sessions::table.find((Key::from(user), Key::from(id)));
            let row = row.select(SessionRow::as_select()).first(conn).optional()?;
            row.map(Session::try_from).transpose()
        })
    }

    fn rotate(&self, rotation: Rotation) -> Result<Guarded, StoreError> {
        self.write(|tx| rotate(tx, &rotation))
    }

    fn list(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let (oldest_sign_in, oldest_use) = Session::oldest_alive(now);
        self.read(|conn| {
            let rows: Vec<SessionRow> = sessions::table
                .filter(sessions::user_id.eq(Key::from(user)))
                .filter(sessions::ended_at.is_null())
                .filter(sessions::created_at.gt(Instant::from(oldest_sign_in)))
                .filter(sessions::last_used_at.gt(Instant::from(oldest_use)))
                .order((sessions::created_at.desc(), sessions::id.desc()))
                .limit(MANY)
                .select(SessionRow::as_select())
                .load(conn)?;
            rows.into_iter().map(Session::try_from).collect()
        })
    }

    fn end(&self, user: UserId, id: SessionId, at: Timestamp) -> Result<Option<EndedSession>, StoreError> {
        self.write(|tx| Ok(end(tx, user, &[id.into()], at)?.pop()))
    }

    fn ended_since(&self, position: i64, now: Timestamp) -> Result<Vec<LoggedEnd>, StoreError> {
        self.follow(|conn| {
            let rows: Vec<(i64, Key, Instant)> = ended_sessions::table
                .filter(ended_sessions::position.gt(position))
                .filter(ended_sessions::tokens_expire_at.gt(Instant::from(now)))
                .order(ended_sessions::position)
                .load(conn)?;
            let entry = |(position, id, expire_at): (i64, Key, Instant)| LoggedEnd {
                position,
                session: EndedSession { id: id.into(), tokens_expire_at: expire_at.into() },
            };
            Ok(rows.into_iter().map(entry).collect())
        })
    }

    fn forget(&self, now: Timestamp) -> Result<(), StoreError> {
        let (_, oldest_use) = Session::oldest_alive(now);
        self.write(|tx| {
            diesel::delete(sessions::table.filter(sessions::last_used_at.le(Instant::from(oldest_use))))
                .execute(tx.conn)?;
            let expired = ended_sessions::tokens_expire_at.le(Instant::from(now));
            diesel::delete(ended_sessions::table.filter(expired)).execute(tx.conn)?;
            Ok(())
        })
    }
}

/// Ends every open session of a user except the one to keep.
pub(crate) fn end_all_except(
    tx: &mut Tx<'_>,
    user: UserId,
    keep: Option<SessionId>,
    at: Timestamp,
) -> Sql<Vec<EndedSession>> {
    let mut open: Vec<Key> = sessions::table
        .filter(sessions::user_id.eq(Key::from(user)))
        .filter(sessions::ended_at.is_null())
        .select(sessions::id)
        .load(tx.conn)?;
    open.retain(|id| keep.map(Key::from) != Some(*id));
    end(tx, user, &open, at)
}

pub(crate) fn is_open(conn: &mut Conn, user: UserId, id: SessionId) -> Sql<bool> {
    let open = sessions::table.find((Key::from(user), Key::from(id))).filter(sessions::ended_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(conn)?)
}

fn create(tx: &mut Tx<'_>, session: &NewSession, most: usize) -> Sql<Option<Vec<EndedSession>>> {
    let user = dialect::lock_user(tx, session.user_id)?.filter(|row| row.disabled_at.is_none());
    if user.and_then(|row| row.password_hash).as_deref() != Some(session.checked.as_str()) {
        return Ok(None);
    }
    let at = Instant::from(session.created_at);
    diesel::insert_into(sessions::table)
        .values((
            sessions::user_id.eq(Key::from(session.user_id)),
            sessions::id.eq(Key::from(session.id)),
            sessions::created_at.eq(at),
            sessions::last_used_at.eq(at),
            sessions::user_agent.eq(session.user_agent.as_deref()),
            sessions::family_hash.eq(session.family.as_bytes()),
            sessions::current_hash.eq(session.current.as_bytes()),
        ))
        .execute(tx.conn)?;
    let too_many: Vec<Key> = sessions::table
        .filter(sessions::user_id.eq(Key::from(session.user_id)))
        .filter(sessions::ended_at.is_null())
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .select(sessions::id)
        .offset(i64::try_from(most).unwrap_or(MANY))
        .limit(MANY)
        .load(tx.conn)?;
    end(tx, session.user_id, &too_many, session.created_at).map(Some)
}

fn rotate(conn: &mut Conn, rotation: &Rotation) -> Sql<Guarded> {
    let row = sessions::table
        .find((Key::from(rotation.user_id), Key::from(rotation.session_id)))
        .filter(sessions::current_hash.eq(rotation.read.as_bytes()))
        .filter(sessions::ended_at.is_null());
    let used = (
        sessions::current_hash.eq(rotation.next.as_bytes()),
        sessions::last_used_at.eq(Instant::from(rotation.at)),
    );
    let changed = match &rotation.spends {
        Some((spent, at)) => {
            let spent = (sessions::spent_hash.eq(spent.as_bytes()), sessions::spent_at.eq(Instant::from(*at)));
            diesel::update(row).set((used, spent)).execute(conn)?
        }
        None => diesel::update(row).set(used).execute(conn)?,
    };
    Ok(if changed == 0 { Guarded::Refused } else { Guarded::Done(()) })
}

/// Ends the open ones of these sessions, and logs that for the other instances. Many take few statements, because
/// the transaction has to commit soon after it has written to the log: the others look for late entries of the last
/// minute only.
fn end(tx: &mut Tx<'_>, user: UserId, ids: &[Key], at: Timestamp) -> Sql<Vec<EndedSession>> {
    let mut ended = Vec::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let open = sessions::table
            .filter(sessions::user_id.eq(Key::from(user)))
            .filter(sessions::id.eq_any(ids))
            .filter(sessions::ended_at.is_null());
        let open = diesel::update(open).set(sessions::ended_at.eq(Instant::from(at)));
        let changed: HashSet<Key> = open.returning(sessions::id).load(tx.conn)?.into_iter().collect();
        // In the given order.
        let changed: Vec<Key> = ids.iter().copied().filter(|id| changed.contains(id)).collect();
        ended.extend(log_ends(tx, &changed, at)?);
    }
    if !ended.is_empty() {
        user_heads::bump(tx, [user])?;
    }
    Ok(ended)
}

/// Logs the ends of sessions, or of the secrets of keys, for the other instances.
pub(crate) fn log_ends(tx: &mut Tx<'_>, ids: &[Key], at: Timestamp) -> Sql<Vec<EndedSession>> {
    let tokens_expire_at = at.plus(END_RETENTION);
    let expire_at = ended_sessions::tokens_expire_at.eq(Instant::from(tokens_expire_at));
    for ids in ids.chunks(CHUNK) {
        let rows: Vec<_> = ids.iter().map(|id| (ended_sessions::session_id.eq(*id), expire_at)).collect();
        diesel::insert_into(ended_sessions::table).values(rows).execute(tx.conn)?;
    }
    let ended: Vec<EndedSession> =
        ids.iter().map(|id| EndedSession { id: (*id).into(), tokens_expire_at }).collect();
    for session in &ended {
        tx.changes.ended(*session);
    }
    Ok(ended)
}
