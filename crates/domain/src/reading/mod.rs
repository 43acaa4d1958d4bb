//! Private state of members: read marker, mute, and whether a direct chatroom is hidden. It is in no log and
//! visible only to its user.

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockReadRepository;
pub use repository::ReadRepository;
pub use service::ReadingService;

use crate::chatroom::Seq;
use crate::violation::Violation;

/// The private part of a membership.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadState {
    /// The read marker: everything up to here has been read.
    pub read_seq: Seq,
    /// True if the user wants no notifications.
    pub muted: bool,
    /// The chatroom is hidden from the user until a message after this seq.
    pub hidden_seq: Option<Seq>,
}

/// A member's private state in a chatroom, and the head of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub state: ReadState,
    pub head: Seq,
}

impl ReadState {
    /// The state of a membership that has just begun with this event.
    pub fn at_joining(joined_seq: Seq) -> Self {
        Self { read_seq: joined_seq, ..Self::default() }
    }
}

/// The requested position of a read marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub seq: Seq,
    /// True if the marker may move backwards.
    pub force: bool,
}

impl Mark {
    /// Checks that the position is not beyond the head.
    pub fn check(self, head: Seq) -> Result<(), Violation> {
        if (0..=head).contains(&self.seq) { Ok(()) } else { Err(Violation::NotInLog(head)) }
    }

    /// Returns whether this moves the marker: always forwards, backwards only with `force`.
    pub fn moves(self, marker: Seq) -> bool {
        self.seq > marker || self.force && self.seq < marker
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marker_stays_within_log() {
        for (seq, head, is_in_log) in [(0, 0, true), (0, 9, true), (9, 9, true), (10, 9, false), (-1, 9, false)] {
            for force in [false, true] {
                let expected = if is_in_log { Ok(()) } else { Err(Violation::NotInLog(head)) };
                assert_eq!(Mark { seq, force }.check(head), expected, "{seq} of {head}");
            }
        }
    }

    #[test]
    fn marker_moves_backwards_only_by_force() {
        let moves = |seq, force| Mark { seq, force }.moves(5);
        assert_eq!([4, 5, 6].map(|seq| moves(seq, false)), [false, false, true]);
        assert_eq!([4, 5, 6].map(|seq| moves(seq, true)), [true, false, true]);
    }
}
