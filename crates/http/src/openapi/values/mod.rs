//! The schemas of single values: formats and limits as the domain enforces them.

mod basics;
mod builders;
mod chatrooms;
mod invitations;
mod keys;
mod messages;
mod paging;
mod users;

pub(crate) use self::basics::*;
pub(super) use self::builders::described;
pub(crate) use self::chatrooms::*;
pub(crate) use self::invitations::*;
pub(crate) use self::keys::*;
pub(crate) use self::messages::*;
pub(crate) use self::paging::*;
pub(crate) use self::users::*;
