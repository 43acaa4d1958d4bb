//! The limit of file descriptors, raised for the allowed connections.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// One descriptor for the connection and one to watch it.
const PER_CONNECTION: u64 = 2;
/// The descriptors for the database, the listener and the log.
const RESERVED: u64 = 256;

/// Raises the soft limit as far as needed and allowed; warns if that is not enough.
pub(crate) fn raise_limit(connections: u32) {
    let needed = PER_CONNECTION * u64::from(connections) + RESERVED;
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
            "MAX_CONNECTIONS={connections} needs more file descriptors than the process limit allows (ulimit -n)"
        );
    }
}
