//! Checks that several kinds of text share.

use crate::violation::Violation;

/// A single line: trimmed, 1 to `most` characters, none of them a control character.
pub(crate) fn line(text: &str, most: usize) -> Result<String, Violation> {
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
    if line.chars().count() > most {
        return Err(Violation::TooManyCharacters(most));
    }
    Ok(line.to_owned())
}

/// Text as it is compared when case does not matter.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}
