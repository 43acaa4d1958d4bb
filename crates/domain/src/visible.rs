//! Characters that cannot be seen, or that turn the direction of the text around them.

use std::ops::RangeInclusive;

use icu_properties::props::{
    BidiControl, DefaultIgnorableCodePoint, Emoji, EmojiModifier, ExtendedPictographic, GeneralCategory,
    Ideographic, NoncharacterCodePoint,
};
use icu_properties::{CodePointMapData, CodePointSetData};

const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';
/// Arabic, Syriac, the scripts of India, Tibet, Myanmar, Cambodia and Mongolia, which write joiners within words.
const JOINING_SCRIPTS: RangeInclusive<char> = '\u{600}'..='\u{18af}';
const MONGOLIAN: RangeInclusive<char> = '\u{1820}'..='\u{18aa}';
/// The flag that the tags of a region may follow.
const FLAG: char = '\u{1f3f4}';
const TAGS: RangeInclusive<char> = '\u{e0020}'..='\u{e007f}';
/// The tags of England, Scotland and Wales, the only regions with such flags.
const REGIONS: [&str; 3] = [
    "\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];
const KEYCAP: char = '\u{20e3}';
const EMOJI_STYLE: char = '\u{fe0f}';
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
    let is_more_than_space = |character: &char| !character.is_whitespace() && *character != BRAILLE_BLANK;
    (0..characters.len()).all(|place| shows(&characters, place)) && characters.iter().any(is_more_than_space)
}

/// Returns whether anything of this text can be seen.
pub fn shows_anything(text: &str) -> bool {
    text.chars().any(|character| {
        let is_blank = character.is_whitespace() || character.is_control() || character == BRAILLE_BLANK;
        !is_blank && shows(&[character], 0)
    })
}

/// Returns whether the text has anything that combining marks can be on, and nowhere more than `most` of them.
pub(crate) fn has_few_marks(text: &str, most: usize) -> bool {
    let mut marks = 0;
    let stacks = |character: char| {
        marks = if is_stacking(character) { marks + 1 } else { 0 };
        marks > most
    };
    !text.chars().any(stacks) && !text.chars().all(|character| character.is_whitespace() || is_mark(character))
}

/// Returns whether the character at this place shows between its neighbours.
fn shows(characters: &[char], place: usize) -> bool {
    let at = |place: Option<usize>| place.and_then(|place| characters.get(place)).copied();
    let (Some(character), before) = (at(Some(place)), at(place.checked_sub(1))) else {
        return false;
    };
    let after = at(place.checked_add(1));
    let between =
        |fits: fn(char, char) -> bool| before.zip(after).is_some_and(|(before, after)| fits(before, after));
    match character {
        ZERO_WIDTH_NON_JOINER => between(are_joining),
        ZERO_WIDTH_JOINER => between(|before, after| are_joining(before, after) || are_pictures(before, after)),
        '\u{fe0e}'..=EMOJI_STYLE => before.is_some_and(is_emoji) || between(are_keycap),
        '\u{fe00}'..='\u{fe0d}' | '\u{e0100}'..='\u{e01ef}' => before.is_some_and(is_ideograph),
        '\u{180b}'..='\u{180d}' | '\u{180f}' => before.is_some_and(|before| MONGOLIAN.contains(&before)),
        _ if TAGS.contains(&character) => is_of_region(characters, place),
        _ => !is_ignorable(character) && !turns_direction(character),
    }
}

fn are_joining(before: char, after: char) -> bool {
    JOINING_SCRIPTS.contains(&before) && JOINING_SCRIPTS.contains(&after)
}

/// Returns whether these may be parts of one emoji, as a joiner makes them (UAX 29, rule GB11).
fn are_pictures(before: char, after: char) -> bool {
    let is_end =
        is_picture(before) || before == EMOJI_STYLE || CodePointSetData::new::<EmojiModifier>().contains(before);
    is_end && is_picture(after)
}

fn is_picture(character: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(character)
}

fn are_keycap(before: char, after: char) -> bool {
    matches!(before, '0'..='9' | '#' | '*') && after == KEYCAP
}

fn is_emoji(character: char) -> bool {
    !character.is_ascii() && CodePointSetData::new::<Emoji>().contains(character)
}

/// Returns whether the character has variants that a selector may choose.
fn is_ideograph(character: char) -> bool {
    CodePointSetData::new::<Ideographic>().contains(character)
}

/// Returns whether the tags around this place, and no others, make the flag before them that of a region.
fn is_of_region(characters: &[char], place: usize) -> bool {
    let (before, behind) = characters.split_at(place.min(characters.len()));
    let count = before.iter().rev().take_while(|character| TAGS.contains(*character)).count();
    let (rest, first) = before.split_at(before.len() - count);
    let last = behind.iter().take_while(|character| TAGS.contains(*character));
    let tags: String = first.iter().chain(last).collect();
    rest.last() == Some(&FLAG) && REGIONS.contains(&tags.as_str())
}

fn is_mark(character: char) -> bool {
    is_stacking(character)
        || CodePointMapData::<GeneralCategory>::new().get(character) == GeneralCategory::SpacingMark
}

fn is_stacking(character: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    matches!(category, GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
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
            "Ann·\u{fe0f}",
            "–\u{fe0f}",
            "·\u{200d}·",
            "€\u{200d}€",
            "1\u{fe0f}",
            "a\u{fe0f}\u{20e3}",
            "カ\u{e0100}",
            "🙂\u{e0100}",
            "🙂\u{200d}a",
            "🏴\u{e0067}\u{e0062}",
            "🏴\u{e0061}\u{e0061}\u{e007f}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}\u{e007f}",
            "a\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            &format!("🏴{}\u{e007f}", "\u{e0041}".repeat(30)),
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
    fn marks_need_something_to_be_on() {
        for few in ["é", "e\u{301}", "नमस्ते", "שָׁלוֹם", "Ann", "🙂", "ก\u{e49}\u{e33}", &"e\u{301}".repeat(20)]
        {
            assert!(has_few_marks(few, 8), "{}", few.escape_unicode());
        }
        for many in ["\u{301}", "\u{301} \u{302}", "\u{93e}", &format!("e{}", "\u{301}".repeat(9))] {
            assert!(!has_few_marks(many, 8), "{}", many.escape_unicode());
        }
    }

    #[test]
    fn every_emoji_is_visible() {
        for emoji in emojis::iter() {
            assert!(is_visible(emoji.as_str()), "{}", emoji.as_str().escape_unicode());
            for toned in emoji.skin_tones().into_iter().flatten() {
                assert!(is_visible(toned.as_str()), "{}", toned.as_str().escape_unicode());
            }
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
            "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f} b",
            "葛\u{e0100}",
            "‼\u{fe0f}",
            "👁\u{fe0f}\u{200d}🗨\u{fe0f}",
            "می\u{200c}خواهم",
            "ශ්\u{200d}රී",
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
