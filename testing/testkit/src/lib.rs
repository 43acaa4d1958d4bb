//! A real store in a temporary file, for tests of behaviour over several calls.
//!
//! Test a single decision with mocks, in [`chit_chat_domain::testing`]. When a call depends on what earlier calls
//! have written, mocks would only repeat the test's assumptions about the store. A [`Scratch`] uses a real store
//! instead: SQLite, which passes the same contract suite as PostgreSQL.
//!
//! ```
//! use chit_chat_domain::denial::Denial;
//! use chit_chat_testkit::Scratch;
//!
//! let scratch = Scratch::open();
//! let [ada, grace] = scratch.people(["ada", "grace"]);
//! let engines = scratch.chatroom(ada, &[grace]);
//!
//! scratch.say(engines, grace, "Is anybody compiling?");
//! scratch.services.memberships.remove(engines, ada, grace)?;
//! let too_late = scratch.services.chatrooms.may_speak(engines, grace);
//! assert_eq!(too_late, Err(Denial::ChatroomNotFound.into()));
//! assert_eq!(scratch.texts(engines, ada), ["Is anybody compiling?"]);
//! # Ok::<(), chit_chat_domain::denial::Failure>(())
//! ```
//!
//! The clock stands still until a test advances it, ids count up, and passwords and secrets cost no time to hash.
#![expect(clippy::panic, reason = "a test whose stage cannot be set has failed")]

mod scratch;
mod stage;
mod system;

pub use scratch::Scratch;
