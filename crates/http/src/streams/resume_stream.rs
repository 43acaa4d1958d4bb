//! `POST /api/events`: the same stream as `GET`, from positions in the body.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::all_chatrooms::start;
use super::positions::{self, After};
use crate::extract::{Json, Reader};
use crate::openapi::{BODY, Problems, SIGNED_IN, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Positions to resume from.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Resume {
    /// The last `seq` received, by chatroom. Chatrooms that are absent start now.
    #[serde(default)]
    #[schema(schema_with = values::positions)]
    after: After,
}

/// Resume the stream from given positions
///
/// Like `GET /api/events`, starting after the given `seq` of each chatroom.
#[utoipa::path(
    post, path = "/api/events", operation_id = "resume_stream", tag = "streams",
    request_body = Resume,
    responses(
        (status = 200, description = "Events, until the client disconnects", body = String,
            content_type = "text/event-stream"),
        Problems<{ SIGNED_IN | BODY | of(&[Code::TooManyStreams, Code::InvalidValue]) }>,
    ),
)]
pub(crate) async fn resume_stream(
    Reader(caller): Reader,
    request: HttpRequest,
    state: web::Data<State>,
    body: Json<Resume>,
) -> Result<HttpResponse, Problem> {
    let after = positions::parse(body.into_inner().0.after)?;
    start(caller, &request, state, Some(after)).await
}
