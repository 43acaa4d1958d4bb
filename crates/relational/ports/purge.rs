//! Erases the data of deleted chatrooms piece by piece.

use std::collections::{BTreeMap, BTreeSet};

use chit_chat_domain::storage::bytes_of_mentions;
use chit_chat_relational::rows::events::stored_bytes;
use chit_chat_relational::rows::mentions as mentioned;
use chit_chat_relational::schema::{
    bans, chatrooms, events, invitation_uses, invitations, mentions, message_revisions, messages, pins, reactions,
    turns,
};
use chit_chat_relational::{Instant, Key, Sql};
use diesel::prelude::*;

use super::storage::{self, octet_length};
use super::upkeep;
use crate::{Conn, dialect};

/// Erases at most `most` entries of one deleted chatroom; only the last entry of its log stays. Returns whether
/// there was such a chatroom.
pub(crate) fn some(conn: &mut Conn, most: usize) -> Sql<bool> {
    let next: Option<(Key, i64, Instant)> = chatrooms::table
        .filter(chatrooms::deleted_at.is_not_null())
        .filter(chatrooms::purged.eq(false))
        .select((chatrooms::id, chatrooms::last_seq, chatrooms::deleted_at.assume_not_null()))
        .first(conn)
        .optional()?;
    let Some((id, last_seq, deleted_at)) = next else {
        return Ok(false);
    };
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    // Entries come first, because they refer to messages and the log can still be read. Revisions precede their
    // messages, which name the author whose storage they free.
    let any_left = entries(conn, id, last_seq, most)?
        || revisions(conn, id, most)?
        || messages(conn, id, most)?
        || mentions(conn, id, most)?
        || reactions(conn, id, most)?
        || bans(conn, id, most)?
        || turns(conn, id, most)?
        || invitation_uses(conn, id, most)?;
    if !any_left {
        diesel::delete(invitations::table.filter(invitations::chatroom_id.eq(id))).execute(conn)?;
        diesel::delete(pins::table.filter(pins::chatroom_id.eq(id))).execute(conn)?;
        upkeep::expire_creation(conn, id, deleted_at)?;
        diesel::update(chatrooms::table.find(id)).set(chatrooms::purged.eq(true)).execute(conn)?;
    }
    Ok(true)
}

/// Erases messages, frees their authors' storage, and returns whether there were any. Another instance may have
/// erased some of them meanwhile.
fn messages(conn: &mut Conn, id: Key, most: i64) -> Sql<bool> {
    let all = messages::table.filter(messages::chatroom_id.eq(id));
    let seqs: Vec<i64> = all.order(messages::seq).limit(most).select(messages::seq).load(conn)?;
    if let Some(last) = seqs.last() {
        let erased = diesel::delete(all.filter(messages::seq.le(*last)));
        let (text, key) = (octet_length(messages::body), octet_length(messages::idempotency_key));
        let erased: Vec<Erased> =
            erased.returning((messages::author_id, text, messages::mentions, key)).load(conn)?;
        storage::add(conn, erased.into_iter().map(freed))?;
    }
    Ok(!seqs.is_empty())
}

/// The author of an erased message, the length of its text, its mentions, and the length of its key.
type Erased = (Key, Option<i32>, Option<String>, Option<i32>);

fn freed((author, text, mentions, key): Erased) -> (Key, i64) {
    let mentions = mentions.as_deref().map(mentioned::read).unwrap_or_default();
    (author, -storage::bytes_of(text) - bytes_of_mentions(&mentions) - storage::bytes_of_key(key))
}

/// Erases reactions, and returns whether there were any. A user's reactions to one message are erased together,
/// so it may be a few more than `most`.
fn reactions(conn: &mut Conn, id: Key, most: i64) -> Sql<bool> {
    let all = reactions::table.filter(reactions::chatroom_id.eq(id));
    let order = (reactions::message_id, reactions::user_id);
    let keys: Vec<(Key, Key)> = all.order(order).limit(most).select(order).load(conn)?;
    if let Some((message, user)) = keys.last() {
        let of_last = reactions::message_id.eq(*message).and(reactions::user_id.le(*user));
        diesel::delete(all.filter(reactions::message_id.lt(*message).or(of_last))).execute(conn)?;
    }
    Ok(!keys.is_empty())
}

