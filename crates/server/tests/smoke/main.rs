//! The program, end to end: its commands, its configuration, and the data that survives its end.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a failure is a failed test")]

mod backup;
mod client;
mod commands;
mod configuration;
mod database;
mod files;
mod keys;
mod limits;
mod logs;
mod metrics;
mod names;
mod policies;
mod program;
mod readme;
mod survival;
mod tour;
mod users;
