//! Checks common to several kinds of text.

use crate::violation::Violation;
pub use crate::visible::shows_anything;
use crate::visible::{has_few_marks, is_visible};

/// The maximum number of combining marks on one character. No script writes more, and higher stacks cover other lines.
const MOST_MARKS: usize = 8;

/// Checks and trims a single line: at most `most` characters as entered, and no control characters after
/// trimming.
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

/// Checks and trims the name of a user or a chatroom: a [`line`] of which every character can be seen.
pub(crate) fn name(text: &str, most: usize) -> Result<String, Violation> {
    let name = line(text, most)?;
    if !is_visible(&name) {
        return Err(Violation::InvisibleCharacter);
    }
    if !has_few_marks(&name, MOST_MARKS) {
        return Err(Violation::CombiningMarks(MOST_MARKS));
    }
    Ok(name)
}
