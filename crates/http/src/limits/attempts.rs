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
pub(crate) struct Attempt(Option<Charge>);

struct Charge {
    request: HttpRequest,
    limits: web::Data<Limits>,
    source: Source,
    kind: AttemptKind,
    balance: Balance,
}

#[derive(Clone, Copy)]
enum AttemptKind {
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
    pub(crate) fn check_password(&self, whose: impl Hash) -> Result<Attempt, Problem> {
        self.charge(|limits| AttemptKind::Password(limits.hasher.hash_one(whose)))
    }

    /// Registers the check of a password if `checked`; otherwise permits an attempt that never counts.
    pub(crate) fn check_password_if(&self, checked: bool, whose: impl Hash) -> Result<Attempt, Problem> {
        if checked { self.check_password(whose) } else { Ok(Attempt(None)) }
    }

    /// Registers the use of a refresh token. Invalid ones count.
    pub(crate) fn refresh(&self) -> Result<Attempt, Problem> {
        self.charge(|_| AttemptKind::RefreshToken)
    }

    /// Registers a sign-up. New accounts count, and so do taken usernames, because they reveal which users exist.
    pub(crate) fn sign_up(&self) -> Result<Attempt, Problem> {
        self.charge(|_| AttemptKind::Account)
    }

    fn charge(&self, kind: impl FnOnce(&Limits) -> AttemptKind) -> Result<Attempt, Problem> {
        let Self(request) = self;
        let Some(limits) = request.app_data::<web::Data<Limits>>().cloned() else {
            return Ok(Attempt(None));
        };
        let (source, kind) = (limits.proxies.source(request), kind(&limits));
        let balance = limits.charge(source, kind).map_err(|refusal| {
            refusal.record(request);
            refusal.refusal()
        })?;
        balance.record(request);
        Ok(Attempt(Some(Charge { request: request.clone(), limits, source, kind, balance })))
    }
}

impl Attempt {
    /// Runs the attempt to its end, even if the client disconnects.
    pub(crate) async fn run<T: 'static>(
        self,
        attempt: impl Future<Output = Result<T, Problem>> + 'static,
    ) -> Result<T, Problem> {
        let Self(Some(charge)) = self else {
            return attempt.await;
        };
        let made = async move {
            let outcome = attempt.await;
            charge.refund_unless_counted(outcome.as_ref().err().map(|problem| problem.code));
            outcome
        };
        let made = rt::spawn(made.in_current_span()).await;
        made.unwrap_or_else(|error| Err(Problem::internal(error)))
    }
}

impl Charge {
    fn refund_unless_counted(self, refused: Option<Code>) {
        if !self.kind.counts(refused) {
            self.limits.refund(self.source, self.kind);
            self.balance.with_refund().record(&self.request);
        }
    }
}

impl AttemptKind {
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
    fn charge(&self, source: Source, kind: AttemptKind) -> Result<Balance, Balance> {
        match kind {
            AttemptKind::Account => self.sign_ups.take(&source),
            AttemptKind::RefreshToken => self.failures_of_address.take(&source),
            AttemptKind::Password(whose) => {
                let of_address = self.failures_of_address.take(&source)?;
                let of_name = self.failures_of_name.take(&(source, whose)).inspect_err(|_| {
                    self.failures_of_address.refund(&source);
                })?;
                Ok(if of_name.left <= of_address.left { of_name } else { of_address })
            }
        }
    }

    fn refund(&self, source: Source, kind: AttemptKind) {
        match kind {
            AttemptKind::Account => self.sign_ups.refund(&source),
            AttemptKind::RefreshToken => self.failures_of_address.refund(&source),
            AttemptKind::Password(whose) => {
                self.failures_of_address.refund(&source);
                self.failures_of_name.refund(&(source, whose));
            }
        }
    }
}
