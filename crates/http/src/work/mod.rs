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

/// The store's connections for requests.
#[derive(Clone, Copy, Debug)]
pub struct StoreConnections {
    pub reads: u32,
    pub writes: u32,
}

/// The places of all kinds of work that occupies a thread.
pub(crate) struct Work {
    pub(crate) reads: Places,
    pub(crate) writes: Places,
    /// Checks of passwords, which take long and have threads of their own.
    pub(crate) passwords: Places,
}

impl Default for AtOnce {
    /// The shares of a store with eight connections; on smaller ones the shares are smaller.
    fn default() -> Self {
        Self { per_user: 4, per_address: 6 }
    }
}

impl Work {
    pub(crate) fn new(at_once: AtOnce, connections: StoreConnections, password_threads: usize) -> Self {
        let of_store = |name, connections| Places::new(name, sizes(at_once, connections), TIMEOUT);
        let all = places_for(password_threads);
        // An address leaves a place to others even if its own work hangs.
        let passwords = Sizes { all, account: 2, address: PASSWORDS_OF_ADDRESS.min(all - 1) };
        Self {
            reads: of_store("reads", connections.reads),
            writes: of_store("writes", connections.writes),
            passwords: Places::new("passwords", passwords, PASSWORD_TIMEOUT),
        }
    }
}

/// A place for each connection: more use cases at once would wait for connections in order of arrival instead of in
/// turn. A user has at most half of them and an address three quarters, so that slow statements leave connections to
/// others.
fn sizes(at_once: AtOnce, connections: u32) -> Sizes {
    let all = usize::try_from(connections).unwrap_or(usize::MAX).max(2);
    let AtOnce { per_user, per_address } = at_once;
    Sizes { all, account: per_user.min(all / 2), address: per_address.min(all - all.div_ceil(4)) }
}

/// The number of places for work on this many threads: one for each, and as many whose work comes next or is with
/// the store, so that no thread idles. More would wait for the threads in order of arrival instead of in turn.
pub(crate) fn places_for(threads: usize) -> usize {
    threads + threads.max(SMALLEST_LOOKAHEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_smaller_than_the_connections_of_any_store() {
        for connections in 1..40 {
            let Sizes { all, account, address } = sizes(AtOnce { per_user: 24, per_address: 24 }, connections);
            assert!(account >= 1 && address >= account && address < all, "{connections}");
            assert_eq!(all, connections.max(2) as usize);
        }
        let configured = sizes(AtOnce { per_user: 1, per_address: 2 }, 8);
        assert_eq!(configured, Sizes { all: 8, account: 1, address: 2 });
    }
}
