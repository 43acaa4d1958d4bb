//! Limits on attempts before authentication: passwords, refresh tokens and sign-ups.
//!
//! An attempt is charged in advance, so that parallel ones cannot exceed the limit. It is refunded if its outcome
//! does not count, even if the client has disconnected.

use std::future::{Ready, ready};
use std::hash::{BuildHasher, Hash};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, rt, web};
use tracing::Instrument;

use super::Limits;
use super::address::Source;
use super::balance::Balance;
use crate::problem::{Code, Problem};

/// Registers attempts.
pub(crate) struct Attempts(HttpRequest);

/// A permitted attempt.
#[must_use = "an attempt has to be settled"]
pub(crate) struct Attempt(Option<Paid>);

struct Paid {
    request: HttpRequest,
    limits: web::Data<Limits>,
    source: Source,
    at: At,
    balance: Balance,
}

#[derive(Clone, Copy)]
enum At {
    /// The password of a user, identified by a hash.
    Password(u64),
    RefreshToken,
    Account,
}

impl FromRequest for Attempts {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.clone())))
    }
}

impl Attempts {
    /// Registers the check of a password. Wrong ones count, by address and by user.
    pub(crate) fn guess(&self, whose: impl Hash) -> Result<Attempt, Problem> {
        self.pay(|limits| At::Password(limits.hasher.hash_one(whose)))
    }

    /// Registers the check of a password if `checked`; otherwise permits an attempt that never counts.
    pub(crate) fn guess_if(&self, checked: bool, whose: impl Hash) -> Result<Attempt, Problem> {
        if checked { self.guess(whose) } else { Ok(Attempt(None)) }
    }

    /// Registers the use of a refresh token. Invalid ones count.
    pub(crate) fn refresh(&self) -> Result<Attempt, Problem> {
        self.pay(|_| At::RefreshToken)
    }

    /// Registers a sign-up. New accounts count, and so do taken usernames, because they reveal which users exist.
    pub(crate) fn sign_up(&self) -> Result<Attempt, Problem> {
        self.pay(|_| At::Account)
    }

    fn pay(&self, at: impl FnOnce(&Limits) -> At) -> Result<Attempt, Problem> {
        let Self(request) = self;
        let Some(limits) = request.app_data::<web::Data<Limits>>().cloned() else {
            return Ok(Attempt(None));
        };
        let (source, at) = (limits.proxies.source(request), at(&limits));
        let balance = limits.pay(source, at).map_err(|refusal| {
            refusal.note(request);
            refusal.refusal()
        })?;
        balance.note(request);
        Ok(Attempt(Some(Paid { request: request.clone(), limits, source, at, balance })))
    }
}

impl Attempt {
    /// Runs the attempt to its end, even if the client disconnects.
    pub(crate) async fn make<T: 'static>(
        self,
        attempt: impl Future<Output = Result<T, Problem>> + 'static,
    ) -> Result<T, Problem> {
        let Self(Some(paid)) = self else {
            return attempt.await;
        };
        let made = async move {
            let outcome = attempt.await;
            paid.refund_unless_counted(outcome.as_ref().err().map(|problem| problem.code));
            outcome
        };
        let made = rt::spawn(made.in_current_span()).await;
        made.unwrap_or_else(|error| Err(Problem::internal(error)))
    }
}

impl Paid {
    fn refund_unless_counted(self, refused: Option<Code>) {
        if !self.at.counts(refused) {
            self.limits.give_back(self.source, self.at);
            self.balance.with_one_given_back().note(&self.request);
        }
    }
}

impl At {
    /// Returns whether the outcome is one that the limit applies to.
    fn counts(self, refused: Option<Code>) -> bool {
        match self {
            Self::Password(_) => refused == Some(Code::InvalidCredentials),
            Self::RefreshToken => refused == Some(Code::InvalidRefreshToken),
            Self::Account => matches!(refused, None | Some(Code::UsernameTaken)),
        }
    }
}

impl Limits {
    fn pay(&self, source: Source, at: At) -> Result<Balance, Balance> {
        match at {
            At::Account => self.sign_ups.take(&source),
            At::RefreshToken => self.failures_of_address.take(&source),
            At::Password(whose) => {
                let of_address = self.failures_of_address.take(&source)?;
                let of_name = self.failures_of_name.take(&(source, whose)).inspect_err(|_| {
                    self.failures_of_address.give_back(&source);
                })?;
                Ok(if of_name.left <= of_address.left { of_name } else { of_address })
            }
        }
    }

    fn give_back(&self, source: Source, at: At) {
        match at {
            At::Account => self.sign_ups.give_back(&source),
            At::RefreshToken => self.failures_of_address.give_back(&source),
            At::Password(whose) => {
                self.failures_of_address.give_back(&source);
                self.failures_of_name.give_back(&(source, whose));
            }
        }
    }
}
