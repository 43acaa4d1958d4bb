//! Writes replies and mentions of messages, in the transaction that writes the message, under the lock of its
//! room.

use std::collections::BTreeMap;

use chit_chat_domain::message::Message;
use chit_chat_relational::rows::mentions as mentioned;
use chit_chat_relational::schema::{mentions, messages};
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;

use crate::Conn;

/// Writes the parents and mentions of messages whose rows have just been written.
pub(crate) fn write_references(conn: &mut Conn, new: &[&Message]) -> Sql<()> {
    for message in new {
        diesel::update(messages::table.find((Key::from(message.chatroom_id), message.seq)))
            .set((
                messages::reply_to.eq(message.reply_to.map(Key::from)),
                messages::mentions.eq(mentioned::column(&message.mentions)),
            ))
            .execute(conn)?;
    }
    index_references(conn, new)
}

/// Counts the replies of parents, and stores mention rows.
pub(crate) fn index_references(conn: &mut Conn, new: &[&Message]) -> Sql<()> {
    insert_mentions(conn, new)?;
    let mut replies: BTreeMap<(Key, Key), i32> = BTreeMap::new();
    for message in new {
        if let Some(parent) = message.reply_to {
            *replies.entry((message.chatroom_id.into(), parent.into())).or_default() += 1;
        }
    }
    replies.into_iter().try_for_each(|(parent, more)| count_replies(conn, parent, more))
}

fn insert_mentions(conn: &mut Conn, new: &[&Message]) -> Sql<()> {
    let rows: Vec<_> = new.iter().flat_map(|message| mentioned::rows(message)).collect();
    if !rows.is_empty() {
        diesel::insert_into(mentions::table).values(&rows).execute(conn)?;
    }
    Ok(())
}

/// Replaces the mentions of an edited message.
pub(crate) fn replace_mentions(conn: &mut Conn, old: &Message, new: &Message) -> Sql<()> {
    if old.mentions == new.mentions {
        return Ok(());
    }
    delete_mentions(conn, old)?;
    insert_mentions(conn, &[new])
}

/// Removes the mentions and the reply count of a message that becomes a tombstone.
pub(crate) fn remove_references(conn: &mut Conn, old: &Message) -> Sql<()> {
    delete_mentions(conn, old)?;
    match old.reply_to {
        Some(parent) => count_replies(conn, (old.chatroom_id.into(), parent.into()), -1),
        None => Ok(()),
    }
}

fn delete_mentions(conn: &mut Conn, old: &Message) -> Sql<()> {
    let mentioned_keys = mentioned::mentioned_keys(&old.mentions);
    if !mentioned_keys.is_empty() {
        let theirs = mentions::table
            .filter(mentions::chatroom_id.eq(Key::from(old.chatroom_id)))
            .filter(mentions::user_id.eq_any(mentioned_keys))
            .filter(mentions::seq.eq(old.seq));
        diesel::delete(theirs).execute(conn)?;
    }
    Ok(())
}

fn count_replies(conn: &mut Conn, (chatroom, parent): (Key, Key), more: i32) -> Sql<()> {
    let parent = messages::table.filter(messages::chatroom_id.eq(chatroom)).filter(messages::id.eq(parent));
    diesel::update(parent).set(messages::reply_count.eq(messages::reply_count + more)).execute(conn)?;
    Ok(())
}
