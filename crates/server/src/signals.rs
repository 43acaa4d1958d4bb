//! The signals that stop the process.

use std::io;
#[cfg(unix)]
use std::task::Poll;

use actix_web::rt;

/// A way to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Finish the requests in flight first.
    Gracefully,
    AtOnce,
}

/// Waits for SIGTERM (gracefully), or SIGINT or SIGQUIT (at once).
#[cfg(unix)]
pub(crate) async fn wait() -> io::Result<Stop> {
    use rt::signal::unix::{SignalKind, signal};

    let mut signals = [
        (signal(SignalKind::terminate())?, Stop::Gracefully),
        (signal(SignalKind::interrupt())?, Stop::AtOnce),
        (signal(SignalKind::quit())?, Stop::AtOnce),
    ];
    let stop = std::future::poll_fn(|context| {
        for (signal, stop) in &mut signals {
            if signal.poll_recv(context).is_ready() {
                return Poll::Ready(*stop);
            }
        }
        Poll::Pending
    });
    Ok(stop.await)
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn wait() -> io::Result<Stop> {
    rt::signal::ctrl_c().await?;
    Ok(Stop::AtOnce)
}
