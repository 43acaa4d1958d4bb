//! `/api/chatrooms/{chatroom_id}/read_marker` and `.../mute`: a member's private reading state.

mod mark;
mod mute;
mod set_muted;
mod show_marker;
mod unmute;

pub(crate) use mark::mark;
pub(crate) use mute::mute;
pub(crate) use show_marker::show_marker;
pub(crate) use unmute::unmute;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(show_marker::show_marker, mark::mark, mute::mute, unmute::unmute))]
pub(crate) struct Api;
