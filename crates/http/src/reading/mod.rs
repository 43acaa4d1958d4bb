//! `/api/chatrooms/{chatroom_id}/read_marker` and `.../mute`: what a member tells of their reading. It is nobody else's
//! business.

mod marker;
mod mute;

pub(crate) use marker::{mark, show};
pub(crate) use mute::{mute, unmute};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(paths(marker::show, marker::mark, mute::mute, mute::unmute))]
pub(crate) struct Api;
