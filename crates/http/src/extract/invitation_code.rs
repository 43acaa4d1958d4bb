//! Invitation codes in paths.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::invitation::InvitationCode;
use utoipa::IntoParams;

use crate::openapi::values;
use crate::problem::Problem;
use crate::views::parse_invitation_code;

/// `/api/invitations/{code}...`: a malformed code is an unknown one.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Path, names("code"))]
pub(crate) struct ByCode(#[param(schema_with = values::invitation_code)] pub(crate) InvitationCode);

impl FromRequest for ByCode {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let code = request.match_info().get("code").and_then(parse_invitation_code);
        ready(code.map(Self).ok_or_else(|| Denial::InvitationNotFound.into()))
    }
}
