//! Attempts before authentication: passwords, refresh tokens and sign-ups.
//!
//! An attempt is charged in advance, so that parallel ones cannot exceed a limit. What its outcome does not count
//! is refunded, even if the client has disconnected.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, rt, web};
use chit_chat_domain::denial::Failure;
use chit_chat_domain::id::UserId;
use tracing::Instrument;

use crate::extract::Principal;
use crate::limits::{AttemptKind, Balance, Limits, Outcome, Source};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::work::{Account, Party};

/// Registers attempts.
pub(crate) struct Attempts(HttpRequest);

/// A permitted attempt.
#[must_use = "an attempt has to be made"]
pub(crate) struct Attempt {
    party: Party,
    /// The principal that makes it; `None` before sign-in.
    principal: Option<Principal>,
    /// `None` if attempts are not limited.
    charge: Option<Charge>,
}

struct Charge {
    request: HttpRequest,
    limits: web::Data<Limits>,
    source: Source,
    kind: AttemptKind,
    balance: Balance,
}

impl FromRequest for Attempts {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.clone())))
    }
}

impl Attempts {
    /// Registers the check of a password at sign-in, by address and by name. Wrong ones count more than right ones.
    pub(crate) fn sign_in(&self, name: &str) -> Result<Attempt, Problem> {
        let account = Account::of(name);
        self.charge(Some(account), AttemptKind::Password(account))
    }

    /// Registers the check of the password of a principal, whose credential has to be valid still when it begins.
    pub(crate) fn check_password(&self, of: Principal) -> Result<Attempt, Problem> {
        let account = Account::of(of.user);
        let attempt = self.charge(Some(account), AttemptKind::Password(account))?;
        let party = Party { account: Some(Account::from(of.user)), ..attempt.party };
        Ok(Attempt { principal: Some(of), party, ..attempt })
    }

    /// Registers the use of a refresh token, by address and by the user whose token it claims to be. Invalid ones
    /// count more than valid ones; a malformed one has no user.
    pub(crate) fn refresh(&self, user: Option<UserId>) -> Result<Attempt, Problem> {
        let account = user.map(Account::from);
        self.charge(account, AttemptKind::RefreshToken(account))
    }

    /// Registers a sign-up. New accounts count, and so do taken usernames, because they reveal which users exist.
    pub(crate) fn sign_up(&self) -> Result<Attempt, Problem> {
        self.charge(None, AttemptKind::SignUp)
    }

    fn charge(&self, account: Option<Account>, kind: AttemptKind) -> Result<Attempt, Problem> {
        let Self(request) = self;
        let Some(limits) = request.app_data::<web::Data<Limits>>().cloned() else {
            return Ok(self.attempt(account, None));
        };
        let source = Source::of_request(request);
        let balance = limits.charge(source, kind).map_err(|refusal| {
            refusal.record(request);
            refusal.refusal()
        })?;
        balance.record(request);
        Ok(self.attempt(account, Some(Charge { request: request.clone(), limits, source, kind, balance })))
    }

    fn attempt(&self, account: Option<Account>, charge: Option<Charge>) -> Attempt {
        let source = Source::of_request(&self.0);
        // Anybody can claim an account, so each address has a share of its own for it.
        let account = account.map(|account| Account::of((source, account)));
        Attempt { party: Party { account, source }, principal: None, charge }
    }
}

impl Attempt {
    /// Runs an attempt that checks or hashes a password.
    pub(crate) async fn hash<T, E>(
        self,
        state: &web::Data<State>,
        use_case: impl FnOnce(&State) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        let (party, principal, state) = (self.party, self.principal, state.clone());
        self.complete(async move { party.hash(&state, principal, use_case).await }).await
    }

    /// Runs an attempt that asks only the store.
    pub(crate) async fn run<T, E>(
        self,
        state: &web::Data<State>,
        use_case: impl FnOnce(&State) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        let (party, state) = (self.party, state.clone());
        self.complete(async move { party.run(&state, use_case).await }).await
    }

    /// Runs the attempt. One that is charged runs to its end even if the client disconnects.
    async fn complete<T: 'static>(
        self,
        attempt: impl Future<Output = Result<T, Problem>> + 'static,
    ) -> Result<T, Problem> {
        let Some(charge) = self.charge else {
            return attempt.await;
        };
        let run = async move {
            let outcome = attempt.await;
            charge.settle(outcome.as_ref().err().map(|problem| problem.code));
            outcome
        };
        let run = rt::spawn(run.in_current_span()).await;
        run.unwrap_or_else(|error| Err(Problem::internal(error)))
    }
}

impl Charge {
    fn settle(self, refused: Option<Code>) {
        let refunded = self.limits.settle(self.source, self.kind, Outcome::of(self.kind, refused));
        if refunded {
            self.balance.with_refund().record(&self.request);
        }
    }
}

impl Outcome {
    fn of(kind: AttemptKind, refused: Option<Code>) -> Self {
        match (kind, refused) {
            (AttemptKind::Password(_), Some(Code::InvalidCredentials))
            | (AttemptKind::RefreshToken(_), Some(Code::InvalidRefreshToken))
            | (AttemptKind::SignUp, None | Some(Code::UsernameTaken)) => Self::Counts,
            (AttemptKind::Password(_) | AttemptKind::RefreshToken(_), None | Some(Code::AccountDisabled)) => {
                Self::Checked
            }
            _ => Self::NotMade,
        }
    }
}
