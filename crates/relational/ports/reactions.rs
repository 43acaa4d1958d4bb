//! Reactions in SQL. A message's row has the count of each emoji, so that pages need nothing else; both change
//! under the chatroom's lock.

use chit_chat_domain::chatroom::{Guard, Seq};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::Change;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::reaction::{Emoji, Reaction, ReactionRepository, Reactions};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::{self, ReactionRow};
use chit_chat_relational::schema::{messages, reactions};
use chit_chat_relational::{Key, Sql};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::{fragments, message_ledger};
use crate::{Conn, Store, Tx};

impl ReactionRepository for Store {
    fn add(&self, message: &Message, emoji: &Emoji, guard: Guard, at: Timestamp) -> Result<Guarded, StoreError> {
        self.write(|tx| add(tx, message, emoji, guard, at))
    }

    fn remove(
        &self,
        message: &Message,
        emoji: &Emoji,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Guarded, StoreError> {
        self.write(|tx| remove(tx, message, emoji, guard, at))
    }

    fn list(
        &self,
        chatroom: ChatroomId,
        message: MessageId,
        emoji: Option<Emoji>,
        after: Seq,
        limit: Limit,
    ) -> Result<Vec<Reaction>, StoreError> {
        self.read(|conn| {
            let mut all = reactions::table
                .filter(reactions::chatroom_id.eq(Key::from(chatroom)))
                .filter(reactions::message_id.eq(Key::from(message)))
                .filter(reactions::seq.gt(after))
                .order(reactions::seq)
                .limit(fragments::limit_plus_one(limit))
                .select(ReactionRow::as_select())
                .into_boxed();
            if let Some(emoji) = &emoji {
                all = all.filter(reactions::emoji.eq(emoji.as_str()));
            }
            Ok(all.load(conn)?.into_iter().map(Into::into).collect())
        })
    }

    fn of_user(
        &self,
        chatroom: ChatroomId,
        user: UserId,
        messages: Vec<MessageId>,
    ) -> Result<Vec<(MessageId, Emoji)>, StoreError> {
        let messages: Vec<Key> = messages.into_iter().map(Key::from).collect();
        self.read(|conn| {
            let mut mine: Vec<(Seq, Key, String)> = reactions::table
                .filter(reactions::chatroom_id.eq(Key::from(chatroom)))
                .filter(reactions::message_id.eq_any(&messages))
                .filter(reactions::user_id.eq(Key::from(user)))
                .select((reactions::seq, reactions::message_id, reactions::emoji))
                .load(conn)?;
            // Sorted here, because SQLite would choose an index in this order and scan everybody's reactions.
            mine.sort_unstable();
            Ok(mine.into_iter().map(|(_, message, emoji)| (message.into(), Emoji::restore(emoji))).collect())
        })
    }
}

fn add(tx: &mut Tx<'_>, read: &Message, emoji: &Emoji, guard: Guard, at: Timestamp) -> Sql<Guarded> {
    let Some((mut ledger, message)) = message_ledger::open(tx, read, guard, at)? else {
        return Ok(Guarded::Refused);
    };
    if message.may_have(emoji).is_err() {
        return Ok(Guarded::Refused);
    }
    let key = key(&message, guard.actor, emoji);
    if diesel::select(exists(reactions::table.find(key))).get_result(tx.conn)? {
        return Ok(Guarded::Done(()));
    }
    let counts = message.reactions.with(emoji);
    let row = ReactionRow {
        chatroom_id: message.chatroom_id.into(),
        message_id: message.id.into(),
        user_id: guard.actor.into(),
        emoji: emoji.as_str().to_owned(),
        created_at: at.into(),
        seq: ledger.record(Change::ReactionCreated {
            message_id: message.id,
            user_id: guard.actor,
            tally: counts.tally(emoji),
        })?,
    };
    diesel::insert_into(reactions::table).values(&row).execute(tx.conn)?;
    count(tx, &message, &counts)?;
    ledger.close(tx)?;
    Ok(Guarded::Done(()))
}

fn remove(tx: &mut Tx<'_>, read: &Message, emoji: &Emoji, guard: Guard, at: Timestamp) -> Sql<Guarded> {
    let Some((mut ledger, message)) = message_ledger::open(tx, read, guard, at)? else {
        return Ok(Guarded::Refused);
    };
    let key = key(&message, guard.actor, emoji);
    if diesel::delete(reactions::table.find(key)).execute(tx.conn)? == 0 {
        return Ok(Guarded::Done(()));
    }
    let counts = message.reactions.without(emoji);
    count(tx, &message, &counts)?;
    ledger.record(Change::ReactionDeleted {
        message_id: message.id,
        user_id: guard.actor,
        tally: counts.tally(emoji),
    })?;
    ledger.close(tx)?;
    Ok(Guarded::Done(()))
}

fn key<'a>(message: &Message, user: UserId, emoji: &'a Emoji) -> (Key, Key, Key, &'a str) {
    (message.chatroom_id.into(), message.id.into(), user.into(), emoji.as_str())
}

fn count(conn: &mut Conn, message: &Message, reactions: &Reactions) -> Sql<()> {
    let row = messages::table.find((Key::from(message.chatroom_id), message.seq));
    diesel::update(row).set(messages::reactions.eq(rows::reactions::column(reactions))).execute(conn)?;
    Ok(())
}

/// Deletes the reactions of a deleted message; the update of its row clears the counts.
pub(crate) fn erase(conn: &mut Conn, message: &Message) -> Sql<()> {
    let all = reactions::table
        .filter(reactions::chatroom_id.eq(Key::from(message.chatroom_id)))
        .filter(reactions::message_id.eq(Key::from(message.id)));
    diesel::delete(all).execute(conn)?;
    Ok(())
}
