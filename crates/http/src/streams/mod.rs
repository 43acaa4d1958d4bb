//! Live streams: one chatroom or all of the caller's, over SSE and WebSocket.

mod body;
mod feed;
mod mine;
mod notice;
mod positions;
mod room;
mod socket;
mod typing;

pub(crate) use mine::{__path_open_stream, __path_resume_stream, open_stream, resume_stream};
pub(crate) use room::{room_stream, wants_stream};
pub(crate) use socket::{__path_open_socket, open_socket};
pub(crate) use typing::{__path_tell_typing, tell_typing};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(paths(open_stream, resume_stream, open_socket, tell_typing))]
pub(crate) struct Api;
