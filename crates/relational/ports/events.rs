//! The log in SQL: messages and other events, merged by seq.

use std::collections::{BTreeSet, HashMap};

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::event::{Event, EventRepository, Parent};
use chit_chat_domain::id::{ChatroomId, MessageId};
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::rows::events::EventRow;
use chit_chat_relational::schema::{events, messages};
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;

use super::fragments;
use crate::{Conn, Store, dialect};

impl EventRepository for Store {
    fn read(&self, chatroom: ChatroomId, after: Seq, head: Seq, limit: Limit) -> Result<Vec<Event>, StoreError> {
        self.read(|conn| {
            let most = fragments::limit_plus_one(limit) - 1;
            let sent = sent(conn, chatroom.into(), after, head, most)?;
            let mut log = others(conn, chatroom.into(), after, head, most)?;
            log.extend(sent.into_iter().map(Event::of_sending));
            log.sort_unstable_by_key(|event| event.seq);
            log.truncate(limit.get());
            name_parents(conn, chatroom.into(), &mut log)?;
            Ok(log)
        })
    }
}

fn sent(conn: &mut Conn, chatroom: Key, after: Seq, head: Seq, most: i64) -> Sql<Vec<Message>> {
    let rows: Vec<MessageRow> = messages::table
        .filter(messages::chatroom_id.eq(chatroom))
        .filter(messages::seq.gt(after))
        .filter(messages::seq.le(head))
        .order(messages::seq)
        .limit(most)
        .select(MessageRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

fn others(conn: &mut Conn, chatroom: Key, after: Seq, head: Seq, most: i64) -> Sql<Vec<Event>> {
    let rows: Vec<EventRow> = events::table
        .filter(events::chatroom_id.eq(chatroom))
        .filter(events::seq.gt(after))
        .filter(events::seq.le(head))
        .order(events::seq)
        .limit(most)
        .select(EventRow::as_select())
        .load(conn)?;
    let shown = shown_messages(conn, chatroom, &rows)?;
    rows.into_iter()
        .map(|row| {
            let message = row.shown_message().and_then(|id| shown.get(&id).cloned());
            row.into_event(message)
        })
        .collect()
}

/// The messages of the events, in their current state.
fn shown_messages(conn: &mut Conn, chatroom: Key, rows: &[EventRow]) -> Sql<HashMap<Key, Message>> {
    let ids: Vec<Key> = rows.iter().filter_map(EventRow::shown_message).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<MessageRow> = messages::table
        .filter(dialect::found_by_id_in(chatroom))
        .filter(messages::id.eq_any(ids))
        .select(MessageRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row.into())).collect())
}

/// Adds the parents of replies. It reads them last, so that no event shows fewer replies than there were at its
/// time.
fn name_parents(conn: &mut Conn, chatroom: Key, log: &mut [Event]) -> Sql<()> {
    let parents: BTreeSet<Key> = log.iter().filter_map(parent_id).map(Into::into).collect();
    if parents.is_empty() {
        return Ok(());
    }
    let counts: Vec<(Key, i32)> = messages::table
        .filter(dialect::found_by_id_in(chatroom))
        .filter(messages::id.eq_any(parents))
        .select((messages::id, messages::reply_count))
        .load(conn)?;
    let counts: HashMap<MessageId, i32> = counts.into_iter().map(|(id, count)| (id.into(), count)).collect();
    for event in log {
        event.parent =
            parent_id(event).and_then(|id| counts.get(&id).map(|count| Parent { id, reply_count: *count }));
    }
    Ok(())
}

fn parent_id(event: &Event) -> Option<MessageId> {
    event.message()?.reply_to
}
