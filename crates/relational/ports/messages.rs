//! Messages in SQL; sending them is in `append`, where the engines differ.

use chit_chat_domain::chatroom::{Guard, Seq};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::Change;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{
    Appended, Deleter, Excerpt, Message, MessageBody, MessageRepository, NewMessage, PageRange, SlowModeOutcome,
};
use chit_chat_domain::page::Limit;
use chit_chat_domain::pending::Pending;
use chit_chat_domain::storage::{OVERHEAD, bytes_of, bytes_of_mentions};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::rows::mentions;
use chit_chat_relational::schema::{chatrooms, memberships, messages, users};
use chit_chat_relational::{Instant, Key, Sql};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::ledger::Ledger;
use super::newest_in_rooms::{self, Source};
use super::{fragments, message_ledger, pins, reactions, replies_and_mentions, revisions, slow_mode, storage};
use crate::{Conn, Store, Tx};

impl MessageRepository for Store {
    fn append(&self, message: NewMessage, guard: Guard) -> Pending<Appended> {
        self.sends.push(message, guard)
    }

    fn append_in_slow_mode(&self, message: NewMessage, guard: Guard) -> Result<SlowModeOutcome, StoreError> {
        self.write(|tx| slow_mode::append(tx, &message, guard))
    }

    fn sent_before(&self, draft: &NewMessage) -> Result<Option<Appended>, StoreError> {
        self.read(|conn| slow_mode::find_earlier(conn, draft))
    }

    fn find(&self, chatroom: ChatroomId, id: MessageId) -> Result<Option<Message>, StoreError> {
        self.read(|conn| message_ledger::find(conn, chatroom, id))
    }

    fn find_own(
        &self,
        chatroom: ChatroomId,
        id: MessageId,
        author: UserId,
    ) -> Result<Option<Message>, StoreError> {
        self.read(|conn| find_own(conn, chatroom.into(), id.into(), author.into()))
    }

    fn page(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        range: PageRange,
        limit: Limit,
    ) -> Result<Option<Excerpt>, StoreError> {
        self.read(|conn| {
            let from = (chatroom.into(), reader.into());
            let rows = match range {
                PageRange::Latest => backwards(conn, from, i64::MAX, fragments::limit_plus_one(limit))?,
                PageRange::Before(seq) => backwards(conn, from, seq, fragments::limit_plus_one(limit))?,
                PageRange::After(seq) => forwards(conn, from, seq, fragments::limit_plus_one(limit))?,
                PageRange::Around(seq) => around(conn, from, seq, fragments::limit_plus_one(limit))?,
            };
            Ok(excerpt(rows))
        })
    }

    fn edit(
        &self,
        read: &Message,
        body: MessageBody,
        mentions: Mentions,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Guarded<Message>, StoreError> {
        let edited = Message { body: Some(body), mentions, edited_at: Some(at), ..read.clone() };
        self.write(|tx| {
            let Some(mut ledger) = Ledger::open_guarded(tx, read.chatroom_id, guard, at)? else {
                return Ok(Guarded::Refused);
            };
            let written = rewrite(tx, &mut ledger, &edited, Change::MessageUpdated(read.id), |tx, new| {
                replies_and_mentions::replace_mentions(tx, read, new)?;
                let freed = revisions::keep(tx, read, new)?;
                let mentions = bytes_of_mentions(&new.mentions) - bytes_of_mentions(&read.mentions);
                storage::add(tx, [(read.author_id.into(), bytes_of(new.body.as_ref()) + mentions - freed)])
            })?;
            finish(tx, ledger, written)
        })
    }

    fn delete(&self, read: &Message, deleter: Deleter, at: Timestamp) -> Result<Guarded<Message>, StoreError> {
        self.write(|tx| {
            let ledger = match deleter {
                Deleter::Author => open_for_author(tx, read, at)?,
                Deleter::Member(guard) => Ledger::open_guarded(tx, read.chatroom_id, guard, at)?,
            };
            let Some(mut ledger) = ledger else {
                return Ok(Guarded::Refused);
            };
            let tombstone = erase(tx, &mut ledger, read)?;
            finish(tx, ledger, tombstone)
        })
    }

    fn replies(
        &self,
        chatroom: ChatroomId,
        parent: MessageId,
        after: Seq,
        limit: Limit,
    ) -> Result<Vec<Message>, StoreError> {
        self.read(|conn| {
            let rows: Vec<MessageRow> = messages::table
                .filter(messages::chatroom_id.eq(Key::from(chatroom)))
                .filter(messages::reply_to.eq(Key::from(parent)))
                .filter(messages::seq.gt(after))
                .order(messages::seq)
                .limit(fragments::limit_plus_one(limit))
                .select(MessageRow::as_select())
                .load(conn)?;
            Ok(rows.into_iter().map(Into::into).collect())
        })
    }

    fn by_author(
        &self,
        author: UserId,
        after: Option<MessageId>,
        limit: Limit,
    ) -> Result<Vec<Message>, StoreError> {
        let before = after.map_or(Key(uuid::Uuid::max()), Key::from);
        let own =
            Source { table: "messages", id: "id", condition: "author_id = $1 AND deleted_at IS NULL".into() };
        self.read(|conn| {
            let most = fragments::limit_plus_one(limit);
            let rows = newest_in_rooms::read(conn, &own, author.into(), before, most)?;
            Ok(rows.into_iter().map(Into::into).collect())
        })
    }
}

/// A chatroom and its reader.
type ChatroomReader = (Key, Key);

/// A message, and the head of its chatroom at the same moment.
type Row = (MessageRow, Seq);

fn excerpt(rows: Vec<Row>) -> Option<Excerpt> {
    let (_, head) = rows.first()?;
    let head = *head;
    Some(Excerpt { head, messages: rows.into_iter().map(|(row, _)| row.into()).collect() })
}

/// The messages of a chatroom, for its members. Everything that does not depend on a message is a subquery of its
/// own, which the database asks once, and before it reads messages that an outsider would not get.
#[diesel::dsl::auto_type(no_type_alias)]
fn readable(chatroom: Key, reader: Key) -> _ {
    let mine = exists(memberships::table.find((chatroom, reader)));
    let alive = exists(users::table.find(reader).filter(users::deleted_at.is_null()));
    messages::table.filter(messages::chatroom_id.eq(chatroom)).filter(mine).filter(alive)
}

/// The head of a chatroom that has messages.
#[diesel::dsl::auto_type(no_type_alias)]
fn head(chatroom: Key) -> _ {
    chatrooms::table.find(chatroom).select(chatrooms::last_seq).single_value().assume_not_null()
}

fn backwards(conn: &mut Conn, (chatroom, reader): ChatroomReader, before: i64, most: i64) -> Sql<Vec<Row>> {
    let mut rows: Vec<Row> = readable(chatroom, reader)
        .filter(messages::seq.lt(before))
        .order(messages::seq.desc())
        .limit(most)
        .select((MessageRow::as_select(), head(chatroom)))
        .load(conn)?;
    rows.reverse();
    Ok(rows)
}

fn forwards(conn: &mut Conn, (chatroom, reader): ChatroomReader, after: i64, most: i64) -> Sql<Vec<Row>> {
    Ok(readable(chatroom, reader)
        .filter(messages::seq.gt(after))
        .order(messages::seq)
        .limit(most)
        .select((MessageRow::as_select(), head(chatroom)))
        .load(conn)?)
}

/// Reads up to and including the seq, and after it; either side alone can fill a page.
fn around(conn: &mut Conn, from: ChatroomReader, seq: i64, most: i64) -> Sql<Vec<Row>> {
    let mut rows = backwards(conn, from, seq.saturating_add(1), most)?;
    rows.extend(forwards(conn, from, seq, most)?);
    Ok(rows)
}

fn find_own(conn: &mut Conn, chatroom: Key, id: Key, author: Key) -> Sql<Option<Message>> {
    let row = messages::table
        .filter(messages::chatroom_id.eq(chatroom))
        .filter(messages::id.eq(id))
        .filter(messages::author_id.eq(author))
        .filter(exists(chatrooms::table.find(chatroom).filter(chatrooms::deleted_at.is_null())))
        .filter(fragments::is_alive(author))
        .select(MessageRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Into::into))
}

