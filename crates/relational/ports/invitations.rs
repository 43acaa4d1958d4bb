//! Invitations in SQL.

use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::Change;
use chit_chat_domain::id::{ChatroomId, InvitationId, UserId};
use chit_chat_domain::invitation::{Invitation, InvitationLimits, InvitationRepository, Invited, Revocation};
use chit_chat_domain::membership::NewMembership;
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::invitations::InvitationRow;
use chit_chat_relational::schema::{chatrooms, invitation_uses, invitations};
use chit_chat_relational::{Instant, Key, Sql};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::fragments;
use super::ledger::Ledger;
use crate::{Conn, Store, Tx};

impl InvitationRepository for Store {
    fn create(&self, invitation: Invitation, most: InvitationLimits, guard: Guard) -> Result<Invited, StoreError> {
        self.write(|tx| create(tx, &invitation, most, guard))
    }

    fn find(&self, chatroom: ChatroomId, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        self.read(|conn| {
            let row = invitations::table
                .inner_join(chatrooms::table)
                .filter(invitations::chatroom_id.eq(Key::from(chatroom)))
                .filter(invitations::id.eq(Key::from(id)))
                .filter(chatrooms::deleted_at.is_null())
                .select(InvitationRow::as_select())
                .first(conn)
                .optional()?;
            row.map(Invitation::try_from).transpose()
        })
    }

    fn list(
        &self,
        chatroom: ChatroomId,
        now: Timestamp,
        after: Option<InvitationId>,
        limit: Limit,
    ) -> Result<Vec<Invitation>, StoreError> {
        self.read(|conn| {
            let mut newest = invitations::table
                .filter(invitations::chatroom_id.eq(Key::from(chatroom)))
                .filter(is_usable(now.into()))
                .order(invitations::id.desc())
                .limit(fragments::limit_plus_one(limit))
                .select(InvitationRow::as_select())
                .into_boxed();
            if let Some(after) = after {
                newest = newest.filter(invitations::id.lt(Key::from(after)));
            }
            newest.load(conn)?.into_iter().map(Invitation::try_from).collect()
        })
    }

    fn revoke(
        &self,
        chatroom: ChatroomId,
        id: InvitationId,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Revocation, StoreError> {
        self.write(|tx| revoke(tx, chatroom, id, guard, at))
    }
}

/// The condition that an invitation is usable.
#[diesel::dsl::auto_type(no_type_alias)]
fn is_usable(now: Instant) -> _ {
    let unexpired = invitations::expires_at.is_null().or(invitations::expires_at.gt(now));
    let unspent = invitations::max_uses.is_null().or(invitations::max_uses.gt(invitations::uses.nullable()));
    invitations::revoked_at.is_null().and(unexpired).and(unspent)
}

/// The outcome of using an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// The invitation is not usable.
    Refused,
    /// The invitation stays usable.
    Granted,
    /// This was the last use of the invitation.
    Last(InvitationId),
}

/// Takes one use of an invitation, if any is left. A user whom it admitted before takes no further one. Call it under
/// the chatroom's lock, in the transaction that adds the member.
pub(crate) fn redeem(conn: &mut Conn, new: NewMembership, id: InvitationId) -> Sql<Use> {
    let key = (Key::from(new.chatroom_id), Key::from(id));
    let usable = invitations::table.find(key).filter(is_usable(new.at.into()));
    if !diesel::select(exists(usable)).get_result(conn)? {
        return Ok(Use::Refused);
    }
    if !remember_use(conn, key, new.user_id)? {
        return Ok(Use::Granted);
    }
    diesel::update(usable).set(invitations::uses.eq(invitations::uses + 1)).execute(conn)?;
    let can_be_used_again: bool = diesel::select(exists(usable)).get_result(conn)?;
    Ok(if can_be_used_again { Use::Granted } else { Use::Last(id) })
}

/// Remembers whom an invitation admits, and returns whether it is for the first time.
fn remember_use(conn: &mut Conn, (chatroom, invitation): (Key, Key), user: UserId) -> Sql<bool> {
    let row = (
        invitation_uses::chatroom_id.eq(chatroom),
        invitation_uses::invitation_id.eq(invitation),
        invitation_uses::user_id.eq(Key::from(user)),
    );
    let added = diesel::insert_into(invitation_uses::table).values(row).on_conflict_do_nothing().execute(conn)?;
    Ok(added == 1)
}

