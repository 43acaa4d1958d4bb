//! Places for work that occupies a thread: a number of them in all, of which each account and each address may use
//! a share. A party at its limit waits until its own work finishes; the others get places in turn, so that nobody's
//! use shuts others out.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::rt::time;
use chit_chat_domain::id::UserId;
use metrics::{Counter, counter, gauge};
use uuid::Uuid;

use super::queue::{Queue, Turn};
use super::shares::{Share, Shares};
use crate::limits::Source;
use crate::problem::Problem;

/// The number of requests of an account that may wait; further ones are refused at once.
const MAX_WAITING_OF_ACCOUNT: usize = 64;
/// The same for an address, which may be that of many people.
const MAX_WAITING_OF_ADDRESS: usize = 1_024;

/// The reason why there was no place in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// The party's share is used up.
    Share,
    /// The places of all parties are taken.
    Server,
}

/// An account: the id of a user, or the hash of a name that may have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Account(u128);

/// The party that work is done for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Party {
    pub(crate) account: Option<Account>,
    pub(crate) source: Source,
}

/// The maximum amounts of work that runs at once: of all parties, of one account and of one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) all: usize,
    pub(crate) account: usize,
    pub(crate) address: usize,
}

/// Places for one kind of work.
pub(crate) struct Places {
    all: Arc<Queue>,
    of_accounts: Arc<Shares<Account>>,
    of_addresses: Arc<Shares<Source>>,
    timeout: Duration,
    refused: Refused,
}

struct Refused {
    by_share: Counter,
    by_server: Counter,
}

/// A part of the shares of a party, returned on drop.
pub(crate) struct Claim {
    _held: (Option<Share<Account>>, Share<Source>),
}

/// A taken place, returned on drop.
pub(crate) struct Place {
    _held: (Turn, Claim),
}

impl Places {
    /// Creates places for the named kind of work. A caller waits at most `timeout` for its share to have room,
    /// and as long again for the server.
    pub(crate) fn new(name: &'static str, sizes: Sizes, timeout: Duration) -> Self {
        let refused = |by: &'static str| counter!("chit_chat_work_refused_total", "work" => name, "by" => by);
        Self {
            all: Queue::new(sizes.all, gauge!("chit_chat_work_waiting", "work" => name)),
            of_accounts: Shares::new(sizes.account, MAX_WAITING_OF_ACCOUNT),
            of_addresses: Shares::new(sizes.address, MAX_WAITING_OF_ADDRESS),
            timeout,
            refused: Refused { by_share: refused("share"), by_server: refused("server") },
        }
    }

    /// Waits for a place.
    pub(crate) async fn take(&self, party: Party) -> Result<Place, Full> {
        let claim = self.claim(party).await?;
        let turn = self.turn(party).await?;
        Ok(Place { _held: (turn, claim) })
    }

    /// Waits until the party's shares have room. Work in several pieces holds the claim, and takes a turn for each.
    pub(crate) async fn claim(&self, party: Party) -> Result<Claim, Full> {
        let claim = time::timeout(self.timeout, self.shares(party)).await.ok().flatten();
        claim.ok_or_else(|| {
            self.refused.by_share.increment(1);
            Full::Share
        })
    }

    /// Waits for a place of the server, for a party with a claim.
    pub(crate) async fn turn(&self, party: Party) -> Result<Turn, Full> {
        time::timeout(self.timeout, self.all.take(party.source)).await.map_err(|_| {
            self.refused.by_server.increment(1);
            Full::Server
        })
    }

    async fn shares(&self, Party { account, source }: Party) -> Option<Claim> {
        let of_account = match account {
            Some(account) => Some(self.of_accounts.take(account).await?),
            None => None,
        };
        Some(Claim { _held: (of_account, self.of_addresses.take(source).await?) })
    }
}

impl Full {
    /// The problem of this refusal, if the store is what the others wait for.
    pub(crate) fn of_store(self) -> Problem {
        match self {
            Self::Share => Problem::too_many_requests(),
            Self::Server => Problem::unavailable(),
        }
    }

    /// The problem of this refusal, if the processors are what the others wait for.
    pub(crate) fn of_processors(self, what: &str) -> Problem {
        match self {
            Self::Share => Problem::too_many_requests(),
            Self::Server => Problem::overloaded(what),
        }
    }
}

impl From<UserId> for Account {
    fn from(user: UserId) -> Self {
        Self(Uuid::from(user).as_u128())
    }
}

impl Account {
    /// The account of a name or an id, by its hash: names that nobody has are counted too, and can be long.
    pub(crate) fn of(whose: impl Hash) -> Self {
        static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        Self(HASHER.hash_one(whose).into())
    }
}
