//! The rules of Chit-Chat, without I/O.
//!
//! - **Values** (`Username`, `MessageBody`, ...) are parsed once; what holds one is valid.
//! - **Rules** are methods on entities that answer with a named [`Denial`](denial::Denial).
//! - **Use cases** are services over ports: one method per thing that a user can do.
//! - **Ports** are traits that a store, a clock or a password hasher implements.
//!
//! # Testing rules of your own
//!
//! The feature `mocks` adds a mock of every port, made by [mockall](https://docs.rs/mockall): a rule
//! is tested without a database and without HTTP.
//!
//! ```toml
//! [dev-dependencies]
//! chit-chat-domain = { path = "../chit-chat/crates/domain", features = ["mocks"] }
//! ```
//!
//! A mock answers what it was told to expect. Any other call, and one that never comes, fails the test.
//!
//! ```
//! use std::sync::Arc;
//!
//! use chit_chat_domain::clock::{Clock, MockClock, Timestamp};
//! use chit_chat_domain::id::UserId;
//! use chit_chat_domain::message::{MessageRepository, MockMessageRepository};
//! use chit_chat_domain::page::Limit;
//! use chit_chat_domain::store_error::StoreError;
//!
//! /// Greets whoever has said nothing yet, but nobody at night.
//! struct Greeter {
//!     messages: Arc<dyn MessageRepository>,
//!     clock: Arc<dyn Clock>,
//! }
//!
//! impl Greeter {
//!     fn should_greet(&self, user: UserId) -> Result<bool, StoreError> {
//!         let hour = self.clock.now().as_seconds() / 3_600 % 24;
//!         Ok((8..20).contains(&hour)
//!             && self.messages.by_author(user, None, Limit::default())?.is_empty())
//!     }
//! }
//!
//! fn greeter_at(hour: i64, messages: MockMessageRepository) -> Greeter {
//!     let mut clock = MockClock::new();
//!     clock.expect_now().return_const(Timestamp::from_micros(hour * 3_600_000_000));
//!     Greeter { messages: Arc::new(messages), clock: Arc::new(clock) }
//! }
//!
//! let beth: UserId = "0190a5d4-2f00-7000-8000-000000000001".parse().unwrap();
//!
//! let mut silent = MockMessageRepository::new();
//! silent.expect_by_author().withf(move |author, _, _| *author == beth).times(1).return_const(Ok(vec![]));
//! assert_eq!(greeter_at(12, silent).should_greet(beth), Ok(true));
//!
//! let never_asked = MockMessageRepository::new();
//! assert_eq!(greeter_at(23, never_asked).should_greet(beth), Ok(false));
//!
//! let mut down = MockMessageRepository::new();
//! down.expect_by_author().return_const(Err(StoreError::Contention));
//! assert_eq!(greeter_at(12, down).should_greet(beth), Err(StoreError::Contention));
//! ```
pub mod ban;
pub mod block;
pub mod changes_since;
pub mod chatroom;
pub mod clock;
pub mod denial;
pub mod direct;
pub mod event;
#[cfg(test)]
mod fixture;
mod from_str;
pub mod guarded;
pub mod id;
pub mod invitation;
pub mod membership;
pub mod mention;
pub mod message;
pub mod page;
pub mod pending;
pub mod pin;
pub mod reaction;
pub mod readiness;
pub mod reading;
mod redacted;
mod retry;
pub mod revision;
pub mod secrets;
pub mod session;
pub mod store_error;
pub mod stores;
pub mod text;
pub mod user;
pub mod violation;
