//! Decides whom a member may add to a chatroom, and whom only invite.

use std::collections::HashMap;

use chit_chat_domain::id::UserId;
use chit_chat_domain::user::{Addee, Admission, WhoCanAddMe};
use chit_chat_relational::schema::{chatrooms, memberships, messages};
use chit_chat_relational::{Key, Sql, codes};
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

use crate::Conn;

diesel::alias!(memberships as addees: Addees);

/// The number of latest entries of a direct chatroom in which a message of the addee counts.
const LATELY: i64 = 1_000;

/// The users among these whom the actor may only invite. Call it while the users are locked, with their settings.
pub(crate) fn to_invite(conn: &mut Conn, actor: UserId, users: &[(Key, i16)]) -> Sql<Vec<Key>> {
    let passive = count_passive(conn, users.iter().map(|(user, _)| *user).collect())?;
    let mut settings = Vec::with_capacity(users.len());
    for (user, code) in users {
        settings.push((*user, codes::who_can_add_me(*code)?));
    }
    let picky = settings.iter().filter(|(_, setting)| *setting == WhoCanAddMe::PeopleInMyChatrooms);
    let acquaintances = acquaintances(conn, actor, picky.map(|(user, _)| *user).collect())?;
    let must_accept = settings.into_iter().filter(|(user, who_can_add_me)| {
        let passive_chatrooms = passive.get(user).and_then(|count| usize::try_from(*count).ok()).unwrap_or(0);
        let is_acquainted = acquaintances.contains(user);
        let addee = Addee { who_can_add_me: *who_can_add_me, is_acquainted, passive_chatrooms };
        addee.admission() == Admission::Invite
    });
    Ok(must_accept.map(|(user, _)| user).collect())
}

/// Counts the chatrooms that each user was added to and takes no part in.
fn count_passive(conn: &mut Conn, users: Vec<Key>) -> Sql<HashMap<Key, i64>> {
    let counts: Vec<(Key, i64)> = memberships::table
        .filter(memberships::user_id.eq_any(users))
        .filter(memberships::other_id.is_null())
        .filter(memberships::read_seq.is_null())
        .group_by(memberships::user_id)
        .select((memberships::user_id, count_star()))
        .load(conn)?;
    Ok(counts.into_iter().collect())
}

/// The users among these who know the actor: see [`Addee::is_acquainted`].
fn acquaintances(conn: &mut Conn, actor: UserId, users: Vec<Key>) -> Sql<Vec<Key>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let of_actor = memberships::table
        .filter(memberships::chatroom_id.eq(addees.field(memberships::chatroom_id)))
        .filter(memberships::user_id.eq(Key::from(actor)));
    let mut known: Vec<Key> = addees
        .filter(addees.field(memberships::user_id).eq_any(&users))
        .filter(addees.field(memberships::other_id).is_null())
        .filter(addees.field(memberships::read_seq).is_not_null())
        .filter(exists(of_actor))
        .select(addees.field(memberships::user_id))
        .distinct()
        .load(conn)?;
    known.extend(correspondents(conn, actor, users)?);
    Ok(known)
}

/// The users among these who have lately written to the actor in their direct chatroom.
fn correspondents(conn: &mut Conn, actor: UserId, users: Vec<Key>) -> Sql<Vec<Key>> {
    let direct: Vec<Key> = memberships::table
        .filter(memberships::user_id.eq(Key::from(actor)))
        .filter(memberships::other_id.eq_any(users.iter().copied().map(Some)))
        .select(memberships::chatroom_id)
        .load(conn)?;
    Ok(messages::table
        .inner_join(chatrooms::table.on(chatrooms::id.eq(messages::chatroom_id)))
        .filter(chatrooms::id.eq_any(direct))
        .filter(messages::seq.gt(chatrooms::last_seq - LATELY))
        .filter(messages::author_id.eq_any(users))
        .select(messages::author_id)
        .distinct()
        .load(conn)?)
}
