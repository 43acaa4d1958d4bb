//! The fixtures of the contract suite, which every store must pass: fresh databases on either engine, and a
//! [`World`] of users, chatrooms and messages in one. Tests of other crates use them too.

#![expect(clippy::panic, clippy::unwrap_used, reason = "test fixtures: a failure is a failed test")]

mod batch;
mod clock;
mod crowd;
mod engine;
mod ids;
mod invitees;
mod log;
mod pairs;
mod postgres;
mod race;
mod raw;
mod reactions;
mod rooms;
mod sqlite;
mod store;
mod talk;
mod wait;
mod world;
mod write_block;

pub use batch::{all_stored, answer, answers, stored, try_answer};
pub use chit_chat_both_engines::both_engines;
pub use clock::TestClock;
pub use crowd::{Crowd, messages_of};
pub use engine::Engine;
pub use ids::TestIds;
pub use log::{kind, messages_in};
pub use race::race;
pub use raw::{Raw, id_literal};
pub use reactions::{emoji, flags};
pub use store::TestStore;
pub use talk::{done, idempotency};
pub use wait::until;
pub use world::World;
pub use write_block::WriteBlock;
