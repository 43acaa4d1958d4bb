//! `GET /api/ws`: all my chatrooms over a WebSocket (RFC 6455), which also carries what I send.

mod conversation;
mod frames;
mod open;
mod origin;
mod reasons;

pub(crate) use open::{__path_open_socket, open_socket};
