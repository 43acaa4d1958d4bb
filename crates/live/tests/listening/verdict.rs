//! What one stream has heard, judged against the log.

use std::collections::BTreeMap;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::event::Change;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_live::{End, Start};

use crate::ears::Heard;
use crate::log::Log;

pub(crate) struct Verdict {
    user: UserId,
    places: BTreeMap<ChatroomId, Place>,
    /// How far each chatroom has to be heard before it is said that nothing is missing.
    missed: BTreeMap<ChatroomId, Seq>,
    caught_up: bool,
    pub(crate) ended: bool,
}

struct Place {
    last: Seq,
    /// A removal behind this one is the user's last event.
    member_at: Seq,
    over: bool,
}

impl Verdict {
    pub(crate) fn new(user: UserId, starts: &[Start]) -> Self {
        let place = |start: &Start| Place { last: start.position, member_at: start.head, over: false };
        Self {
            user,
            places: starts.iter().map(|start| (start.chatroom, place(start))).collect(),
            missed: starts.iter().map(|start| (start.chatroom, start.head)).collect(),
            caught_up: false,
            ended: false,
        }
    }

    /// Fails if this must not be heard now.
    pub(crate) fn note(&mut self, log: &Log, heard: Heard) {
        assert!(!self.ended, "{heard:?} after the end");
        match heard {
            Heard::Event(room, seq) => self.note_event(log, room, seq),
            Heard::CaughtUp => self.note_caught_up(log),
            Heard::End(end) => {
                assert_eq!(end, End::NotAMember);
                self.ended = true;
            }
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
                self.places.insert(room, Place { last: seq, member_at: seq, over: false });
            }
        }
    }

    fn note_caught_up(&mut self, log: &Log) {
        assert!(!self.caught_up, "it has caught up twice");
        self.caught_up = true;
        for (room, head) in &self.missed {
            let is_heard = self.places[room].last >= *head;
            assert!(is_heard || log.is_purged(*room), "it has caught up before {head} of {room}");
        }
    }

    /// What is told of the position must be where the client is, or where a new membership begins.
    pub(crate) fn check_position(&self, log: &Log, room: ChatroomId, position: Seq) {
        match self.places.get(&room) {
            Some(place) if !place.over => assert_eq!(position, place.last, "the position in {room}"),
            _ => {
                let next = log.entry(room, position + 1);
                assert!(matches!(next, Change::MembershipCreated { user_id, .. } if user_id == self.user));
            }
        }
    }

    /// Whether everything was heard: of one chatroom or of all that the user is a member of.
    pub(crate) fn is_complete(&self, log: &Log, rooms: &[ChatroomId]) -> bool {
        let is_heard = |room: &ChatroomId| match self.places.get(room) {
            _ if self.ended || log.is_purged(*room) => true,
            Some(place) if place.over => !log.is_member(*room, self.user),
            Some(place) => place.last == log.head(*room),
            None => !log.is_member(*room, self.user),
        };
        self.caught_up && rooms.iter().all(is_heard)
    }
}
