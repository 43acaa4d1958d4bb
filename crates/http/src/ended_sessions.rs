//! Ended sessions whose access tokens have not expired yet.
//!
//! Sessions that end through this instance are added at once. Those that end through others are read from the
//! store's log by [`EndedSessionSet::refresh`], which the server calls several times a second.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::commits::CommitObserver;
use chit_chat_domain::id::{ChatroomId, SessionId, UserId};
use chit_chat_domain::message::Message;
use chit_chat_domain::session::{EndedSession, SessionRepository};
use chit_chat_domain::store_error::StoreError;

/// The period read again, because entries of the log become visible when they are committed: a minute later, if
/// each statement of the transaction waits as long as a statement may.
const OVERLAP: Duration = Duration::from_secs(60);
/// The age of the last refresh from which no session can be trusted.
const STALE: Duration = Duration::from_secs(2);

/// A set of ended sessions, in memory.
#[derive(Default)]
pub(crate) struct EndedSessionSet {
    ended: RwLock<HashMap<SessionId, Timestamp>>,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    refreshed_at: Option<Instant>,
    /// Positions in the log, each with the time when it was read.
    positions: VecDeque<(Instant, i64)>,
    settled: i64,
}

impl EndedSessionSet {
    /// Reads the sessions that ended since the last call, through any instance, and drops expired ones.
    pub(crate) fn refresh(&self, sessions: &dyn SessionRepository, now: Timestamp) -> Result<(), StoreError> {
        let settled = self.progress().settled;
        let started = Instant::now();
        let log = sessions.ended_since(settled, now)?;
        let last = log.last().map_or(settled, |entry| entry.position);
        {
            let mut ended = self.ended.write().unwrap_or_else(PoisonError::into_inner);
            ended.extend(log.iter().map(|entry| (entry.session.id, entry.session.tokens_expire_at)));
            ended.retain(|_, expire_at| *expire_at > now);
        }
        self.progress().advance(started, last);
        Ok(())
    }

    /// Returns whether the session's tokens must be rejected.
    pub(crate) fn contains(&self, session: SessionId) -> bool {
        self.ended.read().unwrap_or_else(PoisonError::into_inner).contains_key(&session)
    }

    /// Returns whether the last refresh is too old to trust any session. Before the first refresh no other
    /// instance can end sessions, so nothing can be missed.
    pub(crate) fn is_stale(&self) -> bool {
        self.progress().refreshed_at.is_some_and(|at| at.elapsed() > STALE)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CommitObserver for EndedSessionSet {
    fn sent(&self, _: &Message) {}

    fn logged(&self, _: UserId, _: i64) {}

    fn chatroom_moved(&self, _: ChatroomId, _: Seq) {}

    fn user_moved(&self, _: UserId) {}

    fn profile_changed(&self, _: UserId) {}

    fn sessions_ended(&self, ended: &[EndedSession]) {
        if !ended.is_empty() {
            let mut set = self.ended.write().unwrap_or_else(PoisonError::into_inner);
            set.extend(ended.iter().map(|session| (session.id, session.tokens_expire_at)));
        }
    }
}

impl Progress {
    fn advance(&mut self, at: Instant, position: i64) {
        self.refreshed_at = Some(at);
        self.positions.push_back((at, position));
        while let Some((then, settled)) = self.positions.front().copied() {
            if at.duration_since(then) < OVERLAP {
                break;
            }
            self.settled = settled;
            self.positions.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positions_read_a_while_ago_are_settled() {
        let mut progress = Progress::default();
        let start = Instant::now();
        progress.advance(start, 5);
        progress.advance(start + OVERLAP / 2, 9);
        assert_eq!(progress.settled, 0);
        progress.advance(start + OVERLAP + OVERLAP / 4, 12);
        assert_eq!(progress.settled, 5);
        progress.advance(start + 3 * OVERLAP, 12);
        assert_eq!(progress.settled, 12);
    }
}
