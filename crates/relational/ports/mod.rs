//! The domain's ports in SQL.
//!
//! Each engine compiles these files into its own crate, so `crate::Conn`, `crate::Store`, `crate::dialect`
//! and `crate::append` are the engine's own. Only what is the same on both belongs here.

mod administration;
mod bans;
mod blocks;
mod chatrooms;
mod direct;
mod events;
mod fragments;
mod home;
mod invitations;
mod ledger;
mod memberships;
mod mentions;
mod message_ledger;
mod messages;
mod movements;
mod pins;
mod purge;
mod reactions;
mod reading;
mod revisions;
mod sessions;
pub(crate) mod ties;
pub(crate) mod turns;
mod user_heads;
mod users;
