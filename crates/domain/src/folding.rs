//! Folds text for searches and comparisons, which ignore case, the spelling of composed letters, and accents.

use icu_casemap::CaseMapper;
use icu_normalizer::DecomposingNormalizer;

/// The version of [`fold`]. Raise it whenever the result changes: stores fold again what they have folded with an
/// earlier one.
pub const VERSION: i16 = 1;

/// Folds text so that spellings that a reader takes for the same become equal: by canonical caseless matching as
/// Unicode defines it, and without the accents of letters, so that `istanbul` finds `İstanbul`. The case of a letter
/// never depends on its place in a word, so a part of a text folds to a part of the folded text.
pub fn fold(text: &str) -> String {
    let nfd = DecomposingNormalizer::new_nfd();
    let decomposed = nfd.normalize(text);
    let folded = CaseMapper::new().fold_string(&decomposed);
    nfd.normalize(&folded).chars().filter(|character| !is_accent(*character)).collect()
}

/// Folds text to its letters and digits, in all widths and styles (Unicode's compatibility forms): so names that differ
/// in space, symbols or font become equal. Letters of other scripts stay different, however alike they look.
pub(crate) fn fold_to_letters(text: &str) -> String {
    let plain = DecomposingNormalizer::new_nfkd().normalize(text);
    fold(&plain).chars().filter(|character| character.is_alphanumeric()).collect()
}

/// Returns whether the character is a combining mark of the scripts that have case.
fn is_accent(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_is_folded_fully() {
        for (text, same) in [
            ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
            ("STRASSE", "Straße"),
            ("ISTANBUL", "İstanbul"),
            ("istanbul", "İstanbul"),
            ("ﬃ", "FFI"),
            ("ᾳ", "ΑΙ"),
        ] {
            assert_eq!(fold(text), fold(same), "{text}");
        }
    }

    #[test]
    fn composed_letters_equal_decomposed_ones() {
        for (composed, decomposed) in
            [("José", "Jose\u{301}"), ("감자", "\u{1100}\u{1161}\u{11b7}\u{110c}\u{1161}")]
        {
            assert_eq!(fold(composed), fold(decomposed), "{composed}");
        }
    }

    #[test]
    fn accents_are_dropped_and_vowels_kept() {
        assert_eq!(fold("Émile Dvořák"), "emile dvorak");
        assert_ne!(fold("कि"), fold("क"));
        assert_ne!(fold("が"), fold("か"));
    }

    #[test]
    fn prefix_folds_as_within_word() {
        assert!(fold("Σίσυφος").starts_with(&fold("ΣΊΣ")));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn case_never_matters(text in "\\PC{0,40}") {
            prop_assert_eq!(fold(&text.to_lowercase()), fold(&text));
        }

        #[test]
        fn parts_of_letters_fold_to_parts(
            before in "[\\pL ]{0,9}", part in "[\\pL ]{1,9}", after in "[\\pL ]{0,9}",
        ) {
            let whole = format!("{before}{part}{after}");
            prop_assert!(fold(&whole).contains(&fold(&part)));
        }
    }
}
