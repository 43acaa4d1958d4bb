//! Keys in SQL.

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{KeyId, SecretId, UserId};
use chit_chat_domain::key::{ApiKey, KeyOwner, KeyRepository, KeyRotation, NewKeyOutcome, SecretUse};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::KeyRow;
use chit_chat_relational::schema::api_keys;
use chit_chat_relational::{Instant, Key, Sql};
use diesel::prelude::*;

use super::sessions;
use crate::{Conn, Store, Tx, dialect};

/// A limit that the number of an owner's keys never exceeds.
const MANY: i64 = 10_000;

/// The ids of a key's secrets.
type Secrets = (Key, Option<Key>);

impl KeyRepository for Store {
    fn create(&self, key: ApiKey, most: usize) -> Result<NewKeyOutcome, StoreError> {
        self.write(|tx| create(tx, &key, most))
    }

    fn find(&self, secret: SecretId) -> Result<Option<ApiKey>, StoreError> {
        let secret = Key::from(secret);
        self.read(|conn| {
            let found =
                api_keys::table.filter(api_keys::secret_id.eq(secret).or(api_keys::replaced_id.eq(secret)));
            let row = found.select(KeyRow::as_select()).first(conn).optional()?;
            row.map(ApiKey::try_from).transpose()
        })
    }

    fn list(&self, owner: KeyOwner, now: Timestamp) -> Result<Vec<ApiKey>, StoreError> {
        self.read(|conn| of_owner(conn, owner, now)?.into_iter().map(ApiKey::try_from).collect())
    }

    fn rotate(&self, rotation: KeyRotation) -> Result<Guarded, StoreError> {
        self.write(|tx| rotate(tx, &rotation))
    }

    fn end(&self, owner: KeyOwner, key: KeyId, at: Timestamp) -> Result<bool, StoreError> {
        self.write(|tx| {
            let Some(row) = lock(tx, owner, key)? else {
                return Ok(false);
            };
            diesel::delete(api_keys::table.find(row.id)).execute(tx.conn)?;
            log_ends(tx, &[(row.secret_id, row.replaced_id)], at)?;
            Ok(true)
        })
    }

    fn record_uses(&self, uses: &[SecretUse]) -> Result<(), StoreError> {
        let mut uses = uses.to_vec();
        // In one order, so that instances do not wait for each other in a circle.
        uses.sort_unstable_by_key(|one| one.secret);
        self.write(|tx| uses.iter().try_for_each(|one| record_use(tx, one)))
    }

    fn forget(&self, now: Timestamp) -> Result<(), StoreError> {
        let at = Instant::from(now);
        self.write(|tx| {
            let expired = diesel::delete(api_keys::table.filter(api_keys::expires_at.le(at)));
            let mut ended: Vec<Secrets> =
                expired.returning((api_keys::secret_id, api_keys::replaced_id)).get_results(tx.conn)?;
            ended.extend(forget_replaced(tx, at)?);
            log_ends(tx, &ended, now)
        })
    }
}

fn create(tx: &mut Tx<'_>, key: &ApiKey, most: usize) -> Sql<NewKeyOutcome> {
    // Whatever ends all keys of a user locks the row too, so that none is created afterwards.
    if let Some(user) = key.owner.user()
        && dialect::lock_user(tx, user)?.is_none_or(|row| row.disabled_at.is_some())
    {
        return Ok(NewKeyOutcome::NoOwner);
    }
    if of_owner(tx, key.owner, key.created_at)?.len() >= most {
        return Ok(NewKeyOutcome::TooMany);
    }
    diesel::insert_into(api_keys::table).values(KeyRow::from(key)).execute(tx.conn)?;
    Ok(NewKeyOutcome::Created)
}

/// The owner's keys that have not expired, newest first.
fn of_owner(conn: &mut Conn, owner: KeyOwner, now: Timestamp) -> Sql<Vec<KeyRow>> {
    let living = api_keys::table
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(Instant::from(now))))
        .order((api_keys::created_at.desc(), api_keys::id.desc()))
        .limit(MANY)
        .select(KeyRow::as_select())
        .into_boxed();
    let own = match owner {
        KeyOwner::User(user) => living.filter(api_keys::user_id.eq(Key::from(user))),
        KeyOwner::Application => living.filter(api_keys::user_id.is_null()),
    };
    Ok(own.load(conn)?)
}

