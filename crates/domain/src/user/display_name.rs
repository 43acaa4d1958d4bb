//! Display names of users.

use crate::folding::fold_to_letters;
use crate::text;
use crate::violation::Violation;

/// Names that clients show instead of a user, as [`fold_to_letters`] folds them.
const RESERVED: [&str; 4] = ["deleted", "deletedaccount", "deleteduser", "system"];

/// A display name: 1 to 64 characters on one line, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// The maximum length, in characters.
    pub const LONGEST: usize = 64;

    /// Trims and checks the text.
    pub fn parse(entered: &str) -> Result<Self, Violation> {
        let name = text::name(entered, Self::LONGEST)?;
        let is_reserved = RESERVED.contains(&fold_to_letters(&name).as_str());
        if is_reserved { Err(Violation::Reserved) } else { Ok(Self(name)) }
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_nobody_are_reserved() {
        for name in ["deleted", " System ", "Deleted User", "DELETEDUSER", "Deleted account"] {
            assert_eq!(DisplayName::parse(name), Err(Violation::Reserved), "{name}");
        }
        for name in ["Deleted Users", "Ecosystem", "System of a Down", "Система", "★", "删除"] {
            assert!(DisplayName::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn reserved_names_are_recognized_in_other_spellings() {
        for name in [
            "Ｓystem",
            "𝐬𝐲𝐬𝐭𝐞𝐦",
            "ⓈⓎⓈⓉⒺⓂ",
            "ſyﬆem",
            "Sÿstém",
            "s y\u{2003}s\u{3000}t e m",
            "System\u{2800}",
            "deleted\u{a0}user",
            "[deleted]",
            "★ Deleted_User ★",
        ] {
            assert_eq!(DisplayName::parse(name), Err(Violation::Reserved), "{}", name.escape_unicode());
        }
    }

    proptest! {
        #[test]
        fn space_symbols_and_width_never_matter(
            gaps in proptest::collection::vec("[ \u{a0}\u{3000}._★-]{0,3}", 7), wide in 0..128u8,
        ) {
            let letters = "deleted".chars().enumerate().map(|(place, letter)| {
                let is_wide = (wide >> place) & 1 == 1;
                if is_wide { char::from_u32(u32::from(letter) + 0xfee0).unwrap() } else { letter }
            });
            let name: String = gaps.iter().zip(letters).flat_map(|(gap, letter)| gap.chars().chain([letter])).collect();
            prop_assert_eq!(DisplayName::parse(&name), Err(Violation::Reserved));
        }
    }

    #[test]
    fn invisible_names_are_refused() {
        assert_eq!(DisplayName::parse("\u{200b}"), Err(Violation::InvisibleCharacter));
        assert_eq!(DisplayName::parse("\u{301}"), Err(Violation::CombiningMarks(8)));
    }
}
