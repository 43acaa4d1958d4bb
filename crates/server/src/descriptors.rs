//! Enough file descriptors for the connections that are allowed.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// A connection is held and watched.
const PER_CONNECTION: u64 = 2;
/// The database, the listener, the log.
const BESIDE: u64 = 256;

/// Raises the soft limit as far as is needed and allowed; says so where that does not suffice.
pub(crate) fn allow(connections: u32) {
    let needed = PER_CONNECTION * u64::from(connections) + BESIDE;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= needed) {
        return;
    }
    let granted = maximum.map_or(needed, |maximum| maximum.min(needed));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(granted), maximum });
    if raised.is_err() || granted < needed {
        tracing::warn!(
            needed,
            granted = if raised.is_ok() { Some(granted) } else { current },
            "MAX_CONNECTIONS={connections} needs more file descriptors than this process may have (ulimit -n)"
        );
    }
}
