//! Keys as credentials: they are verified before the extractors run, because these do not wait for the store.

mod acting;
mod known;

use std::pin::Pin;
use std::sync::Arc;

pub(crate) use acting::{ACTING_AS, acting_as};
use actix_web::dev::ServiceRequest;
use actix_web::{HttpMessage, HttpRequest, web};
use chit_chat_domain::id::UserId;
use chit_chat_domain::key::{KeyText, Verified};
use chit_chat_domain::session::SecretHash;
use chit_chat_domain::store_error::StoreError;
pub(crate) use known::{KnownKey, KnownKeys};

use crate::extract::bearer_token;
use crate::limits::{AttemptKind, Outcome, Source};
use crate::problem::Problem;
use crate::state::State;
use crate::work::Party;

/// The outcome of verifying the key of a request.
struct Shown {
    key: Result<Arc<KnownKey>, Problem>,
    /// The user as whom a server key acts, if the request names one.
    user: Option<Result<UserId, Problem>>,
}

/// Verifies the key of a request, if it has one. Requests with an access token have nothing to wait for.
pub(crate) fn verify_of(request: &ServiceRequest) -> Option<Pin<Box<dyn Future<Output = ()>>>> {
    bearer_token(request.request()).filter(|token| KeyText::is_meant_by(token))?;
    let request = request.request().clone();
    Some(Box::pin(async move {
        let Some(state) = request.app_data::<web::Data<State>>() else { return };
        let token = bearer_token(&request).unwrap_or_default();
        let source = Source::of_request(&request);
        let key = verify(state, token, source).await;
        let user = match (&key, request.headers().get(ACTING_AS)) {
            (Ok(key), Some(named)) => Some(acting::user_of(state, key, named, source).await),
            _ => None,
        };
        request.extensions_mut().insert(Shown { key, user });
    }))
}

/// The key that [`verify_of`] has verified.
pub(crate) fn of_request(request: &HttpRequest) -> Result<Arc<KnownKey>, Problem> {
    let extensions = request.extensions();
    extensions.get::<Shown>().map_or_else(|| Err(Problem::invalid_token()), |shown| shown.key.clone())
}

/// Verifies a key: by the cache, or else by one look-up, which counts as an attempt of its address if it fails.
pub(crate) async fn verify(
    state: &web::Data<State>,
    token: &str,
    source: Source,
) -> Result<Arc<KnownKey>, Problem> {
    let hash = state.services.keys.hash(token);
    let now = state.clock.now();
    if let Some(known) = state.keys.get(&hash, now) {
        return known.ok_or_else(Problem::invalid_token);
    }
    let text = KeyText::parse(token).ok_or_else(Problem::invalid_token)?;
    if state.ended.contains(text.secret_id().into()) {
        return Err(Problem::invalid_token());
    }
    if let Some(limits) = &state.limits {
        limits.charge(source, AttemptKind::Key).map_err(crate::limits::Balance::refusal)?;
    }
    let party = Party { account: None, source };
    let found = party.read(state, move |state| look_up(state, source, &text, hash)).await?;
    found.ok_or_else(Problem::invalid_token)
}

/// Looks up a key. Runs to its end even if the client disconnects, so that each attempt is settled.
fn look_up(
    state: &State,
    source: Source,
    text: &KeyText,
    hash: SecretHash,
) -> Result<Option<Arc<KnownKey>>, StoreError> {
    // Read before the look-up: a secret that ends meanwhile counts as looked up before its end.
    let now = state.clock.now();
    let found: Result<Option<Verified>, _> = state.services.keys.verify(text, &hash);
    if let Some(limits) = &state.limits {
        let outcome = match &found {
            Ok(Some(_)) => Outcome::Checked,
            Ok(None) => Outcome::Counts,
            Err(_) => Outcome::NotMade,
        };
        limits.settle(source, AttemptKind::Key, outcome);
    }
    Ok(state.keys.remember(hash, found?, now))
}
