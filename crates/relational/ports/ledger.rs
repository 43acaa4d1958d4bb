//! Writes to a chatroom's log: locks the chatroom, records changes, and stores them on close.
//!
//! The lock is held until the transaction ends. It makes the order of seqs the order of commits, and keeps
//! everything that is read under it (memberships, owners) valid until then, because every transaction that changes
//! those takes the same lock first.

use chit_chat_domain::chatroom::{Chatroom, Guard, Seq};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::Change;
use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_relational::rows::events::EventRow;
use chit_chat_relational::schema::{chatrooms, events, memberships, users};
use chit_chat_relational::{Key, Sql, codes};
use diesel::prelude::*;

use super::user_heads;
use crate::{Conn, Tx, dialect};

pub(crate) struct Ledger {
    pub(crate) chatroom: Chatroom,
    pub(crate) at: Timestamp,
    actor: UserId,
    entries: Vec<EventRow>,
    affected: Vec<UserId>,
    shrinks_access: bool,
    /// The head of the log when the ledger was opened.
    opened_at: Seq,
}

impl Ledger {
    /// Locks a living chatroom.
    pub(crate) fn open(conn: &mut Conn, id: ChatroomId, actor: UserId, at: Timestamp) -> Sql<Option<Self>> {
        let chatroom = dialect::lock_chatroom(conn, id)?;
        chatroom.map(|row| Ok(Self::begin(row.try_into()?, actor, at))).transpose()
    }

    /// Locks a living chatroom if the guard holds.
    pub(crate) fn open_guarded(conn: &mut Conn, id: ChatroomId, guard: Guard, at: Timestamp) -> Sql<Option<Self>> {
        let Some(ledger) = Self::open(conn, id, guard.actor, at)? else {
            return Ok(None);
        };
        Ok(ledger.holds(conn, guard)?.then_some(ledger))
    }

    /// Creates the ledger of a chatroom that this transaction creates or has locked.
    pub(crate) fn begin(chatroom: Chatroom, actor: UserId, at: Timestamp) -> Self {
        let opened_at = chatroom.last_seq;
        Self { chatroom, at, actor, entries: Vec::new(), affected: Vec::new(), shrinks_access: false, opened_at }
    }

    /// Returns whether the guard holds; the result is valid until the transaction ends.
    pub(crate) fn holds(&self, conn: &mut Conn, guard: Guard) -> Sql<bool> {
        let Ok(role) = guard.right.least_role(&self.chatroom) else {
            return Ok(false);
        };
        let held = memberships::table
            .inner_join(users::table)
            .filter(memberships::chatroom_id.eq(Key::from(self.chatroom.id)))
            .filter(memberships::user_id.eq(Key::from(guard.actor)))
            .filter(memberships::role.ge(codes::of_role(role)))
            .filter(users::deleted_at.is_null());
        Ok(diesel::select(diesel::dsl::exists(held)).get_result(conn)?)
    }

    /// Takes the next seq for a message, which is an entry of its own.
    pub(crate) fn take_seq(&mut self) -> Seq {
        self.chatroom.last_seq += 1;
        self.chatroom.last_seq
    }

    /// Records a change under the next seq.
    pub(crate) fn record(&mut self, change: Change<MessageId>) -> Sql<Seq> {
        let seq = self.take_seq();
        self.entries.push(EventRow::new(self.chatroom.id, seq, self.actor, self.at, change)?);
        Ok(seq)
    }

    /// Moves the heads of these users when the ledger closes: all at once, so that transactions of two rooms with
    /// the same members never deadlock.
    pub(crate) fn affects(&mut self, users: impl IntoIterator<Item = UserId>) {
        self.affected.extend(users);
    }

    /// Records that somebody's access shrinks, so that a send that waits for the lock is checked again.
    pub(crate) fn shrink_access(&mut self) {
        self.shrinks_access = true;
    }

    /// Writes the entries and the heads, and records what the observers are notified of.
    pub(crate) fn close(self, tx: &mut Tx<'_>) -> Sql<Chatroom> {
        if !self.entries.is_empty() {
            diesel::insert_into(events::table).values(&self.entries).execute(tx.conn)?;
            tx.changes.logged(self.actor, self.entries.iter().map(EventRow::stored_bytes).sum());
        }
        diesel::update(chatrooms::table.find(Key::from(self.chatroom.id)))
            .set((
                chatrooms::last_seq.eq(self.chatroom.last_seq),
                chatrooms::access_version.eq(chatrooms::access_version + i64::from(self.shrinks_access)),
            ))
            .execute(tx.conn)?;
        user_heads::bump(tx, self.affected)?;
        if self.chatroom.last_seq > self.opened_at {
            tx.changes.chatroom(self.chatroom.id, self.chatroom.last_seq);
        }
        Ok(self.chatroom)
    }
}
