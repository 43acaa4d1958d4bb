//! Live streams without their wire: who listens to which chatrooms, and what they hear.
//!
//! The log in the store is the truth, and everything else is a hint that it has grown: the store's own
//! notification after each commit of this instance ([`Hub::observer`]), and the heads that [`Hub::follow`]
//! polls a few times a second for the writes of others. A lost hint costs time, never an event.
//!
//! A [`Listener`] is a position in each of its chatrooms. It takes what is new from the memory that
//! all listeners of a chatroom share, and if it has fallen behind, page by page from the log.

mod entry;
mod hub;
mod listener;
mod mailbox;
mod news;
mod places;
mod queue;
mod registry;
mod replay;
mod ring;
mod room;
mod shared;
mod sources;
mod sync;
mod typing;

pub use entry::{Entry, Write, Written};
pub use hub::Hub;
pub use listener::Listener;
pub use news::{End, News, Own, Start, Who};
pub use sources::Sources;
