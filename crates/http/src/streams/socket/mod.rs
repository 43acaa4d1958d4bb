//! `GET /api/ws`: the events of all the caller's chatrooms over a WebSocket (RFC 6455), which also sends messages.

mod control_frames;
mod conversation;
mod frame_heads;
mod frames;
mod incoming;
mod memory;
pub(super) mod open;
mod origin;
mod outgoing;
mod reasons;
mod sending;
mod yielding;

pub(crate) use open::open_socket;
