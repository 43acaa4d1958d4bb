//! Announcements between instances, in SQL.

use chit_chat_domain::announcements::{ANNOUNCEMENT_RETENTION, Announcement, Announcements, Changed, PRESENCE};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::InstanceId;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::schema::{announcements, instances};
use chit_chat_relational::{Instant, Key, Sql, SqlError};
use diesel::dsl::exists;
use diesel::prelude::*;
use uuid::Uuid;

use crate::{Conn, Store};

const ID: usize = 16;

type Row = (i64, Vec<u8>, Vec<u8>, Vec<u8>);

impl Announcements for Store {
    fn report(&self, instance: InstanceId, at: Timestamp) -> Result<bool, StoreError> {
        self.write(|tx| report(tx, instance.into(), at))
    }

    fn announce(&self, instance: InstanceId, changed: Changed, at: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            diesel::insert_into(announcements::table)
                .values((
                    announcements::instance_id.eq(Key::from(instance)),
                    announcements::announced_at.eq(Instant::from(at)),
                    announcements::chatrooms.eq(joined(&changed.chatrooms)),
                    announcements::users.eq(joined(&changed.users)),
                    announcements::profiles.eq(joined(&changed.profiles)),
                ))
                .execute(tx.conn)?;
            Ok(())
        })
    }

    fn beyond(
        &self,
        instance: InstanceId,
        position: i64,
        seen: Vec<i64>,
    ) -> Result<Vec<Announcement>, StoreError> {
        self.follow(|conn| {
            let rows: Vec<Row> = announcements::table
                .filter(announcements::position.gt(position))
                .filter(announcements::position.ne_all(&seen))
                .filter(announcements::instance_id.ne(Key::from(instance)))
                .order(announcements::position)
                .select((
                    announcements::position,
                    announcements::chatrooms,
                    announcements::users,
                    announcements::profiles,
                ))
                .load(conn)?;
            rows.into_iter().map(announcement).collect()
        })
    }
}

fn report(conn: &mut Conn, instance: Key, at: Timestamp) -> Sql<bool> {
    let (seen_at, since) = (instances::seen_at.eq(Instant::from(at)), Instant::from(at.minus(PRESENCE)));
    diesel::insert_into(instances::table)
        .values((instances::id.eq(instance), seen_at))
        .on_conflict(instances::id)
        .do_update()
        .set(seen_at)
        .execute(conn)?;
    diesel::delete(instances::table.filter(instances::seen_at.lt(since))).execute(conn)?;
    let too_old = announcements::announced_at.lt(Instant::from(at.minus(ANNOUNCEMENT_RETENTION)));
    diesel::delete(announcements::table.filter(too_old)).execute(conn)?;
    Ok(diesel::select(exists(instances::table.filter(instances::id.ne(instance)))).get_result(conn)?)
}

fn announcement((position, chatrooms, users, profiles): Row) -> Sql<Announcement> {
    let changed = Changed { chatrooms: split(&chatrooms)?, users: split(&users)?, profiles: split(&profiles)? };
    Ok(Announcement { position, changed })
}

fn joined<I: Copy + Into<Uuid>>(ids: &[I]) -> Vec<u8> {
    ids.iter().flat_map(|id| (*id).into().into_bytes()).collect()
}

fn split<I: From<Uuid>>(bytes: &[u8]) -> Sql<Vec<I>> {
    let (ids, rest) = bytes.as_chunks::<ID>();
    if !rest.is_empty() {
        return Err(SqlError::Corrupt("an announcement has incomplete ids".into()));
    }
    Ok(ids.iter().map(|id| Uuid::from_bytes(*id).into()).collect())
}
