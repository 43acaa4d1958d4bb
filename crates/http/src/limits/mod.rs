//! Rate limits. An app without [`Limits`] has none.

mod address;
mod balance;
mod cost;
mod limiter;
mod rate;
mod states;

use std::ops::Range;
use std::time::Duration;

use actix_web::{HttpRequest, web};
pub use address::Proxies;
pub(crate) use address::{Network, Source};
pub(crate) use balance::{Balance, add_headers};
use chit_chat_domain::id::UserId;
pub use rate::{NoRate, Rate};

use self::limiter::Limiter;
use crate::problem::Problem;
use crate::work::Account;

/// The rates of all limits.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub login_failures_per_name: Rate,
    pub login_failures_per_address: Rate,
    pub password_checks_per_name: Rate,
    pub password_checks_per_address: Rate,
    pub refreshes_per_user: Rate,
    pub sign_ups_per_address: Rate,
    pub reads_per_user: Rate,
    /// The time of a connection to the database that counts as a read.
    pub time_of_a_read: Duration,
    pub writes_per_user: Rate,
}

/// The counters, shared by all workers. Accounts are counted by address as well, so that nobody can lock another
/// user out.
pub struct Limits {
    failures_of_name: Limiter<(Source, Account)>,
    failures_of_address: Limiter<Source>,
    checks_of_name: Limiter<(Source, Account)>,
    checks_of_address: Limiter<Source>,
    refreshes: Limiter<(Source, Account)>,
    sign_ups: Limiter<Source>,
    reads: Limiter<UserId>,
    time_of_a_read: Duration,
    writes: Limiter<UserId>,
}

/// The subject of an attempt before authentication.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AttemptKind {
    Password(Account),
    /// A refresh token; a malformed one has no account.
    RefreshToken(Option<Account>),
    /// A key that has to be looked up.
    Key,
    SignUp,
}

/// The class of an attempt's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It counts in full: a wrong password or refresh token, a sign-up.
    Counts,
    /// A right password or refresh token, which counts only as a check.
    Checked,
    /// Nothing was checked.
    NotMade,
}

impl Limits {
    pub fn new(rates: Rates) -> Self {
        Self {
            failures_of_name: Limiter::new("login", rates.login_failures_per_name),
            failures_of_address: Limiter::new("login", rates.login_failures_per_address),
            checks_of_name: Limiter::new("password-checks", rates.password_checks_per_name),
            checks_of_address: Limiter::new("password-checks", rates.password_checks_per_address),
            refreshes: Limiter::new("refreshes", rates.refreshes_per_user),
            sign_ups: Limiter::new("sign-up", rates.sign_ups_per_address),
            reads: Limiter::new("reads", rates.reads_per_user),
            time_of_a_read: rates.time_of_a_read,
            writes: Limiter::new("writes", rates.writes_per_user),
        }
    }

    /// Charges an attempt in full, before its outcome is known.
    pub(crate) fn charge(&self, source: Source, kind: AttemptKind) -> Result<Balance, Balance> {
        match kind {
            AttemptKind::SignUp => self.sign_ups.take(&source),
            AttemptKind::RefreshToken(None) | AttemptKind::Key => self.failures_of_address.take(&source),
            AttemptKind::RefreshToken(Some(account)) => {
                self.refreshes.take(&(source, account))?;
                self.failures_of_address.take(&source).inspect_err(|_| self.refreshes.refund(&(source, account)))
            }
            AttemptKind::Password(account) => {
                self.checks_of_address.take(&source)?;
                let checked = self.checks_of_name.take(&(source, account));
                checked.inspect_err(|_| self.checks_of_address.refund(&source))?;
                self.charge_failure(source, account).inspect_err(|_| self.refund_check(source, account))
            }
        }
    }

    /// Refunds what the outcome does not count; returns whether the attempt did not count as a failure.
    pub(crate) fn settle(&self, source: Source, kind: AttemptKind, outcome: Outcome) -> bool {
        if outcome == Outcome::Counts {
            return false;
        }
        let was_made = outcome == Outcome::Checked;
        match kind {
            AttemptKind::SignUp => self.sign_ups.refund(&source),
            AttemptKind::Key => self.failures_of_address.refund(&source),
            AttemptKind::RefreshToken(account) => {
                self.failures_of_address.refund(&source);
                if let Some(account) = account.filter(|_| !was_made) {
                    self.refreshes.refund(&(source, account));
                }
            }
            AttemptKind::Password(account) => {
                self.failures_of_address.refund(&source);
                self.failures_of_name.refund(&(source, account));
                if !was_made {
                    self.refund_check(source, account);
                }
            }
        }
        true
    }

    /// Charges a read that has taken this long, in addition to the one that it counted when it arrived.
    pub(crate) fn charge_time(&self, user: UserId, taken: Duration) {
        let more = taken.as_micros() / self.time_of_a_read.as_micros().max(1);
        if more > 0 {
            self.reads.charge_afterwards(&user, u32::try_from(more).unwrap_or(u32::MAX));
        }
    }

