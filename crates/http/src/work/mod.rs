//! Bounds on the work that runs at once: for the server, and for each account and address.

mod places;
mod queue;
mod rotation;
mod shares;
mod turns;

use std::time::Duration;

pub(crate) use places::{Account, Claim, Full, Party, Place, Places, Sizes};

/// The time limit for waiting for a place, as for a database connection.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The time limit for waiting for a password to be checked.
const PASSWORD_TIMEOUT: Duration = Duration::from_secs(10);

/// The number of an address's passwords that are checked or in the queue of the server at once, with threads enough.
const PASSWORDS_OF_ADDRESS: usize = 4;
const SMALLEST_LOOKAHEAD: usize = 2;

/// The maximum numbers of requests of one user, and of one address, that run at once.
#[derive(Clone, Copy, Debug)]
pub struct AtOnce {
    pub per_user: usize,
    pub per_address: usize,
}

/// The places of all kinds of work that occupies a thread.
pub(crate) struct Work {
    pub(crate) reads: Places,
    pub(crate) writes: Places,
    /// Checks of passwords, which take long and have threads of their own.
    pub(crate) passwords: Places,
}

impl Default for AtOnce {
    /// A user's share is half of the store's connections, so that slow queries of one user leave the others to
    /// everybody else.
    fn default() -> Self {
        Self { per_user: 4, per_address: 12 }
    }
}

impl Work {
    /// More use cases at once than these would only wait for the store's few connections, each occupying a thread
    /// and its memory.
    pub(crate) fn new(at_once: AtOnce, password_threads: usize) -> Self {
        let of_store = |name, all| {
            let AtOnce { per_user, per_address } = at_once;
            Places::new(name, Sizes { all, account: per_user, address: per_address }, TIMEOUT)
        };
        let all = places_for(password_threads);
        // An address leaves a place to others even if its own work hangs.
        let passwords = Sizes { all, account: 2, address: PASSWORDS_OF_ADDRESS.min(all - 1) };
        Self {
            reads: of_store("reads", 24),
            writes: of_store("writes", 16),
            passwords: Places::new("passwords", passwords, PASSWORD_TIMEOUT),
        }
    }
}

/// The number of places for work on this many threads: one for each, and as many whose work comes next or is with
/// the store, so that no thread idles. More would wait for the threads in order of arrival instead of in turn.
pub(crate) fn places_for(threads: usize) -> usize {
    threads + threads.max(SMALLEST_LOOKAHEAD)
}