/// Locks a key by a write that changes nothing, and returns it if it is the owner's.
fn lock(conn: &mut Conn, owner: KeyOwner, key: KeyId) -> Sql<Option<KeyRow>> {
    let row = diesel::update(api_keys::table.find(Key::from(key))).set(api_keys::name.eq(api_keys::name));
    let row: Option<KeyRow> = row.returning(KeyRow::as_returning()).get_result(conn).optional()?;
    Ok(row.filter(|row| row.user_id == owner.user().map(Key::from)))
}

fn rotate(tx: &mut Tx<'_>, rotation: &KeyRotation) -> Sql<Guarded> {
    let read = Key::from(rotation.read);
    let Some(row) = lock(tx, rotation.owner, rotation.key)?.filter(|row| row.secret_id == read) else {
        return Ok(Guarded::Refused);
    };
    let overlaps = rotation.replaced_until > rotation.at;
    diesel::update(api_keys::table.find(row.id))
        .set((
            api_keys::secret_id.eq(Key::from(rotation.next.id)),
            api_keys::secret_hash.eq(rotation.next.hash.as_bytes()),
            api_keys::replaced_id.eq(overlaps.then_some(row.secret_id)),
            api_keys::replaced_hash.eq(overlaps.then_some(row.secret_hash)),
            api_keys::replaced_until.eq(overlaps.then_some(Instant::from(rotation.replaced_until))),
        ))
        .execute(tx.conn)?;
    let ended = [row.replaced_id, (!overlaps).then_some(row.secret_id)];
    let ended: Vec<Secrets> = ended.into_iter().flatten().map(|secret| (secret, None)).collect();
    log_ends(tx, &ended, rotation.at)?;
    Ok(Guarded::Done(()))
}

/// Ends all keys of a user whose row is locked.
pub(crate) fn end_all(tx: &mut Tx<'_>, user: UserId, at: Timestamp) -> Sql<()> {
    let own = diesel::delete(api_keys::table.filter(api_keys::user_id.eq(Key::from(user))));
    let ended: Vec<Secrets> = own.returning((api_keys::secret_id, api_keys::replaced_id)).get_results(tx.conn)?;
    log_ends(tx, &ended, at)
}

/// Removes replaced secrets that have expired, and returns them.
fn forget_replaced(conn: &mut Conn, at: Instant) -> Sql<Vec<Secrets>> {
    let expired = api_keys::table.filter(api_keys::replaced_until.le(at));
    let rows: Vec<(Key, Option<Key>)> = expired.select((api_keys::id, api_keys::replaced_id)).load(conn)?;
    let mut ended = Vec::with_capacity(rows.len());
    for (id, replaced) in rows {
        let row = api_keys::table.find(id).filter(api_keys::replaced_id.eq(replaced));
        let none = (
            api_keys::replaced_id.eq(None::<Key>),
            api_keys::replaced_hash.eq(None::<Vec<u8>>),
            api_keys::replaced_until.eq(None::<Instant>),
        );
        if diesel::update(row).set(none).execute(conn)? == 1 {
            ended.extend(replaced.map(|secret| (secret, None)));
        }
    }
    Ok(ended)
}

fn log_ends(tx: &mut Tx<'_>, ended: &[Secrets], at: Timestamp) -> Sql<()> {
    let each = ended.iter().flat_map(|(secret, replaced)| [Some(*secret), *replaced]).flatten();
    sessions::log_ends(tx, &each.collect::<Vec<_>>(), at)?;
    Ok(())
}

fn record_use(conn: &mut Conn, one: &SecretUse) -> Sql<()> {
    let (secret, at) = (Key::from(one.secret), Instant::from(one.at));
    let used = api_keys::table
        .filter(api_keys::secret_id.eq(secret).or(api_keys::replaced_id.eq(secret)))
        .filter(api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(at)));
    diesel::update(used).set(api_keys::last_used_at.eq(at)).execute(conn)?;
    Ok(())
}
