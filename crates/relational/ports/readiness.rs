//! Checks in SQL whether the store can serve.

use std::collections::BTreeSet;

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::readiness::Readiness;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::schema::instances;
use chit_chat_relational::{Instant, Key, Sql, migrations};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use uuid::Uuid;

use crate::dialect::{IS_MIGRATED, MIGRATIONS};
use crate::{Conn, Store};

type Backend = <Conn as Connection>::Backend;

/// The id of no instance.
const NONE: Key = Key(Uuid::nil());

impl Readiness for Store {
    fn is_current(&self) -> Result<bool, StoreError> {
        self.read(|conn| {
            let is_migrated = diesel::select(sql::<Bool>(IS_MIGRATED)).get_result(conn)?;
            Ok(is_migrated && migrations::are_among::<Backend>(&MIGRATIONS, &applied(conn)?)?)
        })
    }

    fn is_writable(&self) -> bool {
        !self.writability.is_failing()
    }

    fn try_writing(&self, at: Timestamp) -> Result<(), StoreError> {
        if self.is_writable() {
            return Ok(());
        }
        self.write(|tx| {
            let row = (instances::id.eq(NONE), instances::seen_at.eq(Instant::from(at)));
            diesel::insert_into(instances::table).values(row).execute(tx.conn)?;
            diesel::delete(instances::table.find(NONE)).execute(tx.conn)?;
            Ok(())
        })
    }
}

/// The versions of the migrations that have been applied.
fn applied(conn: &mut Conn) -> Sql<BTreeSet<String>> {
    let rows: Vec<Applied> = diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load(conn)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}
