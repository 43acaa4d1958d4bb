//! The number of reactions to a message, by emoji.

use super::{Emoji, Tally};
use crate::denial::Denial;

/// The emoji of a message and the number of users who react with each, in order of first use. Kept as the JSON
/// object that clients receive, so that passing messages on requires no parsing. No emoji has a character that
/// JSON must escape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reactions(Option<Box<str>>);

impl Reactions {
    /// The maximum number of different emoji of a message.
    pub const MOST: usize = 50;

    /// Wraps the text returned by [`as_str`](Self::as_str).
    pub fn restore(text: Option<String>) -> Self {
        Self(text.map(String::into_boxed_str))
    }

    /// A JSON object. `None` without reactions.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The JSON object, by value.
    pub fn into_string(self) -> Option<String> {
        self.0.map(str::into_string)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Each emoji and its number of users.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        let object = self.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
        object.into_iter().flat_map(|fields| fields.split(',')).filter_map(|field| {
            let (emoji, count) = field.rsplit_once(':')?;
            Some((emoji.strip_prefix('"')?.strip_suffix('"')?, count.parse().ok()?))
        })
    }

    /// The number of users who react with this emoji.
    pub fn tally(&self, emoji: &Emoji) -> Tally {
        let there = self.iter().find(|(there, _)| *there == emoji.as_str());
        Tally { emoji: emoji.clone(), count: there.map_or(0, |(_, count)| count) }
    }

    /// Emoji that are already present can always be added; others only up to the limit.
    pub fn may_have(&self, emoji: &Emoji) -> Result<(), Denial> {
        let fits = self.tally(emoji).count > 0 || self.iter().count() < Self::MOST;
        if fits { Ok(()) } else { Err(Denial::TooManyReactions) }
    }

    /// The counts with one more user of this emoji.
    #[must_use]
    pub fn with(&self, emoji: &Emoji) -> Self {
        let mut counts: Vec<(&str, u64)> = self.iter().collect();
        match counts.iter_mut().find(|(there, _)| *there == emoji.as_str()) {
            Some((_, count)) => *count += 1,
            None => counts.push((emoji.as_str(), 1)),
        }
        Self::written(&counts)
    }

    /// The counts with one user of this emoji less.
    #[must_use]
    pub fn without(&self, emoji: &Emoji) -> Self {
        let lessened =
            self.iter().map(|(there, count)| (there, count.saturating_sub(u64::from(there == emoji.as_str()))));
        Self::written(&lessened.filter(|(_, count)| *count > 0).collect::<Vec<_>>())
    }

    fn written(counts: &[(&str, u64)]) -> Self {
        if counts.is_empty() {
            return Self::default();
        }
        let fields: Vec<String> = counts.iter().map(|(emoji, count)| format!("\"{emoji}\":{count}")).collect();
        Self(Some(format!("{{{}}}", fields.join(",")).into_boxed_str()))
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

    #[test]
    fn they_are_counted_in_the_order_of_their_first_use() {
        let (heart, thumb) = (emoji("❤"), emoji("👍"));
        let counts = Reactions::default().with(&thumb).with(&heart).with(&thumb);
        assert_eq!(counts.as_str(), Some("{\"👍\":2,\"❤\u{fe0f}\":1}"));
        assert_eq!(counts.without(&thumb).as_str(), Some("{\"👍\":1,\"❤\u{fe0f}\":1}"));
        let again = counts.without(&thumb).without(&thumb).with(&thumb);
        assert_eq!(again.iter().collect::<Vec<_>>(), [("❤\u{fe0f}", 1), ("👍", 1)]);
        assert_eq!(again.without(&heart).without(&thumb), Reactions::default());
        assert_eq!(Reactions::default().without(&thumb), Reactions::default());
        assert_eq!([&counts, &again].map(|counts| counts.tally(&thumb).count), [2, 1]);
        assert_eq!(Reactions::default().tally(&heart), Tally { emoji: heart, count: 0 });
    }

    #[test]
    fn fifty_kinds_are_the_most() {
        let all: Vec<Emoji> = every_emoji().take(51).collect();
        let full = all[..50].iter().fold(Reactions::default(), |counts, emoji| counts.with(emoji));
        assert_eq!(full.may_have(&all[50]), Err(Denial::TooManyReactions));
        assert_eq!(full.may_have(&all[49]), Ok(()));
        assert_eq!(full.without(&all[7]).may_have(&all[50]), Ok(()));
    }

    #[test]
    fn what_cannot_be_read_counts_nothing() {
        for text in ["", "{", "{}", "{\"👍\"}", "{\"👍\":x}", "{👍:1}", "null"] {
            assert_eq!(Reactions::restore(Some(text.to_owned())).iter().count(), 0, "{text}");
        }
    }

    #[test]
    fn no_emoji_has_to_be_escaped() {
        for emoji in every_emoji() {
            let counts = Reactions::default().with(&emoji);
            assert_eq!(counts.iter().collect::<Vec<_>>(), [(emoji.as_str(), 1)]);
            assert!(!emoji.as_str().contains(|c: char| c.is_control() || "\"\\,:{}".contains(c)), "{emoji:?}");
        }
    }

    proptest! {
        #[test]
        fn they_count_as_a_list_would(changes in prop::collection::vec((any::<bool>(), 0..6_usize), 0..40)) {
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
                prop_assert_eq!(counts.iter().collect::<Vec<_>>(), expected);
                let text = counts.as_str().map(str::to_owned);
                prop_assert_eq!(Reactions::restore(text), counts.clone());
            }
        }
    }
}
