//! Rejects or masks words.

use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError};
use chit_chat_domain::folding::fold;
use chit_chat_domain::message::MessageBody;
use chit_chat_domain::policy::{Draft, MessagePolicy, Rejection, Verdict};
use chit_chat_domain::store_error::StoreError;
use thiserror::Error;

use crate::folded::Folded;

/// The consequence for a text with one of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The text is rejected as `forbidden_word`.
    Reject,
    /// Asterisks replace each letter of the word.
    Mask,
}

/// Acts on whole words and phrases, without regard to case and accents.
pub struct Words {
    finder: AhoCorasick,
    action: Action,
}

/// The reason why a list of words is refused.
#[derive(Debug, Error)]
pub enum InvalidWords {
    #[error("a word is empty")]
    Empty,
    #[error("the list of words is too long: {0}")]
    TooLong(#[from] BuildError),
}

impl Words {
    pub fn new(words: &[String], action: Action) -> Result<Self, InvalidWords> {
        let folded: Vec<String> = words.iter().map(|word| fold(word.trim())).collect();
        if folded.iter().any(String::is_empty) {
            return Err(InvalidWords::Empty);
        }
        Ok(Self { finder: AhoCorasick::new(&folded)?, action })
    }

    /// The places of the words in a text, which may overlap.
    fn found(&self, text: &str) -> Vec<Range<usize>> {
        let folded = Folded::of(text);
        let parts = self.finder.find_overlapping_iter(&folded.text).map(|found| found.range());
        parts.filter(|part| folded.is_word(part)).map(|part| folded.origin(&part)).collect()
    }
}

impl MessagePolicy for Words {
    fn judge(&self, draft: &Draft<'_>) -> Result<Verdict, StoreError> {
        let text = draft.body.as_str();
        let found = self.found(text);
        if found.is_empty() {
            return Ok(Verdict::Allow);
        }
        let masked = (self.action == Action::Mask).then(|| MessageBody::parse(&masked(text, &found)));
        Ok(match masked {
            Some(Ok(masked)) => Verdict::Rewrite(masked),
            _ => Verdict::Reject(Rejection::new("forbidden_word", "the text has a word that is not allowed here")),
        })
    }
}

/// The text with an asterisk for each character of these parts that is not a space.
fn masked(text: &str, parts: &[Range<usize>]) -> String {
    let is_masked = |place: usize, character: char| {
        !character.is_whitespace() && parts.iter().any(|part| part.contains(&place))
    };
    text.char_indices()
        .map(|(place, character)| if is_masked(place, character) { '*' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{body, code, written};

    fn words(words: &[&str], action: Action) -> Words {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Words::new(&words, action).unwrap()
    }

    #[test]
    fn words_are_rejected_in_any_case() {
        let policy = words(&["spam", "Free money", "straße"], Action::Reject);
        for text in ["Buy SPAM now", "free money!", "STRASSE", "spám"] {
            assert_eq!(code(written(text).judged_by(&policy)), "forbidden_word", "{text}");
        }
        for text in ["spammer", "free  honey", "hello"] {
            assert_eq!(written(text).judged_by(&policy), Ok(Verdict::Allow), "{text}");
        }
    }

    #[test]
    fn words_are_masked_letter_by_letter() {
        let policy = words(&["darn", "Straße", "darn it"], Action::Mask);
        let rewritten = |text: &str| written(text).judged_by(&policy);
        assert_eq!(rewritten("Darn it, a STRASSE"), Ok(Verdict::Rewrite(body("**** **, a *******"))));
        assert_eq!(rewritten("darn darn"), Ok(Verdict::Rewrite(body("**** ****"))));
        assert_eq!(rewritten("darning"), Ok(Verdict::Allow));
    }

    #[test]
    fn empty_word_is_refused() {
        assert!(matches!(Words::new(&[" ".to_owned()], Action::Reject), Err(InvalidWords::Empty)));
    }
}
