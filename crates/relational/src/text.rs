//! Text as the tables search it.

use chit_chat_domain::text::fold;

/// What a user is found by: username and display name, folded.
pub fn searchable(username: &str, display_name: Option<&str>) -> String {
    fold(&format!("{username}\n{}", display_name.unwrap_or_default()))
}

/// A `LIKE` pattern, to be escaped by a backslash, for text that contains `part` literally.
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
    fn wildcards_stand_for_themselves() {
        assert_eq!(containing("50%_\\"), "%50\\%\\_\\\\%");
    }
}
