//! The `RateLimit` headers of responses (draft-ietf-httpapi-ratelimit-headers).

use std::time::Duration;

use actix_web::dev::ServiceResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};

use super::rate::Rate;
use crate::problem::{Code, Problem};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) name: &'static str,
    pub(super) rate: Rate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Balance {
    pub(super) policy: Policy,
    pub(super) left: u32,
    /// The time until the quota is complete again or, if nothing is left, until the next use.
    pub(super) wait: Duration,
}

impl Balance {
    pub(super) fn new(policy: Policy, left: u32) -> Self {
        let missing = if left == 0 { 1 } else { policy.rate.count.get().saturating_sub(left) };
        Self { policy, left, wait: policy.rate.interval() * missing }
    }

    pub(crate) fn with_refund(self) -> Self {
        Self::new(self.policy, self.left + 1)
    }

    /// Stores the balance for the headers of the response.
    pub(crate) fn record(self, request: &HttpRequest) {
        request.extensions_mut().insert(self);
    }

    pub(crate) fn refusal(self) -> Problem {
        let (name, seconds) = (self.policy.name, self.seconds());
        let detail = format!("the limit \"{name}\" is exceeded; try again in {seconds} seconds");
        Problem { retry_after: Some(seconds), ..Problem::new(Code::RateLimited, detail) }
    }

    /// The wait in seconds, rounded up, so that it is always long enough.
    fn seconds(self) -> u32 {
        let whole = self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0);
        u32::try_from(whole).unwrap_or(u32::MAX)
    }
}

/// Adds the headers of the limit that applied last, if any.
pub(crate) fn add_headers<B>(response: &mut ServiceResponse<B>) {
    let Some(balance) = response.request().extensions().get::<Balance>().copied() else {
        return;
    };
    let Policy { name, rate } = balance.policy;
    let policy = format!("\"{name}\";q={};w={}", rate.count, rate.period.as_secs());
    let state = format!("\"{name}\";r={};t={}", balance.left, balance.seconds());
    for (header, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, state)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(header, value);
        }
    }
}
