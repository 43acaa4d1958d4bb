//! Invitation codes as clients see them: one word of a URL.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chit_chat_domain::denial::Denial;
use chit_chat_domain::invitation::InvitationCode;
use utoipa::IntoParams;

use crate::openapi::values;
use crate::problem::Problem;

/// `/api/invitations/{code}...`: what is no code at all names nothing either.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Path, names("code"))]
pub(crate) struct ByCode(#[param(schema_with = values::invitation_code)] pub(crate) InvitationCode);

impl FromRequest for ByCode {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let code = request.match_info().get("code").and_then(read);
        ready(code.map(Self).ok_or_else(|| Denial::InvitationNotFound.into()))
    }
}

pub(crate) fn written(code: &InvitationCode) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(code.to_bytes())
}

fn read(text: &str) -> Option<InvitationCode> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| InvitationCode::from_bytes(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_word_of_64_letters_that_can_be_read_back() {
        let code = InvitationCode::from_bytes(&[0xfb; 48]).unwrap();
        let word = written(&code);
        assert_eq!(word, "-_v7".repeat(16));
        assert_eq!(read(&word), Some(code));
        for other in ["", "x", &word[1..], &word.replace('-', "+"), &format!("{word}="), &word.repeat(2)] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
