//! Pages of lists: their serialization, their cursors, and the cache of the newest ones.

mod bounded;
pub(crate) mod cursor;
mod newest;
mod shared;
pub(crate) mod time_and_id;
mod written;

pub(crate) use bounded::{bounded, bounded_by, bounded_list};
pub(crate) use newest::NewestPages;
pub(crate) use shared::SharedPage;
pub(crate) use written::{List, WrittenPage, answer, answer_found};
