//! `POST /api/users/me/tokens`

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use chit_chat_domain::key::{CreateKey, KeyKind, KeyOwner};
use chit_chat_domain::scope::Scopes;
use serde::Deserialize;
use utoipa::ToSchema;

use super::issued;
use crate::extract::{Json, Principal};
use crate::openapi::{FORM, Problems, SIGNED_IN, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::IssuedKeyView;

/// A new personal token.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewToken {
    #[schema(schema_with = values::key_name)]
    name: String,
    #[schema(schema_with = values::new_token_scopes)]
    scopes: Vec<String>,
    #[schema(schema_with = values::reach)]
    chatrooms: Option<Vec<String>>,
    #[schema(schema_with = values::key_expires_at)]
    expires_at: Option<String>,
}

/// Create a personal token
///
/// A program that sends it as `Authorization: Bearer ...` acts as you, as far as its scopes and chatrooms reach. The
/// response is the only one with its text, `secret`. You can have 100 tokens.
#[utoipa::path(
    post, path = "/api/users/me/tokens", operation_id = "create_personal_token", tag = "tokens",
    request_body = NewToken,
    responses(
        (status = 201, description = "The token", body = IssuedKeyView, headers(("Cache-Control"), ("Location"))),
        Problems<{ SIGNED_IN | FORM | of(&[Code::TooManyKeys, Code::UserNotFound]) }>,
    ),
)]
pub(crate) async fn create(
    caller: Principal,
    state: web::Data<State>,
    body: Json<NewToken>,
) -> Result<HttpResponse, Problem> {
    caller.session()?;
    let NewToken { name, scopes, chatrooms, expires_at } = body.into_inner().0;
    let (owner, entered) = (KeyOwner::User(caller.user), CreateKey { name, scopes, chatrooms, expires_at });
    let create =
        move |state: &State| state.services.keys.create(owner, KeyKind::Personal, &entered, Scopes::OF_USERS);
    let made = caller.run(&state, create).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, format!("/api/users/me/tokens/{}", made.key.id)));
    Ok(issued(response, made, state.clock.now()))
}
