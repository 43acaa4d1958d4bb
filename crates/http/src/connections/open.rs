//! The open connections of each worker, checked every second.

use std::cell::{Cell, RefCell};
use std::net::Shutdown;
use std::rc::Weak;
use std::time::{Duration, Instant};

use actix_web::rt;
use actix_web::rt::time::sleep;

use super::{Capacity, Connection};

const CHECK_INTERVAL: Duration = Duration::from_secs(1);

thread_local! {
    /// The connections of this worker.
    static OPEN: RefCell<Vec<Weak<Connection>>> = const { RefCell::new(Vec::new()) };
    /// True while a task checks them.
    static CHECKING: Cell<bool> = const { Cell::new(false) };
}

/// Closes the connection of this worker that has been idle longest, if one more would take the last place; returns
/// whether it did.
pub(super) fn make_room(capacity: &Capacity) -> bool {
    OPEN.with_borrow_mut(|open| {
        if open.len() + 1 < capacity.per_worker {
            return false;
        }
        open.retain(|connection| connection.strong_count() > 0);
        if open.len() + 1 < capacity.per_worker {
            return false;
        }
        let idle = open.iter().filter_map(Weak::upgrade).filter(|open| !open.is_stream.get());
        let longest = idle.filter_map(|open| Some((open.idle_since()?, open))).min_by_key(|(since, _)| *since);
        let longest = longest.filter(|(since, _)| since.elapsed() >= capacity.idle);
        longest.inspect(|(_, open)| drop(open.socket.shutdown(Shutdown::Both))).is_some()
    })
}

/// Adds a connection, and starts the task that checks them.
pub(super) fn add(connection: Weak<Connection>) {
    OPEN.with_borrow_mut(|open| open.push(connection));
    if !CHECKING.replace(true) {
        rt::spawn(check_periodically());
    }
}

async fn check_periodically() {
    while shut_down_due(Instant::now()) {
        sleep(CHECK_INTERVAL).await;
    }
    CHECKING.set(false);
}

/// Closes the connections that are due. Returns whether any is still open.
fn shut_down_due(now: Instant) -> bool {
    OPEN.with_borrow_mut(|open| {
        open.retain(|connection| connection.upgrade().inspect(|open| open.shut_down_if_due(now)).is_some());
        !open.is_empty()
    })
}
