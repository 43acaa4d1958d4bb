//! Places for work that occupies a thread: a number of them in all, of which each account and each address may use
//! a share. A party at its limit waits until its own work finishes, so that nobody's use shuts others out.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::rt::time;
use chit_chat_domain::id::UserId;
use metrics::{Counter, counter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

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
    all: Arc<Semaphore>,
    of_accounts: Arc<Shares<Account>>,
    of_addresses: Arc<Shares<Source>>,
    timeout: Duration,
    refused: Refused,
}

struct Refused {
    by_share: Counter,
    by_server: Counter,
}

/// A taken place, returned on drop.
pub(crate) struct Place {
    _held: (OwnedSemaphorePermit, Option<Share<Account>>, Share<Source>),
}

impl Places {
    /// Creates places for the named kind of work. A caller waits at most `timeout` for its share to have room,
    /// and as long again for the server.
    pub(crate) fn new(name: &'static str, sizes: Sizes, timeout: Duration) -> Self {
        let refused = |by: &'static str| counter!("chit_chat_work_refused_total", "work" => name, "by" => by);
        Self {
            all: Arc::new(Semaphore::new(sizes.all)),
            of_accounts: Shares::new(sizes.account, MAX_WAITING_OF_ACCOUNT),
            of_addresses: Shares::new(sizes.address, MAX_WAITING_OF_ADDRESS),
            timeout,
            refused: Refused { by_share: refused("share"), by_server: refused("server") },
        }
    }

    /// Waits for a place.
    pub(crate) async fn take(&self, party: Party) -> Result<Place, Full> {
        let share = time::timeout(self.timeout, self.share(party)).await.ok().flatten();
        let Some((of_account, of_address)) = share else {
            self.refused.by_share.increment(1);
            return Err(Full::Share);
        };
        let Ok(Ok(place)) = time::timeout(self.timeout, Arc::clone(&self.all).acquire_owned()).await else {
            self.refused.by_server.increment(1);
            return Err(Full::Server);
        };
        Ok(Place { _held: (place, of_account, of_address) })
    }

    async fn share(&self, Party { account, source }: Party) -> Option<(Option<Share<Account>>, Share<Source>)> {
        let of_account = match account {
            Some(account) => Some(self.of_accounts.take(account).await?),
            None => None,
        };
        Some((of_account, self.of_addresses.take(source).await?))
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
