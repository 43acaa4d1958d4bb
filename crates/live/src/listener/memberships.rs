//! The beginnings and ends of memberships, and the private state of each.

use std::mem;

use chit_chat_domain::changes_since::{JoinedChatroom, UserMemberships};
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::reading::ReadState;

use super::Listener;
use crate::cursors::Cursor;
use crate::replay::MAX_CHATROOMS;
use crate::update::{PrivateChange, Start, Update};

impl Listener {
    /// Subscribes to a chatroom; returns it if this is its first subscription.
    pub(super) fn subscribe(
        &mut self,
        Start { chatroom, position, head, read }: Start,
        at_start: bool,
    ) -> Option<ChatroomId> {
        let (room, subscription, is_first) = self.shared.registry.subscribe(chatroom, head, &self.mailbox);
        self.shared.record_head(&room, head);
        let catches_up_at = (at_start && position < head).then_some(head);
        if let (Some(_), Some(behind)) = (catches_up_at, &mut self.behind) {
            *behind += 1;
        }
        let cursor = Cursor {
            room,
            subscription,
            taken: position,
            delivered: position,
            member_at: head,
            read,
            catches_up_at,
            reading: false,
        };
        self.rooms.insert(chatroom, cursor);
        self.backlog().unread.push(chatroom);
        is_first.then_some(chatroom)
    }

    /// Removes a chatroom. Looks up the memberships, because the user may have joined again since.
    pub(super) fn leave(&mut self, chatroom: ChatroomId, at: Seq) {
        if let Some(cursor) = self.rooms.remove(chatroom) {
            self.left.insert(chatroom, at);
            self.shared.registry.unsubscribe(&cursor.room, &cursor.subscription);
            self.user_moved = true;
            if cursor.catches_up_at.is_some() {
                self.count_caught_up();
            }
        }
    }

    /// Starts at the join event of each new chatroom, as long as there are not too many. The end of a membership is read
    /// from the chatroom's log.
    pub(super) fn compare(&mut self, memberships: &UserMemberships) {
        for joined in &memberships.chatrooms {
            let has_ended = self.left.get(&joined.chatroom_id).is_some_and(|at| joined.joined_seq < *at);
            let has_place = self.rooms.iter().len() < MAX_CHATROOMS;
            if !has_ended && has_place && self.rooms.get(joined.chatroom_id).is_none() {
                let (position, head) = (joined.joined_seq - 1, joined.joined_seq);
                let read = ReadState::at_joining(joined.joined_seq);
                self.subscribe(Start { chatroom: joined.chatroom_id, position, head, read }, false);
                self.shared.check_head(joined.chatroom_id);
            }
            self.report_private_changes(joined);
        }
        let listed =
            |id: &ChatroomId| memberships.chatrooms.binary_search_by_key(id, |joined| joined.chatroom_id).is_ok();
        self.rooms.iter().filter(|(id, _)| !listed(id)).for_each(|(id, _)| self.shared.check_head(id));
        let all = memberships.chatrooms.len() + memberships.left_out;
        self.left_out = all.saturating_sub(self.rooms.iter().len());
    }

    /// Reports changes of the private state, but only after the join event: until that has been taken, the change
    /// is owed, and then looked up again. The state of a later membership waits for the end of this one.
    pub(super) fn report_private_changes(&mut self, joined: &JoinedChatroom) {
        let differs = |cursor: &&mut Cursor| cursor.read != joined.read && joined.joined_seq <= cursor.member_at;
        let Some(cursor) = self.rooms.get_mut(joined.chatroom_id).filter(differs) else {
            return;
        };
        if cursor.taken < cursor.member_at {
            self.private_change_deferred = true;
            return;
        }
        let before = mem::replace(&mut cursor.read, joined.read);
        let marker =
            Some(joined.read.read_seq).filter(|seq| *seq != before.read_seq).map(PrivateChange::ReadMarker);
        let muted = Some(joined.read.muted).filter(|muted| *muted != before.muted).map(PrivateChange::Muted);
        let hidden =
            Some(joined.read.hidden_seq).filter(|seq| *seq != before.hidden_seq).map(PrivateChange::Hidden);
        let updates = [marker, muted, hidden].into_iter().flatten();
        self.backlog().updates.extend(updates.map(|own| (None, Update::Private(joined.chatroom_id, own))));
    }
}
