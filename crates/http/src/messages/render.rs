//! `POST /api/render`: previews a message.

use actix_web::HttpResponse;
use chit_chat_domain::denial::Failure;
use chit_chat_domain::message::MessageBody;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::{Json, Reader};
use crate::markdown;
use crate::openapi::{FORM, Problems, SIGNED_IN, WRITE, values};
use crate::problem::Problem;
use crate::run::blocking;

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
    html: String,
}

/// Preview a message
///
/// Renders Markdown as HTML in the same way as messages. Nothing is stored.
#[utoipa::path(
    post, path = "/api/render", operation_id = "render_markdown", tag = "messages",
    request_body = Draft,
    responses(
        (status = 200, description = "The HTML", body = Rendered),
        Problems<{ SIGNED_IN | (FORM & !WRITE) }>,
    ),
)]
pub(crate) async fn render(_: Reader, draft: Json<Draft>) -> Result<HttpResponse, Problem> {
    let Draft { body } = draft.into_inner().0;
    let html = blocking(move || {
        let body = MessageBody::parse(&body).map_err(|violation| Failure::invalid("body", violation))?;
        Ok::<_, Failure>(markdown::html(body.as_str()))
    });
    Ok(HttpResponse::Ok().json(Rendered { html: html.await? }))
}
