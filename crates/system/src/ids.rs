//! New ids.

use chit_chat_domain::id::IdSource;
use uuid::Uuid;

/// Gives out UUIDs of version 7: random, and in index order by time.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
