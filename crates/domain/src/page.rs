//! Bounded lists.

use crate::violation::Violation;

/// The maximum number of entries of a page: 1 to 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limit(u8);

impl Limit {
    /// The largest limit.
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

/// A part of a list, and whether more entries follow in the direction of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// True if the list continues after the last entry.
    pub more: bool,
}

impl<T> Page<T> {
    /// Makes a page from rows, of which one more than the limit was read.
    pub fn cut(mut rows: Vec<T>, limit: Limit) -> Self {
        let more = rows.len() > limit.get();
        rows.truncate(limit.get());
        Self { items: rows, more }
    }
}
