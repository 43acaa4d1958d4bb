//! The open connections of each worker, checked every second.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use actix_web::rt;
use actix_web::rt::time::sleep;

use super::room::{Places, choose};
use super::{Connection, holders};
use crate::limits::Source;

const CHECK_INTERVAL: Duration = Duration::from_secs(1);

thread_local! {
    /// The connections of this worker, in the order in which they were accepted.
    static OPEN: RefCell<Vec<Weak<Connection>>> = const { RefCell::new(Vec::new()) };
    /// True while a task checks them.
    static CHECKING: Cell<bool> = const { Cell::new(false) };
}

/// The place of a newcomer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// Others are left.
    Free,
    /// A connection is being closed, so that one is left for the next.
    Cleared,
    /// It takes the last place. Further connections wait until one is free.
    Last,
    /// The newcomer is one of those who have taken the room.
    Refused,
}

/// Closes a connection of this worker if a newcomer, which has been counted, would take the last place.
pub(super) fn make_room(newcomer: Option<Source>, places: Places) -> Admission {
    // The newcomer is not among them yet.
    if is_free(1, places) {
        return Admission::Free;
    }
    if close_one(newcomer, places) {
        return Admission::Cleared;
    }
    let is_to_blame = holders::with(|holders| holders.is_to_blame(newcomer, places.count));
    if is_to_blame { Admission::Refused } else { Admission::Last }
}

/// Returns whether a place is free after so many more connections.
fn is_free(more: usize, places: Places) -> bool {
    OPEN.with_borrow_mut(|open| {
        if open.len() + more < places.count {
            return true;
        }
        open.retain(|connection| connection.strong_count() > 0);
        open.len() + more < places.count
    })
}

/// Returns whether a connection is about to make room.
fn is_being_cleared(now: Instant) -> bool {
    OPEN.with_borrow(|open| open.iter().filter_map(Weak::upgrade).any(|connection| connection.is_leaving(now)))
}

fn close_one(newcomer: Option<Source>, places: Places) -> bool {
    let now = Instant::now();
    let chosen: Option<Rc<Connection>> = OPEN.with_borrow(|open| {
        let open = open.iter().filter_map(Weak::upgrade);
        let open = open.filter_map(|connection| Some((connection.seen()?, connection)));
        holders::with(|holders| choose(open, holders, newcomer, places, now))
    });
    chosen.inspect(|connection| connection.make_room(now)).is_some()
}

/// Adds a connection, and starts the task that checks them.
pub(super) fn add(connection: &Rc<Connection>) {
    OPEN.with_borrow_mut(|open| open.push(Rc::downgrade(connection)));
    if !CHECKING.replace(true) {
        rt::spawn(check_periodically(connection.all.places()));
    }
}

async fn check_periodically(places: Places) {
    while shut_down_due(Instant::now()) {
        // For clients that wait to be accepted: the last place was taken, or what was to make room has not ended.
        if !is_free(0, places) && !is_being_cleared(Instant::now()) {
            close_one(None, places);
        }
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
