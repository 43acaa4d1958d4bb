//! A queue of items in lanes. Items of the same lane are processed in their order: while a worker is busy with
//! a lane, others do not take items from it.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;

pub(crate) struct LaneQueue<T, L> {
    waiting: VecDeque<(L, T)>,
    /// The lanes that workers are busy with.
    busy: HashSet<L>,
}

impl<T, L: Copy + Eq + Hash> LaneQueue<T, L> {
    pub(crate) fn new() -> Self {
        Self { waiting: VecDeque::new(), busy: HashSet::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Adds an item, and returns whether it can be taken now.
    pub(crate) fn push(&mut self, lane: L, item: T) -> bool {
        self.waiting.push_back((lane, item));
        !self.busy.contains(&lane)
    }

    /// Returns whether any item can be taken.
    pub(crate) fn has_available(&self) -> bool {
        self.waiting.iter().any(|(lane, _)| !self.busy.contains(lane))
    }

    /// Takes the first free items, up to a limit. Their lanes are busy until `release`.
    pub(crate) fn take(&mut self, at_most: usize) -> (Vec<L>, Vec<T>) {
        let (mut lanes, mut items) = (Vec::new(), Vec::new());
        let mut left = VecDeque::with_capacity(self.waiting.len());
        for (lane, item) in self.waiting.drain(..) {
            if items.len() < at_most && !self.busy.contains(&lane) {
                lanes.push(lane);
                items.push(item);
            } else {
                left.push_back((lane, item));
            }
        }
        self.waiting = left;
        self.busy.extend(&lanes);
        (lanes, items)
    }

    /// Marks these lanes as free.
    pub(crate) fn release(&mut self, lanes: &[L]) {
        for lane in lanes {
            self.busy.remove(lane);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(items: &[(char, u32)]) -> LaneQueue<u32, char> {
        let mut queue = LaneQueue::new();
        for (lane, item) in items {
            queue.push(*lane, *item);
        }
        queue
    }

    #[test]
    fn items_of_busy_lane_keep_order() {
        let mut queue = queue(&[('a', 1), ('b', 2), ('a', 3), ('b', 4)]);
        assert_eq!(queue.take(2), (vec!['a', 'b'], vec![1, 2]));
        assert!(!queue.push('a', 5));
        assert!(!queue.has_available());
        assert!(queue.push('c', 6));
        assert_eq!(queue.take(2), (vec!['c'], vec![6]));
        queue.release(&['b', 'c']);
        assert_eq!(queue.take(9), (vec!['b'], vec![4]));
        queue.release(&['a']);
        assert_eq!(queue.take(9), (vec!['a', 'a'], vec![3, 5]));
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn take_respects_maximum() {
        let mut queue = queue(&[('a', 1), ('a', 2), ('b', 3)]);
        assert_eq!(queue.take(1), (vec!['a'], vec![1]));
        assert_eq!(queue.take(1), (vec!['b'], vec![3]));
        assert_eq!(queue.take(1), (vec![], vec![]));
        assert_eq!(queue.len(), 1);
    }
}
