//! Invitations.

use chit_chat_domain::invitation::{Lifetime, MaxUses};
use utoipa::openapi::schema::Object;

use super::builders::{text, whole, whole_or_null};

pub(crate) fn invitation_code() -> Object {
    text("The secret code of the invitation.")
        .pattern(Some("^[A-Za-z0-9_-]{64}$"))
        .examples([INVITATION_CODE])
        .build()
}

const INVITATION_CODE: &str = "AZqw4mo_fBGdDjtPbx0sVQGasOJqP3wRnQ47T28dLFUvBpJ7dGsA3iQ9fEtC6wXa";

pub(crate) fn expires_in_seconds() -> Object {
    let lifetime =
        whole("Seconds until the invitation expires. Null means never.").minimum(Some(Lifetime::SHORTEST));
    whole_or_null(lifetime.maximum(Some(Lifetime::LONGEST)).examples([604_800]))
}

pub(crate) fn max_uses() -> Object {
    let most = whole("The maximum number of uses. Null means unlimited.").minimum(Some(1));
    whole_or_null(most.maximum(Some(MaxUses::MAX)).examples([10]))
}

pub(crate) fn uses() -> Object {
    whole("The number of users who accepted the invitation.").minimum(Some(0)).examples([3]).build()
}
