//! Characters that cannot be seen, or that turn the direction of the text around them.

use std::ops::RangeInclusive;

use icu_properties::props::{BidiControl, DefaultIgnorableCodePoint, GeneralCategory, NoncharacterCodePoint};
use icu_properties::{CodePointMapData, CodePointSetData};

const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';
/// Arabic, Syriac, the scripts of India, Tibet, Myanmar, Cambodia and Mongolia, which write joiners within words.
const JOINING_SCRIPTS: RangeInclusive<char> = '\u{600}'..='\u{18af}';
const MONGOLIAN: RangeInclusive<char> = '\u{1820}'..='\u{18aa}';
/// Han characters and others of East Asia, which have variants.
const EAST_ASIAN: RangeInclusive<char> = '\u{2e80}'..='\u{3ffff}';
/// The flag that tags of a region may follow.
const FLAG: char = '\u{1f3f4}';
const TAGS: RangeInclusive<char> = '\u{e0020}'..='\u{e007e}';
const LAST_TAG: char = '\u{e007f}';
const KEYCAP: char = '\u{20e3}';
/// An empty cell of braille, as wide as a space.
const BRAILLE_BLANK: char = '\u{2800}';
/// A musical sign without a shape.
const NULL_NOTEHEAD: char = '\u{1d159}';
/// Stands for an object, which text alone does not have.
const OBJECT_REPLACEMENT: char = '\u{fffc}';

/// Returns whether every character of this text can be seen, by itself or by what it does to its neighbours, and at
/// least one of them is more than space.
pub(crate) fn is_visible(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let each = |(place, character): (usize, &char)| {
        let before = place.checked_sub(1).and_then(|place| characters.get(place)).copied();
        shows(before, *character, characters.get(place + 1).copied())
    };
    let is_more_than_space = |character: &char| !character.is_whitespace() && *character != BRAILLE_BLANK;
    characters.iter().enumerate().all(each) && characters.iter().any(is_more_than_space)
}

/// Returns whether anything of this text can be seen.
pub fn shows_anything(text: &str) -> bool {
    text.chars().any(|character| {
        let is_blank = character.is_whitespace() || character.is_control() || character == BRAILLE_BLANK;
        !is_blank && shows(None, character, None)
    })
}

/// Returns whether a character shows between these neighbours.
fn shows(before: Option<char>, character: char, after: Option<char>) -> bool {
    let between =
        |fits: fn(char, char) -> bool| before.zip(after).is_some_and(|(before, after)| fits(before, after));
    match character {
        ZERO_WIDTH_NON_JOINER => between(are_joining),
        ZERO_WIDTH_JOINER => between(|before, after| are_joining(before, after) || are_symbols(before, after)),
        '\u{fe0e}'..='\u{fe0f}' => before.is_some_and(is_symbol) || after == Some(KEYCAP),
        '\u{fe00}'..='\u{fe0d}' | '\u{e0100}'..='\u{e01ef}' => before.is_some_and(has_variants),
        '\u{180b}'..='\u{180d}' | '\u{180f}' => before.is_some_and(|before| MONGOLIAN.contains(&before)),
        _ if TAGS.contains(&character) => {
            let follows = before.is_some_and(|before| before == FLAG || TAGS.contains(&before));
            follows && after.is_some_and(|after| after == LAST_TAG || TAGS.contains(&after))
        }
        LAST_TAG => before.is_some_and(|before| TAGS.contains(&before)),
        _ => !is_ignorable(character) && !turns_direction(character),
    }
}

fn are_joining(before: char, after: char) -> bool {
    JOINING_SCRIPTS.contains(&before) && JOINING_SCRIPTS.contains(&after)
}

fn are_symbols(before: char, after: char) -> bool {
    (is_symbol(before) || before == '\u{fe0f}') && is_symbol(after)
}

/// Returns whether the character is neither ASCII, nor a letter, a digit or space, nor hidden: as emoji are.
fn is_symbol(character: char) -> bool {
    let is_text = character.is_ascii() || character.is_alphanumeric() || character.is_whitespace();
    !is_text
        && !is_ignorable(character)
        && !turns_direction(character)
        && !('\u{fe00}'..='\u{fe0f}').contains(&character)
}

fn has_variants(character: char) -> bool {
    EAST_ASIAN.contains(&character) && !('\u{fe00}'..='\u{fe0f}').contains(&character)
}

/// Returns whether the character is no text by itself: it controls others, separates lines or paragraphs, or is none.
fn is_ignorable(character: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    let is_no_text = matches!(
        category,
        GeneralCategory::Format | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator
    );
    is_no_text
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
        || CodePointSetData::new::<NoncharacterCodePoint>().contains(character)
        || matches!(character, NULL_NOTEHEAD | OBJECT_REPLACEMENT)
}

fn turns_direction(character: char) -> bool {
    CodePointSetData::new::<BidiControl>().contains(character)
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
            "Ad\u{200c}min",
            "Ad\u{200d}min",
            "Admin\u{fe0f}",
            "A\u{fe00}dmin",
            "Admin 🏴\u{e0041}",
            "\u{e0041}x 🏴",
            "❤\u{fe0f}\u{fe0f}",
            "Admin\u{13437}",
            "\u{13430}",
            "a\u{600}",
            "\u{1d159}",
            "\u{fffc}",
            "a\u{ffff}",
            "\u{fdd0}",
            "",
        ] {
            assert!(!is_visible(hidden), "{}", hidden.escape_unicode());
        }
    }

    #[test]
    fn text_shows_if_one_character_does() {
        for hidden in ["", " \n", "\u{200b}", "\u{2800}", "\u{fe0f}\u{200d}", "\u{1}", "\u{202e}"] {
            assert!(!shows_anything(hidden), "{}", hidden.escape_unicode());
        }
        for shown in ["a", "\u{202e}a", " .", "\u{301}", "🙂"] {
            assert!(shows_anything(shown), "{}", shown.escape_unicode());
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
            "👩🏽\u{200d}⚕\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "©\u{fe0f}",
            "ᠠ\u{180b}",
            "क्\u{200d}ष",
            "a b",
            "⠓⠊",
            "é",
        ] {
            assert!(is_visible(visible), "{}", visible.escape_unicode());
        }
    }
}
