//! Visits many items in rounds: a bounded number in each turn.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The position within a round.
#[derive(Default)]
pub(crate) struct Rounds(AtomicUsize);

impl Rounds {
    /// Keeps the items of this turn, at most `count`, which follow those of the last turn. Items that come or go
    /// in between can make others wait for another round.
    pub(crate) fn keep_next<T>(&self, items: &mut Vec<T>, count: usize) {
        if items.len() <= count {
            return;
        }
        let start = self.0.load(Ordering::Relaxed) % items.len();
        self.0.store(start + count, Ordering::Relaxed);
        items.rotate_left(start);
        items.truncate(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_has_its_turn() {
        let rounds = Rounds::default();
        let mut visited = Vec::new();
        for _ in 0..4 {
            let mut items: Vec<_> = (0..10).collect();
            rounds.keep_next(&mut items, 3);
            visited.push(items);
        }
        assert_eq!(visited, [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 0, 1]]);
    }

    #[test]
    fn few_items_are_all_kept() {
        let mut items = vec![1, 2, 3];
        Rounds::default().keep_next(&mut items, 3);
        assert_eq!(items, [1, 2, 3]);
    }
}
