//! What the services decide, pinned with mocks: a call that no test expects fails it.
#![expect(clippy::unwrap_used, reason = "builders work on values that are known to be valid")]

mod accounts;
mod administration;
mod builders;
mod chatrooms;
mod memberships;
mod messages;
mod reading;
mod sessions;
mod world;
