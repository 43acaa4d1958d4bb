//! A kit for tests of rules: builders for entities, and a clock and ids that the test controls. The feature
//! `mocks` adds a `World`, in which every port is a mock.
//!
//! Builders panic if a value breaks a rule, because a test with an invalid value is wrong.
#![expect(clippy::panic, reason = "an invalid value in a test fails the test")]

mod chatroom;
mod clock;
mod ids;
mod invitation;
mod membership;
mod message;
mod user;
#[cfg(feature = "mocks")]
mod world;

use std::fmt::Display;
use std::str::FromStr;

pub use chatroom::{ChatroomBuilder, access, chatroom};
pub use clock::{FixedClock, NOW};
pub use ids::{
    SequentialIds, fresh_id, invitation_id, key, limit, me, message_id, other, room, session_id, user_id,
};
pub use invitation::{InvitationBuilder, invitation};
pub use membership::{MembershipBuilder, membership};
pub use message::{MessageBuilder, message};
pub use user::{UserBuilder, password_hash, user};
#[cfg(feature = "mocks")]
pub use world::World;

/// Parses a value; panics if it is invalid.
#[track_caller]
fn valid<T: FromStr<Err: Display>>(text: &str) -> T {
    match text.parse() {
        Ok(value) => value,
        Err(why) => panic!("{text:?} {why}"),
    }
}
