//! What the services decide, pinned with mocks: a call that no test expects fails it.
#![expect(clippy::unwrap_used, reason = "builders work on values that are known to be valid")]

mod accounts;
mod administration;
mod bans;
mod blocks;
mod builders;
mod chatrooms;
mod direct;
mod invitations;
mod memberships;
mod mentions;
mod messages;
mod pins;
mod reactions;
mod reading;
mod revisions;
mod sessions;
