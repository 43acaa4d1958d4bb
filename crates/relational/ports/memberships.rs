//! Memberships in SQL.

use chit_chat_domain::chatroom::{Entrance, Guard, Seq, Visibility};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::{Change, MembershipEnd};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::invitee::Invitee;
use chit_chat_domain::membership::{
    Added, LeaveReason, Leaving, Member, Membership, MembershipRepository, NewMembership, Role, RoleChange,
};
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::{MembershipRow, NamesRow, member};
use chit_chat_relational::schema::{memberships, users};
use chit_chat_relational::{Key, Sql, SqlError, codes};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::invitations::Use;
use super::ledger::Ledger;
use super::{adding, chatrooms, direct, fragments, invitations, invitees};
use crate::{Conn, Store, Tx, dialect};

impl MembershipRepository for Store {
    fn find(&self, chatroom: ChatroomId, user: UserId) -> Result<Option<Member>, StoreError> {
        self.read(|conn| find(conn, chatroom, user))
    }

    fn list(&self, chatroom: ChatroomId, after: Seq, limit: Limit) -> Result<Vec<Member>, StoreError> {
        self.read(|conn| {
            let rows: Vec<(MembershipRow, NamesRow)> = memberships::table
                .inner_join(users::table)
                .filter(memberships::chatroom_id.eq(Key::from(chatroom)))
                .filter(memberships::joined_seq.gt(after))
                .filter(users::deleted_at.is_null())
                .order(memberships::joined_seq)
                .limit(fragments::limit_plus_one(limit))
                .select((MembershipRow::as_select(), NamesRow::as_select()))
                .load(conn)?;
            rows.into_iter().map(member).collect()
        })
    }

    fn add(&self, membership: NewMembership, entrance: Entrance) -> Result<Added, StoreError> {
        self.write(|tx| add(tx, membership, entrance))
    }

    fn change_role(
        &self,
        target: &Membership,
        role: Role,
        guard: Guard,
        at: Timestamp,
    ) -> Result<RoleChange, StoreError> {
        self.write(|tx| change_role(tx, target, role, guard, at))
    }

    fn remove(&self, target: &Membership, guard: Guard, at: Timestamp) -> Result<Guarded, StoreError> {
        self.write(|tx| remove(tx, target, guard, at))
    }

    fn leave(
        &self,
        chatroom: ChatroomId,
        user: UserId,
        reason: LeaveReason,
        at: Timestamp,
    ) -> Result<Leaving, StoreError> {
        // Asks for the membership alone, so that outsiders cannot tell by the time whether the chatroom exists.
        if !self.read(|conn| is_member(conn, chatroom, user))? {
            return Ok(Leaving::NotMember);
        }
        self.write(|tx| leave(tx, chatroom, user, reason, at))
    }

    fn chatrooms_of(&self, user: UserId, most: usize) -> Result<Vec<ChatroomId>, StoreError> {
        self.read(|conn| {
            let mut found = first_chatrooms_of(conn, user, true, most)?;
            found.extend(first_chatrooms_of(conn, user, false, most.saturating_sub(found.len()))?);
            Ok(found)
        })
    }
}

fn first_chatrooms_of(conn: &mut Conn, user: UserId, direct: bool, most: usize) -> Sql<Vec<ChatroomId>> {
    let keys: Vec<Key> = memberships::table
        .filter(memberships::user_id.eq(Key::from(user)))
        .filter(memberships::other_id.is_not_null().eq(direct))
        .order(memberships::chatroom_id)
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select(memberships::chatroom_id)
        .load(conn)?;
    Ok(keys.into_iter().map(Into::into).collect())
}

fn find(conn: &mut Conn, chatroom: ChatroomId, user: UserId) -> Sql<Option<Member>> {
    let row = memberships::table
        .inner_join(users::table)
        .filter(memberships::chatroom_id.eq(Key::from(chatroom)))
        .filter(memberships::user_id.eq(Key::from(user)))
        .filter(users::deleted_at.is_null())
        .select((MembershipRow::as_select(), NamesRow::as_select()))
        .first(conn)
        .optional()?;
    row.map(member).transpose()
}

