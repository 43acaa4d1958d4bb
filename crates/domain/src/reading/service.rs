//! Use cases of read markers and mutes.

use std::sync::Arc;

use super::{Mark, ReadRepository, ReadState};
use crate::chatroom::{ChatroomRepository, Seq};
use crate::denial::Failure;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::retry::decide_until_written;

/// Moves read markers and mutes chatrooms, for members, also in archived chatrooms.
pub struct ReadingService {
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub reads: Arc<dyn ReadRepository>,
}

impl ReadingService {
    /// Returns a member's read marker and mute.
    ///
    /// Asks [`ChatroomRepository::access`], then [`ReadRepository::find`].
    pub fn state(&self, chatroom: ChatroomId, reader: UserId) -> Result<ReadState, Failure> {
        decide_until_written(|| {
            self.head(chatroom, reader)?;
            Ok(self.reads.find(chatroom, reader)?.map_or(Guarded::Refused, Guarded::Done))
        })
    }

    /// Moves a member's read marker, and returns its new position.
    ///
    /// Asks [`ChatroomRepository::access`], [`ReadRepository::find`], then [`ReadRepository::mark`] if the marker
    /// moves.
    pub fn mark(&self, chatroom: ChatroomId, reader: UserId, mark: Mark) -> Result<Seq, Failure> {
        decide_until_written(|| {
            let head = self.head(chatroom, reader)?;
            mark.check(head).map_err(|violation| Failure::invalid("seq", violation))?;
            match self.reads.find(chatroom, reader)? {
                Some(state) if !mark.moves(state.read_seq) => Ok(Guarded::Done(state.read_seq)),
                Some(_) => Ok(self.reads.mark(chatroom, reader, mark)?),
                None => Ok(Guarded::Refused),
            }
        })
    }

    /// Mutes or unmutes a chatroom for one of its members.
    ///
    /// Asks [`ChatroomRepository::access`], then [`ReadRepository::set_muted`].
    pub fn set_muted(&self, chatroom: ChatroomId, reader: UserId, muted: bool) -> Result<(), Failure> {
        decide_until_written(|| {
            self.head(chatroom, reader)?;
            Ok(self.reads.set_muted(chatroom, reader, muted)?)
        })
    }

    /// Returns the head of the log, to members.
    fn head(&self, chatroom: ChatroomId, reader: UserId) -> Result<Seq, Failure> {
        let access = self.chatrooms.require_access(chatroom, reader)?;
        access.as_member()?;
        Ok(access.chatroom.last_seq)
    }
}
