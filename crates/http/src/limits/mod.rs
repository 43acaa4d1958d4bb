//! Rate limits. An app without [`Limits`] has none.

mod address;
mod attempts;
mod balance;
mod limiter;
mod rate;
mod states;

use std::hash::RandomState;

use actix_web::http::Method;
use actix_web::{HttpRequest, web};
pub use address::Proxies;
pub(crate) use attempts::Attempts;
pub(crate) use balance::add_headers;
use chit_chat_domain::id::UserId;
pub use rate::{NoRate, Rate};

use self::address::Source;
use self::limiter::Limiter;
use crate::problem::Problem;

/// The rates of all limits.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub login_failures_per_name: Rate,
    pub login_failures_per_address: Rate,
    pub sign_ups_per_address: Rate,
    pub writes_per_user: Rate,
}

/// The counters, shared by all workers.
pub struct Limits {
    /// Failures by address and name together, so that nobody can lock another user out.
    failures_of_name: Limiter<(Source, u64)>,
    failures_of_address: Limiter<Source>,
    sign_ups: Limiter<Source>,
    writes: Limiter<UserId>,
    proxies: Proxies,
    hasher: RandomState,
}

impl Limits {
    pub fn new(rates: Rates, proxies: Proxies) -> Self {
        Self {
            failures_of_name: Limiter::new("login", rates.login_failures_per_name),
            failures_of_address: Limiter::new("login", rates.login_failures_per_address),
            sign_ups: Limiter::new("sign-up", rates.sign_ups_per_address),
            writes: Limiter::new("writes", rates.writes_per_user),
            proxies,
            hasher: RandomState::new(),
        }
    }
}

/// Adds limits to an app.
pub fn limited(limits: Option<web::Data<Limits>>) -> impl FnOnce(&mut web::ServiceConfig) {
    move |app| {
        if let Some(limits) = limits {
            app.app_data(limits);
        }
    }
}

/// Counts writes that arrive outside HTTP requests.
pub(crate) struct Writes(Option<web::Data<Limits>>);

impl Writes {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self(request.app_data::<web::Data<Limits>>().cloned())
    }

    pub(crate) fn count(&self, user: UserId) -> Result<(), Problem> {
        match self.0.as_ref().map(|limits| limits.writes.take(&user)) {
            Some(Err(refusal)) => Err(refusal.refusal()),
            _ => Ok(()),
        }
    }
}

/// Counts a request that writes.
pub(crate) fn count_write(request: &HttpRequest, user: UserId) -> Result<(), Problem> {
    let writes = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(request.method());
    let Some(limits) = request.app_data::<web::Data<Limits>>().filter(|_| writes) else {
        return Ok(());
    };
    let (balance, verdict) = match limits.writes.take(&user) {
        Ok(balance) => (balance, Ok(())),
        Err(refusal) => (refusal, Err(refusal.refusal())),
    };
    balance.record(request);
    verdict
}