fn add(tx: &mut Tx<'_>, new: NewMembership, entrance: Entrance) -> Sql<Added> {
    let actor = match entrance {
        Entrance::Public | Entrance::Invitation(_) | Entrance::Accepted => new.user_id,
        Entrance::By(guard) => guard.actor,
    };
    let Some(mut ledger) = Ledger::open(tx, new.chatroom_id, actor, new.at)? else {
        return Ok(Added::Refused);
    };
    let open = match entrance {
        _ if ledger.chatroom.visibility == Visibility::Direct => false,
        Entrance::Public => ledger.chatroom.visibility == Visibility::Public,
        Entrance::By(guard) => ledger.holds(tx, guard)?,
        // The invitation is checked when it is used, because existing members need none.
        Entrance::Invitation(_) | Entrance::Accepted => true,
    };
    if !open {
        return Ok(Added::Refused);
    }
    if let Some(member) = find(tx, new.chatroom_id, new.user_id)? {
        return Ok(Added::Already(member));
    }
    if let Some(outcome) = refuse_or_invite(tx, new, actor)? {
        return Ok(outcome);
    }
    let used = match entrance {
        Entrance::Invitation(id) => invitations::redeem(tx, new, id)?,
        Entrance::Public | Entrance::By(_) | Entrance::Accepted => Use::Granted,
    };
    if used == Use::Refused {
        return Ok(Added::Refused);
    }
    // Whoever becomes a member is no longer invited.
    let was_invited = invitees::forget(tx, new.chatroom_id, new.user_id)?;
    if entrance == Entrance::Accepted && !was_invited {
        return Ok(Added::Refused);
    }
    let row = MembershipRow {
        chatroom_id: new.chatroom_id.into(),
        user_id: new.user_id.into(),
        role: codes::of_role(Role::Member),
        joined_at: new.at.into(),
        joined_seq: ledger.record(Change::MembershipCreated { user_id: new.user_id, role: Role::Member })?,
    };
    // Users who come by themselves have read up to here; those who were added have not been there yet. Streams
    // prefer the chatrooms of the former.
    let read_seq = memberships::read_seq.eq((actor == new.user_id).then_some(row.joined_seq));
    diesel::insert_into(memberships::table).values((&row, read_seq)).execute(tx.conn)?;
    if let Use::Last(id) = used {
        ledger.record(Change::InvitationDeleted { invitation_id: id })?;
    }
    ledger.affects([new.user_id]);
    let member = find(tx, new.chatroom_id, new.user_id)?;
    ledger.close(tx)?;
    member.map(Added::Added).ok_or_else(|| SqlError::Corrupt("a new membership was not found".into()))
}

/// Refuses a user, by whatever entrance, or invites a user whom the actor may not add. `None` if the user may
/// become a member.
fn refuse_or_invite(conn: &mut Conn, new: NewMembership, actor: UserId) -> Sql<Option<Added>> {
    // The lock is held until the end, so that the account is not deleted and the setting not changed in between.
    let user = dialect::share_living_users(conn, vec![new.user_id])?;
    if user.is_empty() {
        return Ok(Some(Added::NoSuchUser));
    }
    if !fragments::blockers_of(conn, actor, &[new.user_id])?.is_empty() {
        return Ok(Some(Added::Blocked));
    }
    if fragments::is_banned(conn, new.chatroom_id, new.user_id)? {
        return Ok(Some(Added::Banned));
    }
    if actor == new.user_id || adding::to_invite(conn, actor, &user)?.is_empty() {
        return Ok(None);
    }
    let NewMembership { chatroom_id, user_id, at: created_at } = new;
    let invited = invitees::invite(conn, Invitee { user_id, chatroom_id, invited_by: actor, created_at })?;
    Ok(Some(invited.map_or(Added::InvitedTooOften, Added::Invited)))
}

fn change_role(tx: &mut Tx<'_>, target: &Membership, role: Role, guard: Guard, at: Timestamp) -> Sql<RoleChange> {
    let Some(mut ledger) = Ledger::open_guarded(tx, target.chatroom_id, guard, at)? else {
        return Ok(RoleChange::Refused);
    };
    if !is_unchanged(tx, target)? {
        return Ok(RoleChange::Refused);
    }
    if role < Role::Owner && !has_other_owner(tx, target)? {
        return Ok(RoleChange::LastOwner);
    }
    set_role(tx, target.chatroom_id, target.user_id, role)?;
    ledger.record(Change::MembershipUpdated { user_id: target.user_id, role })?;
    if role < target.role {
        ledger.shrink_access();
    }
    if role < Role::INVITING {
        invitations::revoke_all_of(tx, &mut ledger, target.user_id)?;
    }
    ledger.affects([target.user_id]);
    let member = find(tx, target.chatroom_id, target.user_id)?;
    ledger.close(tx)?;
    Ok(member.map_or(RoleChange::Refused, RoleChange::Changed))
}

fn remove(tx: &mut Tx<'_>, target: &Membership, guard: Guard, at: Timestamp) -> Sql<Guarded> {
    let Some(mut ledger) = Ledger::open_guarded(tx, target.chatroom_id, guard, at)? else {
        return Ok(Guarded::Refused);
    };
    if !is_unchanged(tx, target)? {
        return Ok(Guarded::Refused);
    }
    end(tx, &mut ledger, target.user_id, MembershipEnd::Removed)?;
    ledger.close(tx)?;
    Ok(Guarded::Done(()))
}

