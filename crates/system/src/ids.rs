//! New ids.

use chit_chat_domain::id::IdSource;
use uuid::Uuid;

/// Generates UUIDs of version 7: random, and ordered by time in indexes.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
