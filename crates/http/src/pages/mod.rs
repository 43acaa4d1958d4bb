//! Pages of lists: how they are written, how they go on, and which are kept in memory.

pub(crate) mod cursor;
mod newest;
mod shared;
mod written;

pub(crate) use newest::NewestPages;
pub(crate) use shared::SharedPage;
pub(crate) use written::{List, WrittenPage, answer};
