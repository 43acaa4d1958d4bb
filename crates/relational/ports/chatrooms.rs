//! Chatrooms in SQL.

use chit_chat_domain::chatroom::{
    Access, Chatroom, ChatroomChanges, ChatroomName, ChatroomRepository, Creation, Guard, ListFilter,
    ListPosition, MyChatroom, NewChatroom, Settings, Topic, Visibility,
};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::Change;
use chit_chat_domain::folding::{self, fold};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::invitee::Invitee;
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Idempotency, IdempotencyKey};
use chit_chat_domain::page::Limit;
use chit_chat_domain::search::NameParts;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::{ChatroomRow, MembershipRow};
use chit_chat_relational::schema::{chatroom_creations, chatrooms, memberships};
use chit_chat_relational::{Instant, Key, Sql, SqlError, codes};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::ledger::Ledger;
use super::name_parts::{self, Kind};
use super::{access, adding, chatroom_list, fragments, invitees, purge};
use crate::{Conn, Store, Tx, dialect};

impl ChatroomRepository for Store {
    fn create_with_members(&self, chatroom: NewChatroom) -> Result<Creation, StoreError> {
        self.write(|tx| create(tx, &chatroom))
    }

    fn created_before(&self, chatroom: &NewChatroom) -> Result<Option<Creation>, StoreError> {
        self.read(|conn| earlier_creation(conn, chatroom))
    }

    fn access(&self, id: ChatroomId, user: UserId) -> Result<Option<Access>, StoreError> {
        self.read(|conn| access::find(conn, id.into(), user.into()))
    }