/// Locks the chatroom of a message for its author, member or not, if the account is not deleted.
fn open_for_author(conn: &mut Conn, read: &Message, at: Timestamp) -> Sql<Option<Ledger>> {
    let ledger = Ledger::open(conn, read.chatroom_id, read.author_id, at)?;
    let alive: bool = diesel::select(fragments::is_alive(read.author_id.into())).get_result(conn)?;
    Ok(ledger.filter(|_| alive))
}

/// Turns a message into a tombstone, if it still has the revision that was read.
pub(crate) fn erase(tx: &mut Tx<'_>, ledger: &mut Ledger, read: &Message) -> Sql<Option<Message>> {
    let mentions = Mentions::default();
    let tombstone = Message { body: None, mentions, deleted_at: Some(ledger.at), ..read.clone() };
    rewrite(tx, ledger, &tombstone, Change::MessageDeleted(read.id), |tx, _| {
        replies_and_mentions::remove_references(tx, read)?;
        reactions::erase(tx, read)?;
        pins::erase(tx, read)?;
        // The tombstone keeps the overhead of the message, and its key.
        let of_text = bytes_of(read.body.as_ref()) - OVERHEAD;
        let freed = revisions::erase(tx, read)? + of_text + bytes_of_mentions(&read.mentions);
        storage::add(tx, [(read.author_id.into(), -freed)])
    })
}

/// Overwrites the row of a message and the rows that belong to it, if it still has the revision that was read.
fn rewrite(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger,
    new: &Message,
    change: Change<MessageId>,
    rewrite_parts: impl FnOnce(&mut Tx<'_>, &Message) -> Sql<()>,
) -> Sql<Option<Message>> {
    let as_read = messages::table
        .filter(messages::chatroom_id.eq(Key::from(new.chatroom_id)))
        .filter(messages::id.eq(Key::from(new.id)))
        .filter(messages::revision.eq(new.revision));
    let row = diesel::update(as_read)
        .set((
            messages::body.eq(new.body.as_ref().map(MessageBody::as_str)),
            messages::edited_at.eq(new.edited_at.map(Instant::from)),
            messages::deleted_at.eq(new.deleted_at.map(Instant::from)),
            messages::mentions.eq(mentions::column(&new.mentions)),
            messages::revision.eq(new.revision + 1),
            // Only a deletion resets reactions: those of a living message may have changed since it was read.
            new.deleted_at.map(|_| messages::reactions.eq(None::<&str>)),
        ))
        .returning(MessageRow::as_returning())
        .get_result(tx.conn)
        .optional()?;
    let Some(row) = row else {
        return Ok(None);
    };
    let written = row.into();
    rewrite_parts(tx, &written)?;
    ledger.record(change)?;
    Ok(Some(written))
}

/// Closes the ledger of a message that was written.
fn finish(tx: &mut Tx<'_>, ledger: Ledger, written: Option<Message>) -> Sql<Guarded<Message>> {
    let Some(written) = written else {
        return Ok(Guarded::Refused);
    };
    ledger.close(tx)?;
    Ok(Guarded::Done(written))
}
