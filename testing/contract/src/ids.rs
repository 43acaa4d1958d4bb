//! Ids that are the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use chit_chat_domain::id::IdSource;
use uuid::Uuid;

/// Where the ids begin: the shape of a `UUIDv7`.
const FIRST: u128 = 0x019b_7c00_0000_7000_8000_0000_0000_0000;

/// Counts, so that later ids are greater, as those of `UUIDv7` are.
#[derive(Debug, Default)]
pub struct TestIds(AtomicU64);

impl IdSource for TestIds {
    fn next(&self) -> Uuid {
        Uuid::from_u128(FIRST + u128::from(self.0.fetch_add(1, Ordering::SeqCst)))
    }
}