fn leave(tx: &mut Tx<'_>, chatroom: ChatroomId, user: UserId, reason: LeaveReason, at: Timestamp) -> Sql<Leaving> {
    let Some(mut ledger) = Ledger::open(tx, chatroom, user, at)? else {
        return Ok(Leaving::NotMember);
    };
    if !is_member(tx, chatroom, user)? {
        return Ok(Leaving::NotMember);
    }
    let is_direct = ledger.chatroom.visibility == Visibility::Direct;
    if is_direct && reason == LeaveReason::Left {
        return direct::hide(tx, ledger, user);
    }
    let outcome = match successor(tx, chatroom, user)? {
        None => {
            end(tx, &mut ledger, user, reason.into())?;
            chatrooms::delete(tx, ledger)?;
            return Ok(Leaving::ChatroomDeleted);
        }
        Some(_) if is_direct => {
            direct::set_archived(tx, &mut ledger, true)?;
            Leaving::Left
        }
        Some((_, Role::Owner)) => Leaving::Left,
        Some((heir, _)) => {
            // This precedes the leave: the event that ends a membership is the last one that its user receives.
            set_role(tx, chatroom, heir, Role::Owner)?;
            ledger.record(Change::MembershipUpdated { user_id: heir, role: Role::Owner })?;
            ledger.affects([heir]);
            Leaving::HandedOver(heir)
        }
    };
    end(tx, &mut ledger, user, reason.into())?;
    ledger.close(tx)?;
    Ok(outcome)
}

/// The successor among the other members: the highest role first, then those who take part, then the longest
/// membership. Whoever is added to a chatroom must not inherit it before those who want to be there.
///
/// Asks for one group after the other, so that an index finds the first of it: sorting a large chatroom would keep it
/// locked. Usually another owner is found at once.
fn successor(conn: &mut Conn, chatroom: ChatroomId, leaving: UserId) -> Sql<Option<(UserId, Role)>> {
    for role in [Role::Owner, Role::Moderator, Role::Member] {
        for takes_part in [true, false] {
            if let Some(first) = longest_member(conn, chatroom, leaving, role, takes_part)? {
                return Ok(Some((first, role)));
            }
        }
    }
    Ok(None)
}

/// The longest member of a role except for this user, among those who take part or those who do not.
fn longest_member(
    conn: &mut Conn,
    chatroom: ChatroomId,
    except: UserId,
    role: Role,
    takes_part: bool,
) -> Sql<Option<UserId>> {
    let first: Option<Key> = memberships::table
        .inner_join(users::table)
        .filter(memberships::chatroom_id.eq(Key::from(chatroom)))
        .filter(memberships::user_id.ne(Key::from(except)))
        .filter(has_role(role))
        .filter(memberships::read_seq.is_not_null().eq(takes_part))
        .filter(users::deleted_at.is_null())
        .order(memberships::joined_seq)
        .select(memberships::user_id)
        .first(conn)
        .optional()?;
    Ok(first.map(Into::into))
}

/// The condition of a role. For higher ones it contains that of the index `memberships_by_role` word for word, as
/// SQLite requires. A plan for all values of a parameter could not use it, so the number is in the text.
fn has_role(role: Role) -> SqlLiteral<Bool> {
    let indexed = if role > Role::Member { " AND memberships.role > 0" } else { "" };
    sql(&format!("(memberships.role = {}{indexed})", codes::of_role(role)))
}

/// Ends a membership, and before it the user's invitations: the event that ends a membership is the last one that its
/// user receives.
pub(crate) fn end(conn: &mut Conn, ledger: &mut Ledger, user: UserId, reason: MembershipEnd) -> Sql<()> {
    invitations::revoke_all_of(conn, ledger, user)?;
    let key = (Key::from(ledger.chatroom.id), Key::from(user));
    diesel::delete(memberships::table.find(key)).execute(conn)?;
    ledger.record(Change::MembershipDeleted { user_id: user, reason })?;
    ledger.affects([user]);
    ledger.shrink_access();
    Ok(())
}

fn set_role(conn: &mut Conn, chatroom: ChatroomId, user: UserId, role: Role) -> Sql<()> {
    let key = (Key::from(chatroom), Key::from(user));
    diesel::update(memberships::table.find(key)).set(memberships::role.eq(codes::of_role(role))).execute(conn)?;
    Ok(())
}

/// Returns whether a user is a member, even if the account has been deleted.
pub(crate) fn is_member(conn: &mut Conn, chatroom: ChatroomId, user: UserId) -> Sql<bool> {
    let theirs = memberships::table.find((Key::from(chatroom), Key::from(user)));
    Ok(diesel::select(diesel::dsl::exists(theirs)).get_result(conn)?)
}

pub(crate) fn is_unchanged(conn: &mut Conn, target: &Membership) -> Sql<bool> {
    let same = memberships::table
        .find((Key::from(target.chatroom_id), Key::from(target.user_id)))
        .filter(memberships::role.eq(codes::of_role(target.role)))
        .filter(memberships::joined_seq.eq(target.joined_seq));
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(conn)?)
}

fn has_other_owner(conn: &mut Conn, target: &Membership) -> Sql<bool> {
    let others = memberships::table
        .inner_join(users::table)
        .filter(memberships::chatroom_id.eq(Key::from(target.chatroom_id)))
        .filter(memberships::user_id.ne(Key::from(target.user_id)))
        .filter(has_role(Role::Owner))
        .filter(users::deleted_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(others)).get_result(conn)?)
}
