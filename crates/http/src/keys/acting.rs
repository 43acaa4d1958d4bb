//! Acting as a user: a server key with the scope `act_as`, and the header that names the user.

use actix_web::http::header::HeaderValue;
use actix_web::{HttpMessage, HttpRequest, web};
use chit_chat_domain::id::UserId;
use chit_chat_domain::key::KeyOwner;
use chit_chat_domain::scope::Scope;
use uuid::Uuid;

use super::{KnownKey, Shown};
use crate::limits::Source;
use crate::problem::Problem;
use crate::state::State;
use crate::work::{Account, Party};

/// The header that names the user.
pub(crate) const ACTING_AS: &str = "Chit-Chat-User";

/// The user as whom the server key of a request acts.
pub(crate) fn acting_as(request: &HttpRequest) -> Result<UserId, Problem> {
    let extensions = request.extensions();
    let user = extensions.get::<Shown>().and_then(|shown| shown.user.clone());
    user.unwrap_or_else(|| Err(Problem::user_required()))
}

/// Checks that the key may act as the named user, who is neither deleted nor disabled.
pub(super) async fn user_of(
    state: &web::Data<State>,
    key: &KnownKey,
    named: &HeaderValue,
    source: Source,
) -> Result<UserId, Problem> {
    let key = key.key();
    if key.owner != KeyOwner::Application {
        return Err(Problem::cannot_act_as("only server keys act as other users"));
    }
    if !key.scopes.contains(Scope::ActAs) {
        return Err(Problem::insufficient_scope(Scope::ActAs));
    }
    let named = named.to_str().ok().and_then(|text| text.trim().parse::<UserId>().ok());
    let user = named.ok_or_else(|| Problem::cannot_act_as("Chit-Chat-User has to be the id of a user"))?;
    let now = state.clock.now();
    if state.keys.knows_user(user, now) {
        return Ok(user);
    }
    let account = Account::from(UserId::from(Uuid::from(key.id)));
    let party = Party { account: Some(account), source };
    if !party.read(state, move |state| state.stores.users.is_active(user)).await? {
        return Err(Problem::cannot_act_as("no such user, or the account is disabled"));
    }
    state.keys.remember_user(user, now);
    Ok(user)
}
