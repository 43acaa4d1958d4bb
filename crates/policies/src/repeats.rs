//! Rejects texts that an author repeats.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::folding::fold;
use chit_chat_domain::id::UserId;
use chit_chat_domain::policy::{Draft, MessagePolicy, Rejection, Verdict};
use chit_chat_domain::store_error::StoreError;
use parking_lot::Mutex;

/// The maximum number of texts that are remembered, about four megabytes; when it is reached, old ones are forgotten.
const CAPACITY: usize = 100_000;

/// The maximum number of times that an author sends the same text, and the period in which it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepeatsLimit {
    pub most: u32,
    pub within: Duration,
}

/// Rejects a text that its author has sent as often as allowed, in whichever chatrooms, as `repeated_text`. Case, accents
/// and spaces make no difference. Each instance of the server counts by itself, and forgets at its end.
pub struct Repeats {
    limit: RepeatsLimit,
    hasher: RandomState,
    seen: Mutex<HashMap<(UserId, u64), Seen>>,
}

/// The uses of a text in the current period.
struct Seen {
    since: Timestamp,
    times: u32,
}

impl Repeats {
    pub fn new(limit: RepeatsLimit) -> Self {
        Self { limit, hasher: RandomState::new(), seen: Mutex::default() }
    }

    /// Counts a text, and returns whether it is still allowed.
    fn count(&self, author: UserId, text: &str, at: Timestamp) -> bool {
        let words: Vec<&str> = text.split_whitespace().collect();
        let key = (author, self.hasher.hash_one(fold(&words.join(" "))));
        let is_current = |seen: &Seen| at < seen.since.plus(self.limit.within);
        let mut all = self.seen.lock();
        if all.len() >= CAPACITY {
            all.retain(|_, seen| is_current(seen));
        }
        if all.len() >= CAPACITY {
            all.clear();
        }
        let seen = all.entry(key).or_insert(Seen { since: at, times: 0 });
        if !is_current(seen) {
            *seen = Seen { since: at, times: 0 };
        }
        seen.times = seen.times.saturating_add(1);
        seen.times <= self.limit.most
    }
}

impl MessagePolicy for Repeats {
    fn judge(&self, draft: &Draft<'_>) -> Result<Verdict, StoreError> {
        let is_new = draft.edited.is_none();
        if is_new && !self.count(draft.author.user_id, draft.body.as_str(), draft.at) {
            let detail = "you have sent this text several times; write something else, or wait";
            return Ok(Verdict::Reject(Rejection::new("repeated_text", detail)));
        }
        Ok(Verdict::Allow)
    }
}

#[cfg(test)]
mod tests {
    use chit_chat_domain::testing::{NOW, membership, message, other};

    use super::*;
    use crate::testing::{code, written};

    const MINUTE: Duration = Duration::from_secs(60);

    fn twice_a_minute() -> Repeats {
        Repeats::new(RepeatsLimit { most: 2, within: MINUTE })
    }

    #[test]
    fn third_repetition_is_rejected_until_the_period_ends() {
        let policy = twice_a_minute();
        for text in ["Buy this", "  buy   THIS "] {
            assert_eq!(written(text).judged_by(&policy), Ok(Verdict::Allow));
        }
        assert_eq!(code(written("buy this").judged_by(&policy)), "repeated_text");
        assert_eq!(written("buy that").judged_by(&policy), Ok(Verdict::Allow));
        let others = written("buy this").by(membership().with_user(other()).build());
        assert_eq!(others.judged_by(&policy), Ok(Verdict::Allow));
        assert_eq!(written("buy this").at(NOW.plus(MINUTE)).judged_by(&policy), Ok(Verdict::Allow));
    }

    #[test]
    fn edits_are_not_counted() {
        let policy = twice_a_minute();
        for _ in 0..5 {
            assert_eq!(written("same").instead_of(message().build()).judged_by(&policy), Ok(Verdict::Allow));
        }
    }

    #[test]
    fn memory_is_bounded() {
        let policy = twice_a_minute();
        for number in 0..=CAPACITY {
            assert!(policy.count(other(), &number.to_string(), NOW));
        }
        assert!(policy.seen.lock().len() <= CAPACITY);
    }
}
