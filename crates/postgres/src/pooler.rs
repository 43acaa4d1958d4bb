//! Finds out whether a pooler such as PgBouncer gives each transaction another connection of the server.

use std::collections::HashSet;

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::Sql;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use crate::Conn;
use crate::database::connect;

/// The number of transactions to look at on each of two connections; most poolers are found out by the first.
const ROUNDS: usize = 8;

/// Returns whether transactions of one connection run in several places, or those of two connections in the same one.
/// Without a pooler, or with one that gives each client a session of its own, neither happens.
pub fn pools_transactions(url: &str) -> Result<bool, StoreError> {
    let (mut one, mut other) = (connect(url)?, connect(url)?);
    let mut places = [HashSet::new(), HashSet::new()];
    for _ in 0..ROUNDS {
        for (conn, places) in [&mut one, &mut other].into_iter().zip(&mut places) {
            places.insert(place(conn)?);
        }
        if places.iter().any(|places| places.len() > 1) || !places[0].is_disjoint(&places[1]) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The process of the server that runs a transaction of this connection.
fn place(conn: &mut Conn) -> Sql<i32> {
    Ok(conn.transaction(|conn| diesel::select(sql::<Integer>("pg_backend_pid()")).get_result(conn))?)
}
