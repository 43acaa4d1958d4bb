//! Deterministic ids.

use std::sync::atomic::{AtomicU64, Ordering};

use chit_chat_domain::id::IdSource;
use uuid::Uuid;

/// The first id, in the format of a `UUIDv7`.
const FIRST: u128 = 0x019b_7c00_0000_7000_8000_0000_0000_0000;

/// Ids that count up, so that later ones are greater, as with `UUIDv7`.
#[derive(Debug, Default)]
pub struct TestIds(AtomicU64);

impl IdSource for TestIds {
    fn next(&self) -> Uuid {
        Uuid::from_u128(FIRST + u128::from(self.0.fetch_add(1, Ordering::SeqCst)))
    }
}
