//! `POST /api/admin/keys`

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use chit_chat_domain::key::{CreateKey, KeyKind, KeyOwner};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{Application, Json};
use crate::openapi::{APPLICATION, FORM, Problems, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::tokens::issued;
use crate::views::IssuedKeyView;

/// A new server key.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewServerKey {
    #[schema(schema_with = values::key_name)]
    name: String,
    #[schema(schema_with = values::new_server_scopes)]
    scopes: Vec<String>,
    #[schema(schema_with = values::key_expires_at)]
    expires_at: Option<String>,
}

/// Create a server key
///
/// The key can have no scopes that yours lacks. The response is the only one with its text, `secret`. There can be 100
/// server keys.
#[utoipa::path(
    post, path = "/api/admin/keys", operation_id = "create_server_key", tag = "administration",
    request_body = NewServerKey,
    responses(
        (status = 201, description = "The key", body = IssuedKeyView, headers(("Cache-Control"), ("Location"))),
        Problems<{ APPLICATION | FORM | of(&[Code::TooManyKeys]) }>,
    ),
)]
pub(crate) async fn create(
    caller: Application,
    state: web::Data<State>,
    body: Json<NewServerKey>,
) -> Result<HttpResponse, Problem> {
    let NewServerKey { name, scopes, expires_at } = body.into_inner().0;
    let entered = CreateKey { name, scopes, chatrooms: None, expires_at };
    let creators = caller.scopes();
    let create = move |state: &State| {
        state.services.keys.create(KeyOwner::Application, KeyKind::Server, &entered, creators)
    };
    let made = caller.run(&state, create).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, format!("/api/admin/keys/{}", made.key.id)));
    Ok(issued(response, made, state.clock.now()))
}
