//! A client for tests that talk to a server over real sockets: requests, responses and event streams.

mod answer;
mod client;
mod event_reader;

pub use answer::{Answer, short};
pub use client::{Client, Request};
pub use event_reader::{EventReader, Listen, StreamEvent, StreamItem};