/// Erases revisions, frees their authors' storage, and returns whether there were any.
fn revisions(conn: &mut Conn, id: Key, most: i64) -> Sql<bool> {
    let all = message_revisions::table.filter(message_revisions::chatroom_id.eq(id));
    let order = (message_revisions::message_id, message_revisions::revision);
    let keys: Vec<(Key, i32)> = all.order(order).limit(most).select(order).load(conn)?;
    if let Some((message, revision)) = keys.last() {
        let of_last = message_revisions::message_id.eq(*message).and(message_revisions::revision.le(*revision));
        let erased = diesel::delete(all.filter(message_revisions::message_id.lt(*message).or(of_last)));
        let length = octet_length(message_revisions::body.nullable());
        let erased = erased.returning((message_revisions::message_id, length)).load(conn)?;
        free_revisions(conn, id, erased)?;
    }
    Ok(!keys.is_empty())
}

/// Frees the storage of the authors of erased revisions, given with their message and length.
fn free_revisions(conn: &mut Conn, chatroom: Key, erased: Vec<(Key, Option<i32>)>) -> Sql<()> {
    let ids: BTreeSet<Key> = erased.iter().map(|(message, _)| *message).collect();
    let authors: Vec<(Key, Key)> = messages::table
        .filter(dialect::found_by_id_in(chatroom))
        .filter(messages::id.eq_any(ids))
        .select((messages::id, messages::author_id))
        .load(conn)?;
    let authors: BTreeMap<Key, Key> = authors.into_iter().collect();
    let freed = |(message, length)| Some((*authors.get(&message)?, -storage::bytes_of(length)));
    storage::add(conn, erased.into_iter().filter_map(freed))
}

/// Erases entries before the last one, frees their actors' storage, and returns whether there were any.
fn entries(conn: &mut Conn, id: Key, last_seq: i64, most: i64) -> Sql<bool> {
    let all = events::table.filter(events::chatroom_id.eq(id)).filter(events::seq.lt(last_seq));
    let seqs: Vec<i64> = all.order(events::seq).limit(most).select(events::seq).load(conn)?;
    if let Some(last) = seqs.last() {
        let erased = diesel::delete(all.filter(events::seq.le(*last)));
        let erased: Vec<(Key, String, String)> =
            erased.returning((events::actor_id, events::kind, events::detail)).load(conn)?;
        storage::add(conn, erased.iter().map(|(actor, kind, detail)| (*actor, -stored_bytes(kind, detail))))?;
    }
    Ok(!seqs.is_empty())
}

fn mentions(conn: &mut Conn, id: Key, most: i64) -> Sql<bool> {
    let all = mentions::table.filter(mentions::chatroom_id.eq(id));
    let places =
        all.order((mentions::user_id, mentions::seq)).limit(most).select((mentions::user_id, mentions::seq));
    let places: Vec<(Key, i64)> = places.load(conn)?;
    if let Some((user, seq)) = places.last() {
        let up_to = mentions::user_id.eq(*user).and(mentions::seq.le(*seq));
        diesel::delete(all.filter(mentions::user_id.lt(*user).or(up_to))).execute(conn)?;
    }
    Ok(!places.is_empty())
}

fn bans(conn: &mut Conn, id: Key, most: i64) -> Sql<bool> {
    let all = bans::table.filter(bans::chatroom_id.eq(id));
    let users: Vec<Key> = all.order(bans::user_id).limit(most).select(bans::user_id).load(conn)?;
    if let Some(last) = users.last() {
        diesel::delete(all.filter(bans::user_id.le(*last))).execute(conn)?;
    }
    Ok(!users.is_empty())
}

fn turns(conn: &mut Conn, id: Key, most: i64) -> Sql<bool> {
    let all = turns::table.filter(turns::chatroom_id.eq(id));
    let users: Vec<Key> = all.order(turns::user_id).limit(most).select(turns::user_id).load(conn)?;
    if let Some(last) = users.last() {
        diesel::delete(all.filter(turns::user_id.le(*last))).execute(conn)?;
    }
    Ok(!users.is_empty())
}

fn invitation_uses(conn: &mut Conn, id: Key, most: i64) -> Sql<bool> {
    let all = invitation_uses::table.filter(invitation_uses::chatroom_id.eq(id));
    let order = (invitation_uses::invitation_id, invitation_uses::user_id);
    let keys: Vec<(Key, Key)> = all.order(order).limit(most).select(order).load(conn)?;
    if let Some((invitation, user)) = keys.last() {
        let of_last = invitation_uses::invitation_id.eq(*invitation).and(invitation_uses::user_id.le(*user));
        diesel::delete(all.filter(invitation_uses::invitation_id.lt(*invitation).or(of_last))).execute(conn)?;
    }
    Ok(!keys.is_empty())
}
