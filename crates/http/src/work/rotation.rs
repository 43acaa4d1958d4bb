//! Lines that are served in rotation.

use std::collections::BTreeMap;

/// Waiting requests, or lines of them.
pub(super) trait Line: Default {
    fn is_empty(&self) -> bool;
}

/// The lines of those who wait. Each is served once before any is served again; a new one is served last, and an
/// empty one is forgotten.
pub(super) struct Rotation<K, L> {
    lines: BTreeMap<K, Member<L>>,
    /// Whose line it is, by turn.
    order: BTreeMap<u64, K>,
    last_turn: u64,
}

struct Member<L> {
    line: L,
    turn: u64,
}

impl<K: Copy + Ord, L: Line> Rotation<K, L> {
    /// Adds to the line of this key.
    pub(super) fn enter<T>(&mut self, key: K, enter: impl FnOnce(&mut L) -> T) -> T {
        let Self { lines, order, last_turn } = self;
        let member = lines.entry(key).or_insert_with(|| {
            *last_turn += 1;
            order.insert(*last_turn, key);
            Member { line: L::default(), turn: *last_turn }
        });
        enter(&mut member.line)
    }

    /// Serves the line whose turn it is; `None` if there is none.
    pub(super) fn serve<T>(&mut self, serve: impl FnOnce(&mut L) -> Option<T>) -> Option<T> {
        let (_, key) = self.order.pop_first()?;
        let member = self.lines.get_mut(&key)?;
        let served = serve(&mut member.line);
        if member.line.is_empty() {
            self.lines.remove(&key);
        } else {
            self.last_turn += 1;
            member.turn = self.last_turn;
            self.order.insert(member.turn, key);
        }
        served
    }

    /// Takes something out of the line of this key, whose turn stays.
    pub(super) fn leave<T>(&mut self, key: K, leave: impl FnOnce(&mut L) -> Option<T>) -> Option<T> {
        let member = self.lines.get_mut(&key)?;
        let left = leave(&mut member.line);
        if member.line.is_empty() {
            self.order.remove(&member.turn);
            self.lines.remove(&key);
        }
        left
    }
}

impl<K: Ord, L> Default for Rotation<K, L> {
    fn default() -> Self {
        Self { lines: BTreeMap::new(), order: BTreeMap::new(), last_turn: 0 }
    }
}

impl<K: Copy + Ord, L: Line> Line for Rotation<K, L> {
    fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

impl<K: Ord, T> Line for BTreeMap<K, T> {
    fn is_empty(&self) -> bool {
        Self::is_empty(self)
    }
}
