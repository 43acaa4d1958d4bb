//! Checks the output of one stream against the log.

use std::collections::BTreeMap;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::event::Change;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::reading::ReadState;
use chit_chat_live::{End, PrivateChange, Start};

use crate::log::Log;
use crate::world::Received;

pub(crate) struct Verdict {
    user: UserId,
    /// True if the stream delivers the user's private state.
    follows_user: bool,
    rooms: BTreeMap<ChatroomId, Progress>,
    /// The seq that must be delivered in each chatroom before the stream has caught up.
    missed: BTreeMap<ChatroomId, Seq>,
    caught_up: bool,
    pub(crate) ended: bool,
}

struct Progress {
    last: Seq,
    /// A removal after this seq is the user's last event.
    member_at: Seq,
    /// The private state that the client knows.
    read: ReadState,
    over: bool,
}

impl Verdict {
    pub(crate) fn new(user: UserId, follows_user: bool, starts: &[Start]) -> Self {
        let progress = |start: &Start| Progress {
            last: start.position,
            member_at: start.head,
            read: start.read,
            over: false,
        };
        Self {
            user,
            follows_user,
            rooms: starts.iter().map(|start| (start.chatroom, progress(start))).collect(),
            missed: starts.iter().map(|start| (start.chatroom, start.head)).collect(),
            caught_up: false,
            ended: false,
        }
    }

    /// Records an item; panics if the stream must not deliver it now.
    pub(crate) fn record(&mut self, log: &Log, received: Received) {
        assert!(!self.ended, "{received:?} after the end");
        match received {
            Received::Event(room, seq) => self.record_event(log, room, seq),
            Received::CaughtUp => self.record_caught_up(log),
            Received::End(end) => {
                assert_eq!(end, End::NotAMember);
                self.ended = true;
            }
            Received::Private(room, own) => self.record_private(room, own),
            Received::Ephemeral | Received::Profile(..) => {}
        }
    }

    fn record_event(&mut self, log: &Log, room: ChatroomId, seq: Seq) {
        let change = log.entry(room, seq);
        let begins = matches!(change, Change::MembershipCreated { user_id, .. } if user_id == self.user);
        let ends = match change {
            Change::MembershipDeleted { user_id, .. } => user_id == self.user,
            Change::ChatroomDeleted => true,
            _ => false,
        };
        match self.rooms.get_mut(&room) {
            Some(progress) if !progress.over => {
                assert_eq!(seq, progress.last + 1, "a gap or a repeat in {room}");
                progress.last = seq;
                progress.over = ends && seq > progress.member_at;
            }
            other => {
                let last = other.map_or(0, |progress| progress.last);
                assert!(begins && seq > last, "{seq} of {room} was received by a non-member, after {last}");
                self.rooms.insert(
                    room,
                    Progress { last: seq, member_at: seq, read: ReadState::at_joining(seq), over: false },
                );
            }
        }
    }

    fn record_private(&mut self, room: ChatroomId, own: PrivateChange) {
        assert!(self.follows_user, "{own:?} on a stream of only {room}");
        let progress =
            self.rooms.get_mut(&room).filter(|progress| !progress.over && progress.last >= progress.member_at);
        let progress = progress.unwrap_or_else(|| panic!("{own:?} of {room} was received by a non-member"));
        let before = progress.read;
        match own {
            PrivateChange::ReadMarker(seq) => progress.read.read_seq = seq,
            PrivateChange::Muted(muted) => progress.read.muted = muted,
            PrivateChange::Hidden(seq) => progress.read.hidden_seq = seq,
        }
        assert_ne!(progress.read, before, "{own:?} of {room} changes nothing");
    }

    fn record_caught_up(&mut self, log: &Log) {
        assert!(!self.caught_up, "it caught up twice");
        self.caught_up = true;
        for (room, head) in &self.missed {
            let is_received = self.rooms[room].last >= *head;
            assert!(is_received || log.is_purged(*room), "it has caught up before {head} of {room}");
        }
    }

    /// Panics unless the reported position is the client's or the start of a new membership.
    pub(crate) fn check_position(&self, log: &Log, room: ChatroomId, position: Seq) {
        match self.rooms.get(&room) {
            Some(progress) if !progress.over => assert_eq!(position, progress.last, "the position in {room}"),
            _ => {
                let next = log.entry(room, position + 1);
                assert!(matches!(next, Change::MembershipCreated { user_id, .. } if user_id == self.user));
            }
        }
    }

    /// Returns whether the client knows its private state, which streams of one chatroom do not deliver.
    fn knows_private_state(&self, log: &Log, room: ChatroomId, progress: &Progress) -> bool {
        !self.follows_user || log.is_member(room, self.user) && progress.read == log.read_state(room, self.user)
    }

    /// Returns whether everything was delivered that the user may see in these chatrooms.
    pub(crate) fn is_complete(&self, log: &Log, rooms: &[ChatroomId]) -> bool {
        let is_received = |room: &ChatroomId| match self.rooms.get(room) {
            _ if self.ended || log.is_purged(*room) => true,
            Some(progress) if progress.over => !log.is_member(*room, self.user),
            Some(progress) => progress.last == log.head(*room) && self.knows_private_state(log, *room, progress),
            None => !log.is_member(*room, self.user),
        };
        self.caught_up && rooms.iter().all(is_received)
    }
}
