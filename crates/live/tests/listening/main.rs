//! Tests of listeners over a log in memory.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failure of a test's own helper is a failed test"
)]

mod announcements;
mod board;
mod catching_up;
mod endings;
mod falling_behind;
mod hints;
mod joining;
mod log;
mod many_chatrooms;
mod outages;
mod own;
mod profiles;
mod schedules;
mod verdict;
mod waking;
mod world;
