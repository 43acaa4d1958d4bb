//! Checks that several kinds of text share.

use crate::violation::Violation;

/// A single line: at most `most` characters as entered, trimmed, none of the rest a control character.
pub(crate) fn line(text: &str, most: usize) -> Result<String, Violation> {
    if text.chars().count() > most {
        return Err(Violation::TooManyCharacters(most));
    }
    let line = text.trim();
    if line.contains('\0') {
        return Err(Violation::Nul);
    }
    if line.is_empty() {
        return Err(Violation::Empty);
    }
    if line.chars().any(char::is_control) {
        return Err(Violation::ControlCharacter);
    }
    Ok(line.to_owned())
}

/// Text as it is compared when case does not matter. Character by character: a part of a text folds
/// to the same part of the folded text, also where `str::to_lowercase` looks at the end of a word.
pub fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_word_folds_as_within_the_word() {
        assert!(fold("Σίσυφος").starts_with(&fold("ΣΊΣ")));
    }
}
