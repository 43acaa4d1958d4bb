//! `PATCH /api/users/me`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Failure;
use chit_chat_domain::id::UserId;
use chit_chat_domain::user::ProfileChange;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::attempts::Attempts;
use crate::extract::{Json, Patched, Principal, present, reject_null};
use crate::limits::count_name;
use crate::openapi::{FORM, Problems, SIGNED_IN, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::OwnView;

/// Changes to an account. Absent fields keep their value.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AccountPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::username)]
    username: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::display_name_or_null)]
    display_name: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::email_or_null)]
    email: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::new_who_can_add_me)]
    who_can_add_me: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::password)]
    password: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::known_password)]
    current_password: Patched<String>,
}

impl AccountPatch {
    /// The change, once its names are counted.
    fn into_change(self, request: &HttpRequest, user: UserId) -> Result<ProfileChange, Problem> {
        let username = reject_null("username", self.username)?;
        for name in [username.as_deref(), self.display_name.as_ref().and_then(Option::as_deref)] {
            count_name(request, user, name)?;
        }
        let change = ProfileChange {
            username,
            display_name: self.display_name,
            email: self.email,
            who_can_add_me: reject_null("who_can_add_me", self.who_can_add_me)?,
            password: reject_null("password", self.password)?,
            current_password: reject_null("current_password", self.current_password)?,
        };
        if change.password.is_some() && change.current_password.is_none() {
            return Err(Problem::new(Code::MalformedBody, "current_password is required to change the password"));
        }
        Ok(change)
    }
}

/// Update your account
///
/// Absent fields keep their value; null clears them. A new password requires the current one, and ends all other
/// sessions. Keys can change only `display_name` and `who_can_add_me`. After a change of the username, only the new
/// one signs in. The old one stays reserved for you for 30 days; a change of its case alone reserves nothing. A new
/// username or display name is sent as `user.updated` on streams.
#[utoipa::path(
    patch, path = "/api/users/me", operation_id = "change_account", tag = "users",
    request_body = AccountPatch,
    responses(
        (status = 200, description = "The updated account", body = OwnView),
        Problems<{ SIGNED_IN | FORM | of(&[Code::InvalidCredentials, Code::UsernameTaken, Code::RenamedTooOften]) }>,
    ),
)]
pub(crate) async fn change_me(
    caller: Principal,
    request: HttpRequest,
    attempts: Attempts,
    state: web::Data<State>,
    body: Json<AccountPatch>,
) -> Result<HttpResponse, Problem> {
    let change = body.into_inner().0.into_change(&request, caller.user)?;
    let checks_password = change.password.is_some();
    // A new password ends all sessions but this one. Keys change only the profile.
    let kept_session = if change.is_of_account() { caller.session()? } else { caller.via.logged_as() };
    let change = move |state: &State| {
        // Read first, so that its failure changes nothing.
        let storage = state.storage_of(caller.user)?;
        let user = state.services.accounts.change(caller.user, kept_session, &change)?;
        Ok::<_, Failure>(OwnView::of(&user, storage))
    };
    let account = if checks_password {
        attempts.check_password(caller)?.hash(&state, change).await
    } else {
        caller.run(&state, change).await
    };
    let account = account.map_err(without_user)?;
    Ok(HttpResponse::Ok().json(account.ok_or_else(Problem::invalid_token)?))
}

/// Reports a missing user as an invalid token, because an instance may not have seen the deletion yet.
fn without_user(problem: Problem) -> Problem {
    if problem.code == Code::UserNotFound { Problem::invalid_token() } else { problem }
}
