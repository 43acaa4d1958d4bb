//! Checks the output of one stream against the log.

use std::collections::BTreeMap;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::event::Change;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::reading::ReadState;
use chit_chat_live::{End, Own, Start};

use crate::log::Log;
use crate::world::Heard;

pub(crate) struct Verdict {
    user: UserId,
    /// True if the stream delivers the user's private state.
    follows_user: bool,
    places: BTreeMap<ChatroomId, Progress>,
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
        let place = |start: &Start| Progress {
            last: start.position,
            member_at: start.head,
            read: start.read,
            over: false,
        };
        Self {
            user,
            follows_user,
            places: starts.iter().map(|start| (start.chatroom, place(start))).collect(),
            missed: starts.iter().map(|start| (start.chatroom, start.head)).collect(),
            caught_up: false,
            ended: false,
        }
    }

    /// Records an item; panics if the stream must not deliver it now.
    pub(crate) fn note(&mut self, log: &Log, heard: Heard) {
        assert!(!self.ended, "{heard:?} after the end");
        match heard {
            Heard::Event(room, seq) => self.note_event(log, room, seq),
            Heard::CaughtUp => self.note_caught_up(log),
            Heard::End(end) => {
                assert_eq!(end, End::NotAMember);
                self.ended = true;
            }
            Heard::Own(room, own) => self.note_own(room, own),
            Heard::Aside => {}
        }
    }

    fn note_event(&mut self, log: &Log, room: ChatroomId, seq: Seq) {
        let change = log.entry(room, seq);
        let begins = matches!(change, Change::MembershipCreated { user_id, .. } if user_id == self.user);
        let ends = match change {
            Change::MembershipDeleted { user_id, .. } => user_id == self.user,
            Change::ChatroomDeleted => true,
            _ => false,
        };
        match self.places.get_mut(&room) {
            Some(place) if !place.over => {
                assert_eq!(seq, place.last + 1, "a gap or a repeat in {room}");
                place.last = seq;
                place.over = ends && seq > place.member_at;
            }
            other => {
                let last = other.map_or(0, |place| place.last);
                assert!(begins && seq > last, "{seq} of {room} was heard by no member, after {last}");
                self.places.insert(
                    room,
                    Progress { last: seq, member_at: seq, read: ReadState::at_joining(seq), over: false },
                );
            }
        }
    }

    fn note_own(&mut self, room: ChatroomId, own: Own) {
        assert!(self.follows_user, "{own:?} where only {room} is heard");
        let place = self.places.get_mut(&room).filter(|place| !place.over && place.last >= place.member_at);
        let place = place.unwrap_or_else(|| panic!("{own:?} of {room} was heard by no member"));
        let before = place.read;
        match own {
            Own::ReadMarker(seq) => place.read.read_seq = seq,
            Own::Muted(muted) => place.read.muted = muted,
            Own::Hidden(seq) => place.read.hidden_seq = seq,
        }
        assert_ne!(place.read, before, "{own:?} of {room} is no news");
    }

    fn note_caught_up(&mut self, log: &Log) {
        assert!(!self.caught_up, "it has caught up twice");
        self.caught_up = true;
        for (room, head) in &self.missed {
            let is_heard = self.places[room].last >= *head;
            assert!(is_heard || log.is_purged(*room), "it has caught up before {head} of {room}");
        }
    }

    /// Panics unless the reported position is the client's or the start of a new membership.
    pub(crate) fn check_position(&self, log: &Log, room: ChatroomId, position: Seq) {
        match self.places.get(&room) {
            Some(place) if !place.over => assert_eq!(position, place.last, "the position in {room}"),
            _ => {
                let next = log.entry(room, position + 1);
                assert!(matches!(next, Change::MembershipCreated { user_id, .. } if user_id == self.user));
            }
        }
    }

    /// Returns whether the client knows its private state, which streams of one chatroom do not deliver.
    fn knows_what_is_read(&self, log: &Log, room: ChatroomId, place: &Progress) -> bool {
        !self.follows_user || log.is_member(room, self.user) && place.read == log.read_state(room, self.user)
    }

    /// Returns whether everything was delivered that the user may see in these chatrooms.
    pub(crate) fn is_complete(&self, log: &Log, rooms: &[ChatroomId]) -> bool {
        let is_heard = |room: &ChatroomId| match self.places.get(room) {
            _ if self.ended || log.is_purged(*room) => true,
            Some(place) if place.over => !log.is_member(*room, self.user),
            Some(place) => place.last == log.head(*room) && self.knows_what_is_read(log, *room, place),
            None => !log.is_member(*room, self.user),
        };
        self.caught_up && rooms.iter().all(is_heard)
    }
}
