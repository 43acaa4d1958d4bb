//! Characters that cannot be seen, or that turn the direction of the text around them.

/// The zero-width non-joiner and joiner, which Persian and emoji need between other characters.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];
/// The flag that a sequence of tags may follow.
const FLAG: char = '\u{1f3f4}';

/// Returns whether every character of this text can be seen, alone or together with its neighbours, and at least
/// one of them is more than space.
pub(crate) fn is_visible(text: &str) -> bool {
    let mut before = None;
    let mut characters = text.chars().peekable();
    let mut shows_something = false;
    while let Some(character) = characters.next() {
        let fits = match character {
            _ if JOINERS.contains(&character) => {
                before.is_some_and(|before| !JOINERS.contains(&before))
                    && characters.peek().is_some_and(|next| !is_joiner(*next))
            }
            // Variation selectors change the character before them.
            '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => before.is_some(),
            '\u{e0020}'..='\u{e007f}' => text.contains(FLAG),
            _ => !is_ignorable(character) && !turns_direction(character),
        };
        if !fits {
            return false;
        }
        shows_something |= !is_joiner(character) && !character.is_whitespace() && character != '\u{2800}';
        before = Some(character);
    }
    shows_something
}

fn is_joiner(character: char) -> bool {
    JOINERS.contains(&character) || matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// `Default_Ignorable_Code_Point` of Unicode, and separators of lines and paragraphs.
fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{2028}'..='\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

fn turns_direction(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_and_turning_characters_are_recognized() {
        for hidden in [
            "\u{200b}",
            "\u{2060}",
            "\u{feff}",
            "\u{ad}",
            "\u{3164}",
            "\u{2800}",
            "\u{202e}",
            "\u{115f}",
            "\u{e0001}",
            "a\u{2028}b",
            "a\u{2029}b",
            "\u{200d}",
            "a\u{200c}",
            "\u{200c}a",
            "a\u{200d}\u{200d}b",
            "a\u{202e}b",
            "a\u{200f}",
            "\u{fe0f}",
            " \u{2800} ",
            "a\u{e0067}",
            "",
        ] {
            assert!(!is_visible(hidden), "{}", hidden.escape_unicode());
        }
    }

    #[test]
    fn joiners_and_selectors_are_kept_where_they_are_used() {
        for visible in [
            "نامه\u{200c}ها",
            "👨\u{200d}👩\u{200d}👧",
            "דוד",
            "❤\u{fe0f}",
            "❤\u{fe0f}\u{200d}🔥",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "葛\u{e0100}",
            "a b",
            "⠓⠊",
            "é",
        ] {
            assert!(is_visible(visible), "{}", visible.escape_unicode());
        }
    }
}
