//! `POST /api/render`: previews a message.

use actix_web::{HttpResponse, web};
use chit_chat_domain::denial::Failure;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::{Json, Reader};
use crate::openapi::{FORM, Problems, SIGNED_IN, values};
use crate::problem::Problem;
use crate::renderer::Html;
use crate::state::State;

/// Markdown to preview.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Draft {
    #[schema(schema_with = values::message_body)]
    body: String,
}

/// A rendered message.
#[derive(Serialize, ToSchema)]
pub(crate) struct Rendered {
    #[schema(schema_with = values::html)]
    html: Html,
}

/// Preview a message
///
/// Renders Markdown as HTML in the same way as messages. Nothing is stored.
#[utoipa::path(
    post, path = "/api/render", operation_id = "render_markdown", tag = "messages",
    request_body = Draft,
    responses(
        (status = 200, description = "The HTML", body = Rendered),
        Problems<{ SIGNED_IN | FORM }>,
    ),
)]
pub(crate) async fn render(
    Reader(caller): Reader,
    state: web::Data<State>,
    draft: Json<Draft>,
) -> Result<HttpResponse, Problem> {
    let body = state.services.messages.body_limit.parse(&draft.into_inner().0.body);
    let body = body.map_err(|violation| Failure::invalid("body", violation))?;
    let html = state.renderer.draft(caller.party(), body).await?;
    Ok(HttpResponse::Ok().json(Rendered { html }))
}
