//! Emoji of reactions.

use crate::violation::Violation;

/// An emoji of Unicode's list, including sequences: skin tones, joined emoji, flags, keycaps. It is stored in its
/// fully qualified spelling, so ❤ with and without U+FE0F is the same emoji.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Emoji(String);

impl Emoji {
    /// Looks the emoji up; emoji of later Unicode versions are unknown.
    pub fn parse(entered: &str) -> Result<Self, Violation> {
        let known = emojis::get(entered).ok_or(Violation::NotAnEmoji)?;
        Ok(Self(known.as_str().to_owned()))
    }

    /// Wraps text that was parsed before it was stored.
    pub fn restore(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
pub(super) fn every_emoji() -> impl Iterator<Item = Emoji> {
    let toned = |emoji: &'static emojis::Emoji| emoji.skin_tones().into_iter().flatten();
    let all = emojis::iter().flat_map(move |emoji| std::iter::once(emoji).chain(toned(emoji)));
    all.map(|emoji| Emoji(emoji.as_str().to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Entered spellings and their stored ones.
    const TAKEN: [(&str, &str); 20] = [
        ("👍", "👍"),
        ("👍🏽", "👍🏽"),
        ("👍\u{fe0f}", "👍"),
        ("❤", "❤\u{fe0f}"),
        ("❤\u{fe0f}", "❤\u{fe0f}"),
        ("☺", "☺\u{fe0f}"),
        ("©", "©\u{fe0f}"),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("🧑🏻‍❤️‍💋‍🧑🏼", "🧑🏻‍❤️‍💋‍🧑🏼"),
        ("🏳\u{fe0f}\u{200d}🌈", "🏳\u{fe0f}\u{200d}🌈"),
        ("🏳\u{200d}🌈", "🏳\u{fe0f}\u{200d}🌈"),
        ("👁\u{200d}🗨", "👁\u{fe0f}\u{200d}🗨\u{fe0f}"),
        ("\u{1f1ec}\u{1f1f7}", "🇬🇷"),
        ("🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
        ("1\u{fe0f}\u{20e3}", "1\u{fe0f}\u{20e3}"),
        ("1\u{20e3}", "1\u{fe0f}\u{20e3}"),
        ("#\u{fe0f}\u{20e3}", "#\u{fe0f}\u{20e3}"),
        ("*\u{20e3}", "*\u{fe0f}\u{20e3}"),
        // From Unicode 16 and 17.
        ("\u{1fac6}", "\u{1fac6}"),
        ("\u{1fac8}", "\u{1fac8}"),
    ];

    #[test]
    fn emoji_spellings_are_normalized() {
        for (entered, known) in TAKEN {
            assert_eq!(Emoji::parse(entered).as_ref().map(Emoji::as_str), Ok(known), "{entered:?}");
        }
    }

    #[test]
    fn text_other_than_one_emoji_is_refused() {
        let skin_tone_alone = "\u{1f3fd}";
        let half_a_flag = "\u{1f1ec}";
        let flag_of_nowhere = "\u{1f1e6}\u{1f1e6}";
        let heart_as_text = "❤\u{fe0e}";
        for text in ["", " ", "a", "like", ":+1:", "1", "#", "*", "é", "\0", "\u{fe0f}", "\u{200d}"] {
            assert_eq!(Emoji::parse(text), Err(Violation::NotAnEmoji), "{text:?}");
        }
        for text in ["👍👍", "👍 ", " 👍", "👍a", "👍\u{200d}", "👍\0", "🏽👍", "👍👎", "👨‍👩‍👧‍👦👍"]
        {
            assert_eq!(Emoji::parse(text), Err(Violation::NotAnEmoji), "{text:?}");
        }
        for text in [skin_tone_alone, half_a_flag, flag_of_nowhere, heart_as_text] {
            assert_eq!(Emoji::parse(text), Err(Violation::NotAnEmoji), "{text:?}");
        }
    }

    #[test]
    fn every_emoji_is_parsed_as_itself() {
        assert!(every_emoji().count() > 3_900);
        for emoji in every_emoji() {
            assert_eq!(Emoji::parse(emoji.as_str()), Ok(emoji));
        }
    }

    proptest! {
        #[test]
        fn parse_is_idempotent_for_any_text(text in "(?s)\\PC{0,4}|[\u{1f1e6}-\u{1f1ff}]{1,3}|.{0,3}") {
            match Emoji::parse(&text) {
                Ok(emoji) => prop_assert_eq!(Emoji::parse(emoji.as_str()), Ok(emoji.clone())),
                Err(violation) => prop_assert_eq!(violation, Violation::NotAnEmoji),
            }
        }

        #[test]
        fn emoji_with_surrounding_text_is_refused(n in any::<prop::sample::Index>(), around in "[a-z \u{200d}]{1,3}") {
            let all: Vec<Emoji> = every_emoji().collect();
            let emoji = n.get(&all).as_str();
            for text in [format!("{around}{emoji}"), format!("{emoji}{around}")] {
                prop_assert_eq!(Emoji::parse(&text), Err(Violation::NotAnEmoji));
            }
        }
    }
}
