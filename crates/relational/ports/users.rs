//! Users in SQL.

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::folding;
use chit_chat_domain::id::UserId;
use chit_chat_domain::page::Limit;
use chit_chat_domain::search::NameParts;
use chit_chat_domain::session::EndedSession;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::user::{
    AccountDeletion, Credentials, DisplayName, Email, NewUser, OwnMessages, SignedUp, Updated, User, UserChanges,
    UserRepository, Username,
};
use chit_chat_relational::rows::UserRow;
use chit_chat_relational::schema::{chatrooms, memberships, users};
use chit_chat_relational::{Instant, Key, Sql, SqlError, codes, text};
use diesel::prelude::*;

use super::name_parts::{self, Kind};
use super::{
    bans, blocks, departures, direct, erasures, former_usernames, fragments, invitees, keys, sessions, user_heads,
};
use crate::{Conn, Store, Tx, dialect};

impl UserRepository for Store {
    fn insert(&self, user: NewUser) -> Result<SignedUp, StoreError> {
        self.write(|tx| insert(tx, &user))
    }

    fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.read(|conn| {
            let row = users::table.find(Key::from(id)).select(UserRow::as_select()).first(conn).optional()?;
            row.map(User::try_from).transpose()
        })
    }

    fn is_active(&self, id: UserId) -> Result<bool, StoreError> {
        self.read(|conn| {
            let active = users::table
                .find(Key::from(id))
                .filter(users::deleted_at.is_null())
                .filter(users::disabled_at.is_null());
            Ok(diesel::select(diesel::dsl::exists(active)).get_result(conn)?)
        })
    }

    fn find_many(&self, ids: Vec<UserId>) -> Result<Vec<User>, StoreError> {
        let keys: Vec<Key> = ids.into_iter().map(Key::from).collect();
        self.read(|conn| {
            let rows: Vec<UserRow> = users::table
                .filter(users::id.eq_any(&keys))
                .order(users::id)
                .select(UserRow::as_select())
                .load(conn)?;
            rows.into_iter().map(User::try_from).collect()
        })
    }

    fn credentials(&self, folded_username: String) -> Result<Option<Credentials>, StoreError> {
        self.read(|conn| {
            let row = users::table
                .filter(users::username_folded.eq(&folded_username))
                .filter(users::deleted_at.is_null())
                .select(UserRow::as_select())
                .first(conn)
                .optional()?;
            row.map(UserRow::into_credentials).transpose()
        })
    }

    fn list(&self, after: Option<String>, limit: Limit) -> Result<Vec<User>, StoreError> {
        self.read(|conn| {
            let mut living = users::table
                .filter(users::deleted_at.is_null())
                .order(users::username_folded)
                .limit(fragments::limit_plus_one(limit))
                .select(UserRow::as_select())
                .into_boxed();
            if let Some(after) = &after {
                living = living.filter(users::username_folded.gt(after));
            }
            living.load(conn)?.into_iter().map(User::try_from).collect()
        })
    }

    fn update(&self, id: UserId, changes: UserChanges, at: Timestamp) -> Result<Option<Updated>, StoreError> {
        self.write(|tx| update(tx, id, &changes, at))
    }

    fn delete(
        &self,
        id: UserId,
        deletion: AccountDeletion,
        at: Timestamp,
    ) -> Result<Option<Vec<EndedSession>>, StoreError> {
        self.write(|tx| {
            let ended = delete(tx, id, &deletion, at)?;
            if ended.is_some() && deletion.messages == OwnMessages::Delete {
                erasures::begin(tx, id)?;
            }
            Ok(ended)
        })
    }

    fn departing(&self) -> Result<Option<UserId>, StoreError> {
        self.read(departures::first)
    }

    fn departed(&self, user: UserId) -> Result<(), StoreError> {
        self.write(|tx| departures::end(tx, user))
    }
}

fn insert(conn: &mut Conn, user: &NewUser) -> Sql<SignedUp> {
    let display_name = user.display_name.as_ref().map(DisplayName::as_str);
    let inserted = diesel::insert_into(users::table)
        .values((
            users::id.eq(Key::from(user.id)),
            users::username_reservation.eq(&user.reservation),
            users::username.eq(user.username.as_str()),
            users::username_folded.eq(user.username.folded()),
            users::display_name.eq(display_name),
            users::search_text.eq(text::searchable(user.username.as_str(), display_name)),
            users::email.eq(user.email.as_ref().map(Email::as_str)),
            users::password_hash.eq(user.password_hash.as_str()),
            users::created_at.eq(Instant::from(user.created_at)),
            users::folding.eq(folding::VERSION),
        ))
        .on_conflict(users::username_reservation)
        .do_nothing()
        .execute(conn)?;
    if inserted == 0 {
        return Ok(SignedUp::UsernameTaken);
    }
    if !former_usernames::is_free(conn, &user.reservation, user.id.into(), user.created_at)? {
        diesel::delete(users::table.find(Key::from(user.id))).execute(conn)?;
        return Ok(SignedUp::UsernameTaken);
    }
    let parts = NameParts::of([user.username.as_str()].into_iter().chain(display_name));
    name_parts::insert(conn, Kind::User, user.id.into(), &parts)?;
    Ok(SignedUp::Created)
}

/// The parts of a user's names.
pub(crate) fn parts_of(row: &UserRow) -> NameParts {
    NameParts::of(row.username.as_deref().into_iter().chain(row.display_name.as_deref()))
}

