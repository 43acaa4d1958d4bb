//! The contract of every store, tested on both engines.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::similar_names,
    clippy::unwrap_used,
    reason = "a failure of a test's own helper is a failed test"
)]

mod administration;
mod announcements;
mod bans;
mod batch_guards;
mod batch_model;
mod batch_order;
mod batch_outcomes;
mod batch_races;
mod batches;
mod blocks;
mod blocks_in_races;
mod changes_since;
mod chatroom_list;
mod chatrooms;
mod checkpoints;
mod commits;
mod connections;
mod defaults;
mod deleted_users;
mod direct;
mod direct_arrival;
mod direct_leaving;
mod erasures;
mod events;
mod guards;
mod heads;
mod invitations;
mod invitees;
mod invitees_in_races;
mod inviters;
mod keys;
mod languages;
mod list_pages;
mod memberships;
mod mentions;
mod messages;
mod migrations;
mod pages;
mod pins;
mod purge;
mod races;
mod reactions;
mod reading;
mod replies;
mod revisions;
mod search;
mod sessions;
mod settings;
mod storage;
mod unwritable;
mod upkeep;
mod usernames;
mod users;
