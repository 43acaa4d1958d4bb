//! Live streams, independent of the transport: subscriptions to chatrooms and the delivery of their events.
//!
//! The log in the store is the source of truth. Everything else is a hint that it has grown: the store's
//! notification after each commit of this instance ([`Hub::observer`]), and the heads that [`Hub::follow`]
//! polls a few times a second for the writes of other instances. A lost hint delays events but loses none.
//!
//! A [`Listener`] has a position in each of its chatrooms. It takes new entries from a ring that all
//! listeners of a chatroom share, or, if it has fallen behind, from the log, page by page.

mod cursors;
mod entry;
mod exchange;
mod hub;
mod listener;
mod mailbox;
mod profiles;
mod queue;
mod registry;
mod replay;
mod ring;
mod room;
mod rounds;
mod shared;
mod sources;
mod sync;
mod typing;
mod update;

pub use entry::{EncodedEvent, Entry, Write};
pub use hub::Hub;
pub use listener::Listener;
pub use sources::Sources;
pub use update::{End, Followed, PrivateChange, Start, Subscriber, Update};