/// Folds and indexes the names of a user by the rules of today.
pub(crate) fn index_again(conn: &mut Conn, id: Key) -> Sql<()> {
    match dialect::lock_user(conn, id.into())? {
        Some(row) => index(conn, &row),
        None => Ok(()),
    }
}

fn index(conn: &mut Conn, row: &UserRow) -> Sql<()> {
    let username = row.username.as_deref().ok_or_else(|| SqlError::Corrupt("no username".into()))?;
    diesel::update(users::table.find(row.id))
        .set((
            users::search_text.eq(text::searchable(username, row.display_name.as_deref())),
            users::folding.eq(folding::VERSION),
        ))
        .execute(conn)?;
    name_parts::replace(conn, Kind::User, row.id, &parts_of(row))
}

fn update(tx: &mut Tx<'_>, id: UserId, changes: &UserChanges, at: Timestamp) -> Sql<Option<Updated>> {
    let Some(mut row) = dialect::lock_user(tx, id)? else {
        return Ok(None);
    };
    let before = (row.username.clone(), row.display_name.clone(), row.email.clone(), row.who_can_add_me);
    if let Some(display_name) = &changes.display_name {
        row.display_name = display_name.as_ref().map(|name| name.as_str().to_owned());
    }
    if let Some(email) = &changes.email {
        row.email = email.as_ref().map(|email| email.as_str().to_owned());
    }
    if let Some(who_can_add_me) = changes.who_can_add_me {
        row.who_can_add_me = codes::of_who_can_add_me(who_can_add_me);
    }
    if let Some(password) = &changes.password {
        if row.password_hash.as_deref() != Some(password.checked.as_str())
            || !sessions::is_open(tx, id, password.session)?
        {
            return Ok(None);
        }
        row.password_hash = Some(password.new.as_str().to_owned());
    }
    if let Some(name) = &changes.username {
        if let Some(refusal) = former_usernames::change(tx, id, name, at)? {
            return Ok(Some(refusal));
        }
        row.username = Some(name.new.as_str().to_owned());
    }
    let after = (row.username.clone(), row.display_name.clone(), row.email.clone(), row.who_can_add_me);
    if changes.password.is_none() && before == after {
        return Ok(Some(Updated::Changed(row.try_into()?, Vec::new())));
    }
    write(tx, &row)?;
    if (&before.0, &before.1) != (&row.username, &row.display_name) {
        index(tx, &row)?;
        tx.changes.profile(id);
    }
    let ended = match &changes.password {
        Some(password) => sessions::end_all_except(tx, id, Some(password.session), at)?,
        None => Vec::new(),
    };
    user_heads::bump(tx, [id])?;
    Ok(Some(Updated::Changed(row.try_into()?, ended)))
}

/// Writes the columns that a user can change.
fn write(conn: &mut Conn, row: &UserRow) -> Sql<()> {
    let folded = row.username.clone().map(|name| Username::restore(name).folded());
    diesel::update(users::table.find(row.id))
        .set((
            users::username.eq(&row.username),
            users::username_folded.eq(folded),
            users::display_name.eq(&row.display_name),
            users::email.eq(&row.email),
            users::password_hash.eq(&row.password_hash),
            users::who_can_add_me.eq(row.who_can_add_me),
        ))
        .execute(conn)?;
    Ok(())
}

fn delete(
    tx: &mut Tx<'_>,
    id: UserId,
    deletion: &AccountDeletion,
    at: Timestamp,
) -> Sql<Option<Vec<EndedSession>>> {
    // Rooms are locked before users, as when members are added: all transactions use this order.
    let few_chatrooms = departures::has_few_chatrooms(tx, id)?;
    if few_chatrooms {
        dialect::lock_chatrooms_of(tx, id)?;
    }
    let user = dialect::lock_user(tx, id)?.filter(|row| row.disabled_at.is_none());
    if user.and_then(|row| row.password_hash).as_deref() != Some(deletion.checked.as_str())
        || !sessions::is_open(tx, id, deletion.session)?
    {
        return Ok(None);
    }
    let nothing = None::<&str>;
    diesel::update(users::table.find(Key::from(id)))
        .set((
            users::username.eq(nothing),
            users::username_folded.eq(nothing),
            users::display_name.eq(nothing),
            users::search_text.eq(nothing),
            users::email.eq(nothing),
            users::password_hash.eq(nothing),
            users::deleted_at.eq(Instant::from(at)),
        ))
        .execute(tx.conn)?;
    name_parts::remove(tx, id.into())?;
    if few_chatrooms {
        refuse_waiting_sends(tx, id)?;
        direct::close_all(tx, id, at)?;
    }
    departures::begin(tx, id)?;
    blocks::forget(tx, id)?;
    bans::forget(tx, id)?;
    invitees::forget_user(tx, id)?;
    let ended = sessions::end_all_except(tx, id, None, at)?;
    keys::end_all(tx, id, at)?;
    user_heads::bump(tx, [id])?;
    Ok(Some(ended))
}

/// Refuses sends that wait for the lock of one of the user's rooms, because they have read that the user is alive.
fn refuse_waiting_sends(conn: &mut Conn, user: UserId) -> Sql<()> {
    let theirs =
        memberships::table.filter(memberships::user_id.eq(Key::from(user))).select(memberships::chatroom_id);
    diesel::update(chatrooms::table.filter(chatrooms::id.eq_any(theirs)))
        .set(chatrooms::access_version.eq(chatrooms::access_version + 1))
        .execute(conn)?;
    Ok(())
}
