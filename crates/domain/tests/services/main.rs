//! Tests the services with mocks. An unexpected call fails the test.
#![expect(clippy::unwrap_used, reason = "builders work on values that are known to be valid")]

mod accounts;
mod administration;
mod bans;
mod blocks;
mod builders;
mod chatrooms;
mod direct;
mod full_storage;
mod invitations;
mod invitees;
mod keys;
mod memberships;
mod mentions;
mod message_pages;
mod messages;
mod pins;
mod policies;
mod reactions;
mod reading;
mod revisions;
mod sending;
mod sessions;
mod storage;