/// Revokes all invitations of a user who loses the right to invite. The end of those that were usable is recorded.
pub(crate) fn revoke_all_of(conn: &mut Conn, ledger: &mut Ledger, user: UserId) -> Sql<()> {
    let theirs = invitations::table
        .filter(invitations::chatroom_id.eq(Key::from(ledger.chatroom.id)))
        .filter(invitations::created_by.eq(Key::from(user)))
        .filter(invitations::revoked_at.is_null());
    let at = Instant::from(ledger.at);
    let usable = theirs.filter(is_usable(at)).order(invitations::id).select(invitations::id);
    let usable: Vec<Key> = usable.load(conn)?;
    diesel::update(theirs).set(invitations::revoked_at.eq(at)).execute(conn)?;
    for id in usable {
        ledger.record(Change::InvitationDeleted { invitation_id: id.into() })?;
    }
    Ok(())
}

fn create(tx: &mut Tx<'_>, new: &Invitation, most: InvitationLimits, guard: Guard) -> Sql<Invited> {
    let Some(mut ledger) = Ledger::open_guarded(tx, new.chatroom_id, guard, new.created_at)? else {
        return Ok(Invited::Refused);
    };
    let (room, now) = (Key::from(new.chatroom_id), Instant::from(new.created_at));
    let usable = invitations::table.filter(invitations::chatroom_id.eq(room)).filter(is_usable(now));
    let usable: i64 = usable.count().get_result(tx.conn)?;
    if usize::try_from(usable).is_ok_and(|usable| usable >= most.usable) {
        return Ok(Invited::TooMany);
    }
    diesel::insert_into(invitations::table).values(InvitationRow::from(new)).execute(tx.conn)?;
    forget(tx, room, now, most.remembered)?;
    ledger.record(Change::InvitationCreated { invitation_id: new.id })?;
    ledger.close(tx)?;
    Ok(Invited::Created)
}

/// Deletes all unusable invitations but the newest, so that they do not accumulate.
fn forget(conn: &mut Conn, room: Key, now: Instant, remembered: usize) -> Sql<()> {
    let theirs = invitations::table.filter(invitations::chatroom_id.eq(room));
    let newest_too_many: Option<Key> = theirs
        .order(invitations::id.desc())
        .offset(i64::try_from(remembered).unwrap_or(i64::MAX))
        .select(invitations::id)
        .first(conn)
        .optional()?;
    if let Some(id) = newest_too_many {
        let gone = theirs.filter(invitations::id.le(id)).filter(diesel::dsl::not(is_usable(now)));
        let uses = invitation_uses::table.filter(invitation_uses::chatroom_id.eq(room));
        diesel::delete(uses.filter(invitation_uses::invitation_id.eq_any(gone.select(invitations::id))))
            .execute(conn)?;
        diesel::delete(gone).execute(conn)?;
    }
    Ok(())
}

fn revoke(
    tx: &mut Tx<'_>,
    chatroom: ChatroomId,
    id: InvitationId,
    guard: Guard,
    at: Timestamp,
) -> Sql<Revocation> {
    let Some(mut ledger) = Ledger::open_guarded(tx, chatroom, guard, at)? else {
        return Ok(Revocation::Refused);
    };
    let row = invitations::table.find((Key::from(chatroom), Key::from(id)));
    let found: Option<InvitationRow> = row.select(InvitationRow::as_select()).first(tx.conn).optional()?;
    let Some(found) = found else {
        return Ok(Revocation::NotFound);
    };
    if found.revoked_at.is_some() {
        return Ok(Revocation::Revoked);
    }
    // Expired and spent invitations are revoked too, so that a wrong clock does not make them usable again.
    diesel::update(row).set(invitations::revoked_at.eq(Instant::from(at))).execute(tx.conn)?;
    // The last use of an invitation was already recorded as its end.
    if found.max_uses.is_none_or(|most| found.uses < most) {
        ledger.record(Change::InvitationDeleted { invitation_id: id })?;
        ledger.close(tx)?;
    }
    Ok(Revocation::Revoked)
}
