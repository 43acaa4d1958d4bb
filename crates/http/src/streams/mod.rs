//! Live streams of one chatroom or of all the caller's chatrooms, over SSE and WebSocket.

mod all_chatrooms;
mod body;
mod feed;
mod memory;
mod notice;
mod open_stream;
mod positions;
mod resume_stream;
mod room;
mod socket;
mod tell_typing;
mod writer;

pub(crate) use open_stream::open_stream;
pub(crate) use resume_stream::resume_stream;
pub(crate) use room::{opens_stream, room_stream, wants_stream};
pub(crate) use socket::open_socket;
pub(crate) use tell_typing::tell_typing;
use utoipa::OpenApi;
pub(crate) use writer::EventWriter;

#[derive(OpenApi)]
#[openapi(paths(
    open_stream::open_stream,
    resume_stream::resume_stream,
    socket::open::open_socket,
    tell_typing::tell_typing
))]
pub(crate) struct Api;
