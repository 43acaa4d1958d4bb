//! What every store must do, once, on both engines.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a failure of a test's own helper is a failed test")]

mod administration;
mod batch_guards;
mod batch_model;
mod batch_order;
mod batch_outcomes;
mod batch_races;
mod batches;
mod chatrooms;
mod checkpoints;
mod connections;
mod deleted_users;
mod events;
mod guards;
mod heads;
mod home;
mod memberships;
mod messages;
mod migrations;
mod movements;
mod pages;
mod purge;
mod races;
mod reading;
mod sessions;
mod settings;
mod users;
