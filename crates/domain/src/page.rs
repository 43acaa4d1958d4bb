//! Bounded lists.

use crate::violation::Violation;

/// How many entries a page may have: 1 to 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limit(u8);

impl Limit {
    /// The most that one page gives.
    pub const MAX: Self = Self(200);

    /// Accepts 1 to 200.
    pub fn parse(count: u64) -> Result<Self, Violation> {
        match u8::try_from(count) {
            Ok(count) if (1..=Self::MAX.0).contains(&count) => Ok(Self(count)),
            _ => Err(Violation::NotOneOf("1 to 200")),
        }
    }

    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// Some entries of a longer list, and whether more follow in the direction of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Whether the list goes on after the last entry read.
    pub more: bool,
}

impl<T> Page<T> {
    /// Cuts a page from rows that were read with one row more than the limit.
    pub fn cut(mut rows: Vec<T>, limit: Limit) -> Self {
        let more = rows.len() > limit.get();
        rows.truncate(limit.get());
        Self { items: rows, more }
    }
}
