//! Searchable text.

use chit_chat_domain::folding::fold;

/// The text by which a user is found: username and display name, folded.
pub fn searchable(username: &str, display_name: Option<&str>) -> String {
    fold(&format!("{username}\n{}", display_name.unwrap_or_default()))
}

/// A `LIKE` pattern, with backslash as its escape character, for text that contains `part` literally.
pub fn containing(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in part.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_escaped() {
        assert_eq!(containing("50%_\\"), "%50\\%\\_\\\\%");
    }
}
