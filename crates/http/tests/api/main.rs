//! The API as its clients see it: the real app over a real store, on either engine.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failure is a failed test"
)]

mod access;
mod account_deletion;
mod answer;
mod app;
mod auth;
mod caching;
mod chatrooms;
mod client;
mod clock;
mod cors;
mod disabled_accounts;
mod docs;
mod events;
mod forgeries;
mod health;
mod idempotency;
mod input;
mod limits;
mod mass_assignment;
mod memberships;
mod messages;
mod mocks;
mod newest;
mod openapi;
mod outages;
mod pages;
mod people;
mod preconditions;
mod problems;
mod reading;
mod refresh;
mod requests;
mod rights;
mod routes;
mod settings;
mod slow;
mod sockets;
mod streams;
mod users;
mod wire;
