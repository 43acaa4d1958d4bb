//! Administration of accounts in SQL.

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::UserId;
use chit_chat_domain::page::Limit;
use chit_chat_domain::session::EndedSession;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::user::{Account, AccountFilter, AdministrationRepository, PasswordHash};
use chit_chat_relational::rows::UserRow;
use chit_chat_relational::schema::users;
use chit_chat_relational::{Instant, Key, Sql, text};
use diesel::prelude::*;

use super::{fragments, keys, sessions, user_heads};
use crate::{Store, Tx, dialect};

impl AdministrationRepository for Store {
    fn list(
        &self,
        filter: AccountFilter,
        after: Option<String>,
        limit: Limit,
    ) -> Result<Vec<Account>, StoreError> {
        self.read(|conn| {
            let mut found = users::table
                .filter(users::deleted_at.is_null())
                .order(users::username_folded)
                .limit(fragments::limit_plus_one(limit))
                .select(UserRow::as_select())
                .into_boxed();
            if let Some(part) = &filter.text {
                found = found.filter(users::search_text.like(text::containing(part)).escape('\\'));
            }
            if filter.disabled {
                found = found.filter(users::disabled_at.is_not_null());
            }
            if let Some(after) = &after {
                found = found.filter(users::username_folded.gt(after));
            }
            found.load(conn)?.into_iter().map(Account::try_from).collect()
        })
    }

    fn disable(&self, id: UserId, at: Timestamp) -> Result<Option<Vec<EndedSession>>, StoreError> {
        self.write(|tx| disable(tx, id, at))
    }

    fn enable(&self, id: UserId) -> Result<Option<()>, StoreError> {
        self.write(|tx| enable(tx, id))
    }

    fn reset_password(
        &self,
        id: UserId,
        new: PasswordHash,
        at: Timestamp,
    ) -> Result<Option<Vec<EndedSession>>, StoreError> {
        self.write(|tx| reset_password(tx, id, &new, at))
    }
}

/// Disables an account. Every transaction that opens a session also locks the user's row, so none stays open.
fn disable(tx: &mut Tx<'_>, id: UserId, at: Timestamp) -> Sql<Option<Vec<EndedSession>>> {
    let Some(row) = dialect::lock_user(tx, id)? else {
        return Ok(None);
    };
    let since = row.disabled_at.unwrap_or(Instant::from(at));
    diesel::update(users::table.find(Key::from(id))).set(users::disabled_at.eq(since)).execute(tx.conn)?;
    end_all(tx, id, at)
}

fn enable(tx: &mut Tx<'_>, id: UserId) -> Sql<Option<()>> {
    let Some(row) = dialect::lock_user(tx, id)? else {
        return Ok(None);
    };
    if row.disabled_at.is_none() {
        return Ok(Some(()));
    }
    diesel::update(users::table.find(Key::from(id)))
        .set(users::disabled_at.eq(None::<Instant>))
        .execute(tx.conn)?;
    user_heads::bump(tx, [id])?;
    Ok(Some(()))
}

fn reset_password(
    tx: &mut Tx<'_>,
    id: UserId,
    new: &PasswordHash,
    at: Timestamp,
) -> Sql<Option<Vec<EndedSession>>> {
    if dialect::lock_user(tx, id)?.is_none() {
        return Ok(None);
    }
    diesel::update(users::table.find(Key::from(id)))
        .set(users::password_hash.eq(new.as_str()))
        .execute(tx.conn)?;
    end_all(tx, id, at)
}

fn end_all(tx: &mut Tx<'_>, id: UserId, at: Timestamp) -> Sql<Option<Vec<EndedSession>>> {
    let ended = sessions::end_all_except(tx, id, None, at)?;
    keys::end_all(tx, id, at)?;
    user_heads::bump(tx, [id])?;
    Ok(Some(ended))
}
