//! The domain's ports in SQL.
//!
//! Each engine compiles these files into its own crate, so `crate::Conn`, `crate::Store`, `crate::dialect` and
//! `crate::append` are the engine's own. Only code that is the same on both belongs here.

mod access;
mod adding;
mod administration;
mod announcements;
mod bans;
mod blocks;
mod changes_since;
mod chatroom_list;
mod chatrooms;
mod commits;
mod departures;
mod direct;
mod erasures;
mod events;
mod former_usernames;
mod fragments;
mod heads;
mod invitations;
mod invitees;
mod keys;
mod ledger;
mod memberships;
mod mentions;
mod message_ledger;
mod messages;
mod name_parts;
mod newest_in_rooms;
mod pins;
mod purge;
mod reactions;
mod readiness;
mod reading;
pub(crate) mod replies_and_mentions;
mod revisions;
mod search;
mod sessions;
pub(crate) mod slow_mode;
mod storage;
mod upkeep;
mod user_heads;
mod users;