    /// Counts the opening of a stream of so many chatrooms as further reads.
    pub(crate) fn charge_chatrooms(&self, user: UserId, chatrooms: usize) -> Result<(), Problem> {
        let counted = self.reads.take_between(&user, 0..cost::of_chatrooms(chatrooms));
        counted.map(drop).map_err(Balance::refusal)
    }

    fn charge_failure(&self, source: Source, account: Account) -> Result<Balance, Balance> {
        let of_address = self.failures_of_address.take(&source)?;
        let of_name = self.failures_of_name.take(&(source, account)).inspect_err(|_| {
            self.failures_of_address.refund(&source);
        })?;
        Ok(if of_name.left <= of_address.left { of_name } else { of_address })
    }

    fn refund_check(&self, source: Source, account: Account) {
        self.checks_of_address.refund(&source);
        self.checks_of_name.refund(&(source, account));
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

/// Counts reads and writes that arrive outside HTTP requests.
pub(crate) struct Frames(Option<web::Data<Limits>>);

impl Frames {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self(request.app_data::<web::Data<Limits>>().cloned())
    }

    /// Counts the opening of a stream, which reads.
    pub(crate) fn count_opening(&self, user: UserId) -> Result<(), Problem> {
        let counted = self.0.as_ref().map(|limits| limits.reads.take(&user)).transpose();
        counted.map(drop).map_err(Balance::refusal)
    }

    /// Counts a write with a body of this many bytes.
    pub(crate) fn count_write(&self, user: UserId, bytes: usize) -> Result<(), Problem> {
        let Some(limits) = &self.0 else {
            return Ok(());
        };
        let more = u32::try_from(cost::of_body(bytes)).unwrap_or(u32::MAX);
        let counted = limits.writes.take(&user).and_then(|_| limits.writes.take_more(&user, more));
        counted.map(drop).map_err(Balance::refusal)
    }
}

/// Counts a request that writes.
pub(crate) fn count_write(request: &HttpRequest, user: UserId) -> Result<(), Problem> {
    let Some(limits) = request.app_data::<web::Data<Limits>>() else {
        return Ok(());
    };
    let (balance, verdict) = match limits.writes.take(&user) {
        Ok(balance) => (balance, Ok(())),
        Err(refusal) => (refusal, Err(refusal.refusal())),
    };
    balance.record(request);
    verdict
}

/// Counts the body of a request that writes, once it has arrived, and again when it is decompressed.
pub(crate) fn count_body(request: &HttpRequest, user: UserId, bytes: Range<usize>) -> Result<(), Problem> {
    count_writes_between(request, user, cost::of_body(bytes.start)..cost::of_body(bytes.end))
}

/// Counts the name that a request gives to a user or a chatroom, because each of its ends is indexed.
pub(crate) fn count_name(request: &HttpRequest, user: UserId, name: Option<&str>) -> Result<(), Problem> {
    count_more_writes(request, user, name.map_or(0, cost::of_name))
}

/// Counts a request that writes as this many writes more, once its body shows what it costs. Call it before anything
/// is written.
pub(crate) fn count_more_writes(request: &HttpRequest, user: UserId, more: usize) -> Result<(), Problem> {
    count_writes_between(request, user, 0..more)
}

fn count_writes_between(request: &HttpRequest, user: UserId, more: Range<usize>) -> Result<(), Problem> {
    let Some(limits) = request.app_data::<web::Data<Limits>>() else {
        return Ok(());
    };
    let (balance, verdict) = match limits.writes.take_between(&user, more) {
        Ok(balance) => (balance, Ok(())),
        Err(refusal) => (Some(refusal), Err(refusal.refusal())),
    };
    if let Some(balance) = balance {
        balance.record(request);
    }
    verdict
}

/// Counts the body of a request that reads, once it has arrived, and again when it is decompressed.
pub(crate) fn count_body_of_read(request: &HttpRequest, user: UserId, bytes: Range<usize>) -> Result<(), Problem> {
    let Some(limits) = request.app_data::<web::Data<Limits>>() else {
        return Ok(());
    };
    let more = cost::of_body(bytes.start)..cost::of_body(bytes.end);
    limits.reads.take_between(&user, more).map(drop).map_err(|refusal| {
        refusal.record(request);
        refusal.refusal()
    })
}

/// Counts a request that reads, by its cost. Only a refusal has `RateLimit` headers, because reads are frequent.
pub(crate) fn count_read(request: &HttpRequest, user: UserId) -> Result<(), Problem> {
    let Some(limits) = request.app_data::<web::Data<Limits>>() else {
        return Ok(());
    };
    limits.reads.take_many(&user, cost::of_read(request)).map(drop).map_err(|refusal| {
        refusal.record(request);
        refusal.refusal()
    })
}
