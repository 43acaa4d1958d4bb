//! A text without regard to case and accents, whose parts can be found again in the original.

use std::ops::Range;

use chit_chat_domain::folding::fold;

/// A folded text, and for each of its bytes the place in the original that it comes from.
pub(crate) struct Folded {
    pub(crate) text: String,
    origins: Vec<usize>,
    original_length: usize,
}

impl Folded {
    pub(crate) fn of(original: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(original.len()),
            origins: Vec::new(),
            original_length: original.len(),
        };
        for (place, character) in original.char_indices() {
            let mut buffer = [0; 4];
            match character {
                ascii if ascii.is_ascii() => folded.text.push(ascii.to_ascii_lowercase()),
                other => folded.text.push_str(&fold(other.encode_utf8(&mut buffer))),
            }
            folded.origins.resize(folded.text.len(), place);
        }
        folded
    }

    /// The range of the original that this range of the folded text comes from, with the marks on its last letter.
    pub(crate) fn origin(&self, part: &Range<usize>) -> Range<usize> {
        let place = |at: usize| self.origins.get(at).copied().unwrap_or(self.original_length);
        place(part.start)..place(part.end)
    }

    /// Returns whether no letter or digit of a longer word stands right before or behind this part. Scripts without
    /// case, such as Han and Thai, are written without spaces, so there every part counts as a word.
    pub(crate) fn is_word(&self, part: &Range<usize>) -> bool {
        let (before, word, behind) =
            (self.text.get(..part.start), self.text.get(part.clone()), self.text.get(part.end..));
        let joins = |one: Option<char>, other: Option<char>| {
            one.is_some_and(continues_words) && other.is_some_and(continues_words)
        };
        let first = |text: Option<&str>| text.and_then(|text| text.chars().next());
        let last = |text: Option<&str>| text.and_then(|text| text.chars().next_back());
        !joins(last(before), first(word)) && !joins(last(word), first(behind))
    }
}

fn continues_words(character: char) -> bool {
    character.is_lowercase() || character.is_uppercase() || character.is_numeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_again_in_the_original() {
        let original = "Eine STRAßE, José";
        let folded = Folded::of(original);
        assert_eq!(folded.text, "eine strasse, jose");
        assert_eq!(original.get(folded.origin(&(5..12))), Some("STRAßE"));
        assert_eq!(original.get(folded.origin(&(14..18))), Some("José"));
        let decomposed = "Jose\u{301}!";
        assert_eq!(decomposed.get(Folded::of(decomposed).origin(&(0..4))), Some("Jose\u{301}"));
    }

    #[test]
    fn words_end_where_no_letter_follows() {
        let is_word = |text: &str, word: &str| {
            let folded = Folded::of(text);
            let start = folded.text.find(word).unwrap();
            folded.is_word(&(start..start + word.len()))
        };
        assert!(is_word("a cat.", "cat") && is_word("cat", "cat") && is_word("_cat_", "cat"));
        assert!(!is_word("concatenate", "cat") && !is_word("cat5", "cat") && !is_word("bobcat", "cat"));
        assert!(is_word("这是广告吗", "广告") && is_word("看cat吗", "cat"));
    }
}
