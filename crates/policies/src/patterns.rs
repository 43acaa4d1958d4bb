//! Rejects texts by regular expressions.

use chit_chat_domain::policy::{Draft, MessagePolicy, Rejection, Verdict};
use chit_chat_domain::store_error::StoreError;
use regex::{RegexSet, RegexSetBuilder};

/// The reason why a pattern is refused.
pub type InvalidPattern = regex::Error;

/// The most memory that compiled patterns take.
const MOST_BYTES: usize = 16 << 20;

/// Rejects texts in which one of the patterns is found, as `forbidden_pattern`. The time for a text grows with its
/// length alone, whatever the patterns are.
pub struct Patterns(RegexSet);

impl Patterns {
    pub fn new(patterns: &[String]) -> Result<Self, InvalidPattern> {
        RegexSetBuilder::new(patterns).size_limit(MOST_BYTES).build().map(Self)
    }
}

impl MessagePolicy for Patterns {
    fn judge(&self, draft: &Draft<'_>) -> Result<Verdict, StoreError> {
        if self.0.is_match(draft.body.as_str()) {
            let detail = "the text has a form that is not allowed here";
            return Ok(Verdict::Reject(Rejection::new("forbidden_pattern", detail)));
        }
        Ok(Verdict::Allow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{code, written};

    #[test]
    fn matching_text_is_rejected() {
        let policy = Patterns::new(&[r"\b\d{16}\b".to_owned(), "(?i)buy now".to_owned()]).unwrap();
        for text in ["my card is 1234567812345678", "BUY NOW"] {
            assert_eq!(code(written(text).judged_by(&policy)), "forbidden_pattern", "{text}");
        }
        assert_eq!(written("12345").judged_by(&policy), Ok(Verdict::Allow));
    }

    #[test]
    fn pattern_that_cannot_be_compiled_is_refused() {
        assert!(Patterns::new(&["(".to_owned()]).is_err());
        assert!(Patterns::new(&["(a{1000}){1000}".to_owned()]).is_err(), "too large");
    }
}
