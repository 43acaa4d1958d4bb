//! Use cases of read markers and mutes.

use std::sync::Arc;

use super::{Mark, ReadRepository, ReadState, Reading};
use crate::chatroom::{ChatroomRepository, Seq};
use crate::denial::Failure;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::retry::retry_until_written;

/// Moves read markers and mutes chatrooms for members, even in archived chatrooms.
pub struct ReadingService {
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub reads: Arc<dyn ReadRepository>,
}

impl ReadingService {
    /// Returns a member's read marker and mute.
    ///
    /// Asks [`ReadRepository::find`], and [`ChatroomRepository::access`] if that finds no member.
    pub fn state(&self, chatroom: ChatroomId, reader: UserId) -> Result<ReadState, Failure> {
        retry_until_written(|| match self.reads.find(chatroom, reader)? {
            Some(reading) => Ok(Guarded::Done(reading.state)),
            None => self.require_membership(chatroom, reader),
        })
    }

    /// Moves a member's read marker, and returns its new position.
    ///
    /// Asks [`ReadRepository::find`], then [`ReadRepository::mark`] if the marker moves, or
    /// [`ChatroomRepository::access`] if no member was found.
    pub fn mark(&self, chatroom: ChatroomId, reader: UserId, mark: Mark) -> Result<Seq, Failure> {
        retry_until_written(|| {
            let Some(Reading { state, head }) = self.reads.find(chatroom, reader)? else {
                return self.require_membership(chatroom, reader);
            };
            mark.check(head).map_err(|violation| Failure::invalid("seq", violation))?;
            if !mark.moves(state.read_seq) {
                return Ok(Guarded::Done(state.read_seq));
            }
            Ok(self.reads.mark(chatroom, reader, mark)?)
        })
    }

    /// Mutes or unmutes a chatroom for one of its members.
    ///
    /// Asks [`ChatroomRepository::access`], then [`ReadRepository::set_muted`].
    pub fn set_muted(&self, chatroom: ChatroomId, reader: UserId, muted: bool) -> Result<(), Failure> {
        retry_until_written(|| {
            self.chatrooms.require_access(chatroom, reader)?.as_member()?;
            Ok(self.reads.set_muted(chatroom, reader, muted)?)
        })
    }

    /// Fails with the denial for users who are not members. If the user has joined since, the caller reads again.
    fn require_membership<T>(&self, chatroom: ChatroomId, reader: UserId) -> Result<Guarded<T>, Failure> {
        self.chatrooms.require_access(chatroom, reader)?.as_member()?;
        Ok(Guarded::Refused)
    }
}
