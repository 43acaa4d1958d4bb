//! Rows of the tables, and their conversion to and from the domain.

pub mod bans;
mod chatrooms;
pub mod events;
pub mod invitations;
pub mod invitees;
mod keys;
mod memberships;
pub mod mentions;
mod messages;
pub mod reactions;
mod revisions;
mod sessions;
mod users;

pub use chatrooms::ChatroomRow;
pub use keys::KeyRow;
pub use memberships::{MembershipRow, NamesRow, member};
pub use messages::MessageRow;
pub use reactions::ReactionRow;
pub use revisions::{RevisionRow, revision};
pub use sessions::SessionRow;
pub use users::UserRow;
