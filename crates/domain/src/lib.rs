//! The rules of Chit-Chat, without I/O.
//!
//! - **Values** (`Username`, `MessageBody`, ...) are parsed once: holding one proves that it is valid.
//! - **Rules** are methods of entities that return a named [`Denial`](denial::Denial).
//! - **Use cases** are services over ports: one method per action of a user.
//! - **Ports** are traits, implemented by a store, a clock or a password hasher.
//!
//! # Testing your own rules
//!
//! With the feature `mocks`, the module `testing` has builders for entities, and a `World` in which every port is
//! a mock of [mockall](https://docs.rs/mockall), so that rules are tested without a database and without HTTP.
//!
//! ```toml
//! [dev-dependencies]
//! chit-chat-domain = { path = "../chit-chat/crates/domain", features = ["mocks"] }
//! ```
//!
//! A mock answers the calls that it expects. An unexpected call fails the test, and so does a missing one.
//!
//! ```
//! use chit_chat_domain::clock::Clock;
//! use chit_chat_domain::id::UserId;
//! use chit_chat_domain::message::MessageRepository;
//! use chit_chat_domain::page::Limit;
//! use chit_chat_domain::store_error::StoreError;
//! use chit_chat_domain::testing::{World, me, message};
//!
//! /// Greets people who have not said anything yet, but nobody at night.
//! fn should_greet(user: UserId, messages: &dyn MessageRepository, clock: &dyn Clock) -> Result<bool, StoreError> {
//!     Ok((8..20).contains(&clock.now().hour()) && messages.by_author(user, None, Limit::default())?.is_empty())
//! }
//!
//! let mut world = World::default().at("2026-01-01T12:00:00Z");
//! world.messages.expect_by_author().times(1).return_const(Ok(vec![]));
//! assert_eq!(should_greet(me(), &world.messages, &*world.clock), Ok(true));
//!
//! world.messages.expect_by_author().times(1).return_const(Ok(vec![message().with_author(me()).build()]));
//! assert_eq!(should_greet(me(), &world.messages, &*world.clock), Ok(false));
//!
//! let night = World::default().at("2026-01-01T23:00:00Z");
//! assert_eq!(should_greet(me(), &night.messages, &*night.clock), Ok(false), "and the store is not asked");
//! ```
//!
//! `docs/RULES.md` follows a rule from its first test to the running server.
#[cfg(feature = "mocks")]
pub use mockall;

pub mod announcements;
pub mod ban;
pub mod block;
pub mod changes_since;
pub mod chatroom;
pub mod clock;
pub mod commits;
pub mod credential;
pub mod denial;
pub mod direct;
pub mod event;
pub mod folding;
mod form;
mod from_str;
pub mod guarded;
pub mod id;
pub mod invitation;
pub mod invitee;
pub mod key;
pub mod markdown;
pub mod membership;
pub mod mention;
pub mod message;
pub mod page;
pub mod pending;
pub mod pin;
pub mod policy;
pub mod reaction;
pub mod readiness;
pub mod reading;
mod redacted;
mod retry;
pub mod revision;
pub mod scope;
pub mod search;
pub mod secrets;
pub mod services;
pub mod session;
pub mod storage;
pub mod store_error;
pub mod stores;
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod upkeep;
pub mod user;
pub mod violation;
mod visible;
