//! The newest entries of a chatroom, shared by all its listeners.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::UserId;

use crate::entry::Entry;

const MAX_ENTRIES: usize = 512;
const MAX_BYTES: usize = 256 * 1024;
/// The time for which entries are kept; slower listeners read the log.
const RETENTION: Duration = Duration::from_secs(5);

/// Entries without gaps, bounded in number, size and age.
pub(crate) struct Ring {
    entries: VecDeque<(Instant, Arc<Entry>)>,
    bytes: usize,
    last: Seq,
}

impl Ring {
    /// An empty ring that continues after this position.
    pub(crate) fn starting_after(last: Seq) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, last }
    }

    pub(crate) fn last(&self) -> Seq {
        self.last
    }

    /// Adds the entry if it is the next one.
    pub(crate) fn push(&mut self, entry: Entry, now: Instant) {
        if entry.seq != self.last + 1 {
            return;
        }
        self.last = entry.seq;
        self.bytes += entry.size();
        self.entries.push_back((now, Arc::new(entry)));
        while self.entries.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
            self.drop_first();
        }
    }

    /// Removes old entries.
    pub(crate) fn expire(&mut self, now: Instant) {
        while self.entries.front().is_some_and(|(at, _)| now.duration_since(*at) > RETENTION) {
            self.drop_first();
        }
        if self.entries.is_empty() {
            self.entries.shrink_to_fit();
        }
    }

    /// The entries after the position, of about this many bytes; `None` if they have been evicted. An entry that
    /// reflects later parts of the log waits until those are in the ring, because they decide who may see it.
    pub(crate) fn after(&self, position: Seq, bytes: usize) -> Option<Vec<Arc<Entry>>> {
        let missing = usize::try_from(self.last - position).unwrap_or_default();
        let skipped = self.entries.len().checked_sub(missing)?;
        let mut left = bytes;
        let fits = |entry: &&Arc<Entry>| {
            let fits = left > 0 && entry.reflects() <= self.last;
            left = left.saturating_sub(entry.size());
            fits
        };
        Some(self.entries.iter().skip(skipped).map(|(_, entry)| entry).take_while(fits).cloned().collect())
    }

    /// Returns whether the user's membership may end after the first of these positions, up to the second.
    /// Entries already evicted count as unknown, so they may end it.
    pub(crate) fn ends_for(&self, user: UserId, after: Seq, until: Seq) -> bool {
        let first = self.entries.front().map_or(self.last + 1, |(_, entry)| entry.seq);
        let mut between = self.entries.iter().filter(|(_, entry)| (after + 1..=until).contains(&entry.seq));
        after + 1 < first && after < until || between.any(|(_, entry)| entry.is_last_for(user))
    }

    fn drop_first(&mut self) {
        if let Some((_, entry)) = self.entries.pop_front() {
            self.bytes -= entry.size();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::tests::entry;

    fn seqs(ring: &Ring, position: Seq, bytes: usize) -> Option<Vec<Seq>> {
        Some(ring.after(position, bytes)?.iter().map(|entry| entry.seq).collect())
    }

    #[test]
    fn entries_after_position_are_returned_while_kept() {
        let mut ring = Ring::starting_after(4);
        let now = Instant::now();
        (5..=9).for_each(|seq| ring.push(entry(seq), now));
        assert_eq!(seqs(&ring, 9, 1_000), Some(vec![]));
        assert_eq!(seqs(&ring, 6, 1_000), Some(vec![7, 8, 9]));
        assert_eq!(seqs(&ring, 4, 1_000), Some(vec![5, 6, 7, 8, 9]));
        assert_eq!(seqs(&ring, 3, 1_000), None);
        assert_eq!(seqs(&ring, 4, 1), Some(vec![5]));
        ring.expire(now + RETENTION + Duration::from_secs(1));
        assert_eq!(seqs(&ring, 9, 1_000), Some(vec![]));
        assert_eq!(seqs(&ring, 8, 1_000), None);
    }

    #[test]
    fn entries_have_no_gaps() {
        let mut ring = Ring::starting_after(0);
        let now = Instant::now();
        for seq in [1, 3, 2, 2, 4] {
            ring.push(entry(seq), now);
        }
        assert_eq!(seqs(&ring, 0, 1_000), Some(vec![1, 2]));
    }

    #[test]
    fn ring_is_bounded() {
        let mut ring = Ring::starting_after(0);
        let most = Seq::try_from(MAX_ENTRIES).unwrap();
        (1..=most + 10).for_each(|seq| ring.push(entry(seq), Instant::now()));
        assert_eq!(ring.entries.len(), MAX_ENTRIES);
        assert_eq!(seqs(&ring, 9, 1), None);
        assert_eq!(seqs(&ring, 10, 1), Some(vec![11]));
    }
}
