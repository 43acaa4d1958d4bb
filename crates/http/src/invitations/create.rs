//! `POST /api/chatrooms/{chatroom_id}/invitations`

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use chit_chat_domain::invitation::CreateInvitation;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{InChatroom, Json, Principal, Whole};
use crate::openapi::{FORM, MODERATORS, Problems, SIGNED_IN, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::InvitationView;

/// A new invitation.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewInvitation {
    #[schema(schema_with = values::expires_in_seconds)]
    expires_in_seconds: Option<Whole>,
    #[schema(schema_with = values::max_uses)]
    max_uses: Option<Whole>,
}

/// Create an invitation
///
/// Anyone who accepts the invitation becomes a member, unless they are banned. Share its `code`. A chatroom can
/// have 100 active invitations. Requires a moderator or an owner.
#[utoipa::path(
    post,
    path = "/api/chatrooms/{chatroom_id}/invitations",
    operation_id = "create_invitation",
    tag = "invitations",
    params(InChatroom),
    request_body = NewInvitation,
    responses(
        (status = 201, description = "The invitation", body = InvitationView, headers(("Location"))),
        Problems<{ SIGNED_IN | FORM | MODERATORS | of(&[Code::TooManyInvitations, Code::StorageFull]) }>,
    ),
)]
pub(crate) async fn create(
    caller: Principal,
    InChatroom(id): InChatroom,
    state: web::Data<State>,
    body: Json<NewInvitation>,
) -> Result<HttpResponse, Problem> {
    let NewInvitation { expires_in_seconds, max_uses } = body.into_inner().0;
    let number = |Whole(number)| number;
    let entered =
        CreateInvitation { expires_in_seconds: expires_in_seconds.map(number), max_uses: max_uses.map(number) };
    let made =
        caller.run(&state, move |state| state.services.invitations.create(id, caller.user, &entered)).await?;
    let location = format!("/api/chatrooms/{id}/invitations/{}", made.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(InvitationView::from(made)))
}
