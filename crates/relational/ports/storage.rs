//! The bytes that accounts store, in SQL.

use std::collections::BTreeMap;

use chit_chat_domain::id::UserId;
use chit_chat_domain::storage::{self, OVERHEAD, StorageRepository};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::schema::storage_used;
use chit_chat_relational::{Key, Sql};
use diesel::define_sql_function;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::upsert::excluded;

use crate::{Conn, Store};

/// The number of rows that fit into one statement on both engines.
const CHUNK: usize = 1_000;

define_sql_function! {
    /// The bytes of a text in UTF-8.
    fn octet_length(text: Nullable<Text>) -> Nullable<Integer>;
}

impl StorageRepository for Store {
    fn add(&self, bytes: Vec<(UserId, i64)>) -> Result<(), StoreError> {
        self.write(|tx| add(tx, bytes.iter().map(|(user, bytes)| (Key::from(*user), *bytes))))
    }

    fn at_least(&self, bytes: i64, most: usize) -> Result<Vec<(UserId, i64)>, StoreError> {
        self.read(|conn| {
            let rows: Vec<(Key, i64)> = storage_used::table
                .filter(storage_used::bytes.ge(bytes))
                .order(storage_used::bytes.desc())
                .limit(i64::try_from(most).unwrap_or(i64::MAX))
                .load(conn)?;
            Ok(rows.into_iter().map(|(user, bytes)| (user.into(), bytes)).collect())
        })
    }

    fn used(&self, user: UserId) -> Result<i64, StoreError> {
        self.read(|conn| {
            let row = storage_used::table.find(Key::from(user)).select(storage_used::bytes);
            Ok(row.first(conn).optional()?.unwrap_or_default())
        })
    }
}

/// Adds bytes to users, always in the order of their ids, to prevent deadlocks.
pub(crate) fn add(conn: &mut Conn, changes: impl IntoIterator<Item = (Key, i64)>) -> Sql<()> {
    let mut sums: BTreeMap<Key, i64> = BTreeMap::new();
    for (user, bytes) in changes {
        *sums.entry(user).or_default() += bytes;
    }
    let rows: Vec<_> = sums.into_iter().filter(|(_, bytes)| *bytes != 0).collect();
    for chunk in rows.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|(user, bytes)| (storage_used::user_id.eq(*user), storage_used::bytes.eq(*bytes)))
            .collect();
        diesel::insert_into(storage_used::table)
            .values(rows)
            .on_conflict(storage_used::user_id)
            .do_update()
            .set(storage_used::bytes.eq(storage_used::bytes + excluded(storage_used::bytes)))
            .execute(conn)?;
    }
    Ok(())
}

/// The bytes that a key of this length counts.
pub(crate) fn bytes_of_key(length: Option<i32>) -> i64 {
    storage::bytes_of_key(usize::try_from(length.unwrap_or_default()).unwrap_or_default())
}

/// The bytes that a message, revision or other entry counts whose text has this length.
pub(crate) fn bytes_of(length: Option<i32>) -> i64 {
    OVERHEAD + i64::from(length.unwrap_or_default())
}
