//! Searches by name: of users, and of public chatrooms.
//!
//! A store keeps the [parts](NameParts) of names in order, so a search reads a range of them, and costs the same
//! whether few names match or most of them.

mod parts;
mod position;
mod query;
mod repository;

pub use parts::{NameParts, Rank};
pub use position::SearchPosition;
pub use query::NameQuery;
#[cfg(feature = "mocks")]
pub use repository::MockSearchRepository;
pub use repository::{Found, SearchRepository};
