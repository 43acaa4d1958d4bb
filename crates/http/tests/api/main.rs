//! The API from a client's point of view: the real app on a real store, on both engines.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::similar_names,
    clippy::unwrap_used,
    reason = "a failure is a failed test"
)]

use std::pin::Pin;

mod access;
mod account_deletion;
mod answer;
mod app;
mod auth;
mod bans;
mod blocks;
mod body_limit;
mod budget;
mod caching;
mod chatrooms;
mod client;
mod clock;
mod cors;
mod direct;
mod disabled_accounts;
mod docs;
mod documented;
mod drafts;
mod events;
mod forgeries;
mod health;
mod idempotency;
mod input;
mod invitations;
mod invitees;
mod keys;
mod limits;
mod mass_assignment;
mod memberships;
mod mentions;
mod messages;
mod mocks;
mod newest;
mod openapi;
mod outages;
mod pages;
mod people;
mod pins;
mod pipelining;
mod policies;
mod preconditions;
mod problems;
mod protection;
#[cfg(target_os = "linux")]
mod proxied;
mod proxies;
mod reactions;
mod reading;
mod refresh;
mod rendering;
mod replies;
mod requests;
mod revisions;
mod rights;
// Only Linux answers at all loopback addresses.
#[cfg(target_os = "linux")]
mod room;
mod routes;
mod server;
mod server_keys;
mod session;
mod settings;
mod shares;
mod slow;
mod sockets;
mod splits;
mod storage;
mod streams;
mod turns;
mod user_limits;
mod users;
mod wire;
mod write_costs;

/// Runs an `async` test for both engines.
fn block_on(test: Pin<Box<dyn Future<Output = ()>>>) {
    actix_web::rt::System::new().block_on(test);
}
