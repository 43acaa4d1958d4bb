//! Takes new entries from the rings of chatrooms, or from pages of their logs.

use std::mem;
use std::sync::Arc;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::ChatroomId;

use super::Listener;
use crate::entry::Entry;
use crate::replay::Query;

/// The approximate number of bytes taken from a chatroom at once.
const BYTES: usize = 16 * 1024;

impl Listener {
    /// Takes entries from the room's ring, or requests a page of the log if they have been evicted.
    pub(super) fn take_new(&mut self, chatroom: ChatroomId) {
        let Some(cursor) = self.rooms.get_mut(chatroom) else {
            return;
        };
        cursor.subscription.clear_notified();
        if cursor.reading {
            return;
        }
        let deleted = cursor.room.is_deleted();
        match cursor.room.after(cursor.taken, BYTES, self.mailbox.subscriber.user) {
            Some(entries) if entries.is_empty() => {
                if deleted {
                    self.leave(chatroom, Seq::MAX);
                }
            }
            Some(entries) => {
                self.take(chatroom, entries);
                self.backlog().unread.push(chatroom);
            }
            None => {
                cursor.reading = true;
                self.backlog().waiting.push_back(chatroom);
            }
        }
    }

    /// Requests one page at a time, and only when everything taken has been delivered, so that a slow client costs
    /// at most one page regardless of its number of chatrooms.
    pub(super) fn request_next_page(&mut self) {
        while !self.pending.page
            && let Some(chatroom) = self.backlog.as_mut().and_then(|backlog| backlog.waiting.pop_front())
        {
            // A chatroom left and rejoined may be queued twice; an empty page would be taken for a deleted log.
            if let Some(cursor) = self.rooms.get(chatroom).filter(|cursor| cursor.reading) {
                self.pending.page = true;
                let job = self.job(Query::Page(chatroom, self.user(), cursor.taken, cursor.room.head()));
                self.shared.replay.push(job);
            }
        }
    }

    pub(super) fn take_page(&mut self, chatroom: ChatroomId, page: Option<Vec<Arc<Entry>>>) {
        self.pending.page = false;
        let Some(cursor) = self.rooms.get_mut(chatroom) else {
            return;
        };
        cursor.reading = false;
        match page {
            Some(entries) => {
                self.take(chatroom, entries);
                self.backlog().unread.push(chatroom);
            }
            None => self.leave(chatroom, Seq::MAX),
        }
    }

    pub(super) fn request_pages_again(&mut self) {
        self.pending.page = false;
        let backlog = self.backlog.get_or_insert_default();
        backlog.waiting.clear();
        for (id, cursor) in self.rooms.iter_mut() {
            if mem::take(&mut cursor.reading) {
                backlog.unread.push(id);
            }
        }
    }
}