    fn update(
        &self,
        id: ChatroomId,
        changes: ChatroomChanges,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Guarded<Chatroom>, StoreError> {
        self.write(|tx| update(tx, id, &changes, guard, at))
    }

    fn delete(&self, id: ChatroomId, guard: Guard, at: Timestamp) -> Result<Guarded, StoreError> {
        self.write(|tx| match Ledger::open_guarded(tx, id, guard, at)? {
            Some(ledger) => delete(tx, ledger).map(Guarded::Done),
            None => Ok(Guarded::Refused),
        })
    }

    fn of_member(
        &self,
        user: UserId,
        filter: ListFilter,
        after: Option<ListPosition>,
        limit: Limit,
    ) -> Result<Vec<MyChatroom>, StoreError> {
        self.read(|conn| chatroom_list::of_member(conn, user.into(), &filter, after, limit))
    }

    fn public(&self, after: Option<ChatroomId>, limit: Limit) -> Result<Vec<Chatroom>, StoreError> {
        self.read(|conn| {
            let mut public = chatrooms::table
                .filter(is_public())
                .filter(chatrooms::deleted_at.is_null())
                .order(chatrooms::id.desc())
                .limit(fragments::limit_plus_one(limit))
                .select(ChatroomRow::as_select())
                .into_boxed();
            if let Some(after) = after {
                public = public.filter(chatrooms::id.lt(Key::from(after)));
            }
            public.load(conn)?.into_iter().map(Chatroom::try_from).collect()
        })
    }

    fn purge(&self, most: usize) -> Result<bool, StoreError> {
        self.write(|tx| purge::some(tx, most))
    }
}

/// The condition of the index `chatrooms_public`. A plan for all values of a parameter could not use it, and would
/// read the private chatrooms too, so the number is in the text.
pub(crate) fn is_public() -> SqlLiteral<Bool> {
    sql(&format!("visibility = {}", codes::of_visibility(Visibility::Public)))
}

fn create(tx: &mut Tx<'_>, new: &NewChatroom) -> Sql<Creation> {
    if let Some(duplicate) = earlier_creation(tx, new)? {
        return Ok(duplicate);
    }
    let mut people = new.members.clone();
    people.push(new.creator);
    let living = dialect::share_living_users(tx, people.clone())?;
    let is_living = |user: &UserId| living.iter().any(|(id, _)| *id == Key::from(*user));
    let missing: Vec<_> = people.into_iter().filter(|user| !is_living(user)).collect();
    if !missing.is_empty() {
        return Ok(Creation::NoSuchUsers(missing));
    }
    let blocked_by = fragments::blockers_of(tx, new.creator, &new.members)?;
    if !blocked_by.is_empty() {
        return Ok(Creation::BlockedBy(blocked_by));
    }
    let living: Vec<_> = living.into_iter().filter(|(id, _)| *id != Key::from(new.creator)).collect();
    let to_invite = adding::to_invite(tx, new.creator, &living)?;
    let exhausted = invitees::exhausted(tx, new.creator, &to_invite)?;
    if !exhausted.is_empty() {
        return Ok(Creation::InvitedTooOften(exhausted));
    }
    if !remember_creation(tx, new)? {
        // A concurrent request used the key, and has committed by now.
        if let Some(duplicate) = earlier_creation(tx, new)? {
            return Ok(duplicate);
        }
    }
    let chatroom = insert(tx, new, &to_invite)?;
    for user in to_invite {
        let (user_id, chatroom_id, invited_by) = (user.into(), new.id, new.creator);
        invitees::invite(tx, Invitee { user_id, chatroom_id, invited_by, created_at: new.created_at })?;
    }
    Ok(Creation::Created(chatroom))
}

fn earlier_creation(conn: &mut Conn, new: &NewChatroom) -> Sql<Option<Creation>> {
    let Some(idempotency) = &new.idempotency else {
        return Ok(None);
    };
    let earlier: Option<(Key, Key)> = chatroom_creations::table
        .find((Key::from(new.creator), idempotency.key.as_str()))
        .select((chatroom_creations::chatroom_id, chatroom_creations::digest))
        .first(conn)
        .optional()?;
    Ok(earlier.map(|(id, digest)| {
        let key: IdempotencyKey = idempotency.key.clone();
        Creation::Duplicate(id.into(), Idempotency { key, digest: digest.0 })
    }))
}

/// Stores the key, and returns false if it was used before.
fn remember_creation(conn: &mut Conn, new: &NewChatroom) -> Sql<bool> {
    let Some(idempotency) = &new.idempotency else {
        return Ok(true);
    };
    let inserted = diesel::insert_into(chatroom_creations::table)
        .values((
            chatroom_creations::user_id.eq(Key::from(new.creator)),
            chatroom_creations::idempotency_key.eq(idempotency.key.as_str()),
            chatroom_creations::digest.eq(Key(idempotency.digest)),
            chatroom_creations::chatroom_id.eq(Key::from(new.id)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(inserted == 1)
}

fn insert(tx: &mut Tx<'_>, new: &NewChatroom, to_invite: &[Key]) -> Sql<Chatroom> {
    let chatroom = Chatroom {
        id: new.id,
        name: Some(new.name.clone()),
        visibility: new.visibility,
        settings: Settings::default(),
        created_at: new.created_at,
        last_seq: 0,
    };
    if !insert_row(tx, &chatroom)? {
        return Err(SqlError::Corrupt("the id of a new chatroom is already in use".into()));
    }
    let mut ledger = Ledger::begin(chatroom, new.creator, new.created_at);
    ledger.record(Change::ChatroomCreated { name: Some(new.name.clone()), visibility: new.visibility })?;
    let mut rows = vec![member(&mut ledger, new.creator, Role::Owner)?];
    for user in new.members.iter().filter(|user| !to_invite.contains(&Key::from(**user))) {
        rows.push(member(&mut ledger, *user, Role::Member)?);
    }
    // The creator takes part from the start; those who were added do not.
    let read_seq = |row: &MembershipRow| Some(row.joined_seq).filter(|_| row.user_id == Key::from(new.creator));
    let values: Vec<_> = rows.iter().map(|row| (row, memberships::read_seq.eq(read_seq(row)))).collect();
    diesel::insert_into(memberships::table).values(values).execute(tx.conn)?;
    ledger.affects(rows.iter().map(|row| row.user_id.into()));
    ledger.close(tx)
}

/// Inserts a chatroom, and returns false if the id exists.
pub(crate) fn insert_row(conn: &mut Conn, new: &Chatroom) -> Sql<bool> {
    let name = stored_name(new);
    let inserted = diesel::insert_into(chatrooms::table)
        .values((
            chatrooms::id.eq(Key::from(new.id)),
            chatrooms::name.eq(name),
            chatrooms::name_folded.eq(fold(name)),
            chatrooms::visibility.eq(codes::of_visibility(new.visibility)),
            chatrooms::created_at.eq(Instant::from(new.created_at)),
            chatrooms::last_seq.eq(0),
            chatrooms::access_version.eq(0),
            chatrooms::folding.eq(folding::VERSION),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    if inserted == 1 && new.visibility == Visibility::Public {
        name_parts::insert(conn, Kind::PublicChatroom, new.id.into(), &NameParts::of([name]))?;
    }
    Ok(inserted == 1)
}

/// Folds and indexes the name of a chatroom by the rules of today.
pub(crate) fn index_again(conn: &mut Conn, id: Key) -> Sql<()> {
    match dialect::lock_chatroom(conn, id.into())? {
        Some(row) => index(conn, &row.try_into()?),
        None => Ok(()),
    }
}

fn index(conn: &mut Conn, chatroom: &Chatroom) -> Sql<()> {
    let (id, name) = (Key::from(chatroom.id), stored_name(chatroom));
    diesel::update(chatrooms::table.find(id))
        .set((chatrooms::name_folded.eq(fold(name)), chatrooms::folding.eq(folding::VERSION)))
        .execute(conn)?;
    match chatroom.visibility {
        Visibility::Public => name_parts::replace(conn, Kind::PublicChatroom, id, &NameParts::of([name])),
        Visibility::Private | Visibility::Direct => name_parts::remove(conn, id),
    }
}

/// The name as stored. An empty one stands for no name, since no name is empty.
fn stored_name(chatroom: &Chatroom) -> &str {
    chatroom.name.as_ref().map_or("", ChatroomName::as_str)
}

/// Creates the row of a new membership, and records it in the log.
pub(crate) fn member(ledger: &mut Ledger, user: UserId, role: Role) -> Sql<MembershipRow> {
    Ok(MembershipRow {
        chatroom_id: ledger.chatroom.id.into(),
        user_id: user.into(),
        role: codes::of_role(role),
        joined_at: ledger.at.into(),
        joined_seq: ledger.record(Change::MembershipCreated { user_id: user, role })?,
    })
}

fn update(
    tx: &mut Tx<'_>,
    id: ChatroomId,
    changes: &ChatroomChanges,
    guard: Guard,
    at: Timestamp,
) -> Sql<Guarded<Chatroom>> {
    let Some(mut ledger) = Ledger::open_guarded(tx, id, guard, at)? else {
        return Ok(Guarded::Refused);
    };
    apply(tx, &mut ledger, changes)?;
    ledger.close(tx).map(Guarded::Done)
}

/// Changes a chatroom within an open ledger.
pub(crate) fn apply(conn: &mut Conn, ledger: &mut Ledger, changes: &ChatroomChanges) -> Sql<()> {
    let before = ledger.chatroom.clone();
    ledger.chatroom = changes.applied_to(&before);
    let Chatroom { id, name, visibility, settings, .. } = ledger.chatroom.clone();
    let shown = stored_name(&ledger.chatroom);
    let speaking_role = codes::of_least_role(settings.speaking_role());
    diesel::update(chatrooms::table.find(Key::from(id)))
        .set((
            chatrooms::name.eq(shown),
            chatrooms::visibility.eq(codes::of_visibility(visibility)),
            chatrooms::topic.eq(settings.topic.as_ref().map(Topic::as_str)),
            chatrooms::rename_role.eq(codes::of_role(settings.rename_role)),
            chatrooms::add_role.eq(codes::of_role(settings.add_role)),
            chatrooms::delete_role.eq(codes::of_role(settings.delete_role)),
            chatrooms::slow_mode_seconds.eq(i32::from(settings.slow_mode.seconds())),
            chatrooms::read_only.eq(settings.archived),
            chatrooms::speaking_role.eq(speaking_role),
        ))
        .execute(conn)?;
    if (&before.name, before.visibility) != (&name, visibility) {
        index(conn, &ledger.chatroom)?;
    }
    if speaking_role > codes::of_least_role(before.settings.speaking_role()) {
        ledger.shrink_access();
    }
    ledger.record(Change::ChatroomUpdated { name, visibility, settings })?;
    Ok(())
}

/// Leaves a tombstone without name and members; the content is purged later, in batches.
pub(crate) fn delete(tx: &mut Tx<'_>, mut ledger: Ledger) -> Sql<()> {
    let id = Key::from(ledger.chatroom.id);
    let members = memberships::table.filter(memberships::chatroom_id.eq(id));
    let users: Vec<Key> = members.select(memberships::user_id).load(tx.conn)?;
    diesel::delete(members).execute(tx.conn)?;
    invitees::forget_chatroom(tx, id)?;
    diesel::update(chatrooms::table.find(id))
        .set((
            chatrooms::name.eq(""),
            chatrooms::name_folded.eq(""),
            chatrooms::topic.eq(None::<&str>),
            chatrooms::deleted_at.eq(Instant::from(ledger.at)),
        ))
        .execute(tx.conn)?;
    if ledger.chatroom.visibility == Visibility::Public {
        name_parts::remove(tx, id)?;
    }
    ledger.record(Change::ChatroomDeleted)?;
    ledger.affects(users.into_iter().map(Into::into));
    ledger.shrink_access();
    ledger.close(tx)?;
    Ok(())
}
