//! The number of reactions to a message, by emoji.

use super::{Emoji, Tally};
use crate::denial::Denial;

/// The emoji of a message and the number of users who react with each, in order of first use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reactions(Vec<Tally>);

impl Reactions {
    /// The maximum number of different emoji of a message.
    pub const MAX: usize = 50;

    /// Wraps stored counts.
    pub fn restore(tallies: Vec<Tally>) -> Self {
        Self(tallies)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each emoji and its number of users.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Tally> {
        self.0.iter()
    }

    /// The number of users who react with this emoji.
    pub fn tally(&self, emoji: &Emoji) -> Tally {
        let count = self.iter().find(|tally| tally.emoji == *emoji).map_or(0, |tally| tally.count);
        Tally { emoji: emoji.clone(), count }
    }

    /// Checks that the emoji can be added: it is already present, or the limit is not reached.
    pub fn may_have(&self, emoji: &Emoji) -> Result<(), Denial> {
        let fits = self.0.len() < Self::MAX || self.tally(emoji).count > 0;
        if fits { Ok(()) } else { Err(Denial::TooManyReactions) }
    }

    /// The counts with one more user of this emoji.
    #[must_use]
    pub fn with(&self, emoji: &Emoji) -> Self {
        let mut tallies = self.0.clone();
        match tallies.iter_mut().find(|tally| tally.emoji == *emoji) {
            Some(tally) => tally.count += 1,
            None => tallies.push(Tally { emoji: emoji.clone(), count: 1 }),
        }
        Self(tallies)
    }

    /// The counts with one user of this emoji less.
    #[must_use]
    pub fn without(&self, emoji: &Emoji) -> Self {
        let mut tallies = self.0.clone();
        if let Some(tally) = tallies.iter_mut().find(|tally| tally.emoji == *emoji) {
            tally.count = tally.count.saturating_sub(1);
        }
        tallies.retain(|tally| tally.count > 0);
        Self(tallies)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reaction::emoji::every_emoji;

    fn emoji(text: &str) -> Emoji {
        Emoji::parse(text).unwrap()
    }

    fn tallies(counts: &Reactions) -> Vec<(&str, u64)> {
        counts.iter().map(|tally| (tally.emoji.as_str(), tally.count)).collect()
    }

    #[test]
    fn counts_are_ordered_by_first_use() {
        let (heart, thumb) = (emoji("❤"), emoji("👍"));
        let counts = Reactions::default().with(&thumb).with(&heart).with(&thumb);
        assert_eq!(tallies(&counts), [("👍", 2), ("❤\u{fe0f}", 1)]);
        assert_eq!(tallies(&counts.without(&thumb)), [("👍", 1), ("❤\u{fe0f}", 1)]);
        let again = counts.without(&thumb).without(&thumb).with(&thumb);
        assert_eq!(tallies(&again), [("❤\u{fe0f}", 1), ("👍", 1)]);
        assert_eq!(again.without(&heart).without(&thumb), Reactions::default());
        assert_eq!(Reactions::default().without(&thumb), Reactions::default());
        assert_eq!([&counts, &again].map(|counts| counts.tally(&thumb).count), [2, 1]);
        assert_eq!(Reactions::default().tally(&heart), Tally { emoji: heart, count: 0 });
    }

    #[test]
    fn kinds_are_limited_to_fifty() {
        let all: Vec<Emoji> = every_emoji().take(51).collect();
        let full = all[..50].iter().fold(Reactions::default(), |counts, emoji| counts.with(emoji));
        assert_eq!(full.may_have(&all[50]), Err(Denial::TooManyReactions));
        assert_eq!(full.may_have(&all[49]), Ok(()));
        assert_eq!(full.without(&all[7]).may_have(&all[50]), Ok(()));
    }

    proptest! {
        #[test]
        fn counts_agree_with_list_model(changes in prop::collection::vec((any::<bool>(), 0..6_usize), 0..40)) {
            let all: Vec<Emoji> = every_emoji().take(6).collect();
            let mut list: Vec<(usize, u64)> = Vec::new();
            let mut counts = Reactions::default();
            for (more, n) in changes {
                counts = if more { counts.with(&all[n]) } else { counts.without(&all[n]) };
                match list.iter_mut().find(|(kind, _)| *kind == n) {
                    Some((_, count)) => *count = if more { *count + 1 } else { *count - 1 },
                    None if more => list.push((n, 1)),
                    None => {}
                }
                list.retain(|(_, count)| *count > 0);
                let expected: Vec<_> = list.iter().map(|(kind, count)| (all[*kind].as_str(), *count)).collect();
                prop_assert_eq!(tallies(&counts), expected);
            }
        }
    }
}
