//! The steps that a text takes, and that all of it is kept.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use pulldown_cmark::Event;

use crate::markdown::{Markdown, Part, Piece, Prose, steps_of};

#[test]
fn steps_grow_with_the_length_only() {
    for part in [
        "@",
        "@a",
        "@a@",
        "a@",
        "@a/",
        "_",
        "*",
        "a ",
        "https://",
        "https://a",
        "https://a/(",
        "https://a/_",
        "https://a/.",
        "<https://",
        "<https://a",
        "<",
        "<a",
        "a:",
        "a.",
        "+",
        "www.",
        "www.a ",
        "mailto:",
        "://",
        "\\",
        "\\@",
        "&a",
        "&a;",
        "&commat;",
        "h",
        "。",
        "https://a/&",
        "'https://a",
        "@a.",
        "@.",
        "@_",
        "@\u{301}",
        "é",
        "[",
        "https://a[b](c)",
        "\u{f0000}",
    ] {
        let steps = |length: usize| {
            let text: String = part.chars().cycle().take(length).collect();
            steps_of(|| crate::mention::Named::in_text(&text))
        };
        assert!(steps(4_000) <= 12 * 4_000, "{part}: {}", steps(4_000));
        assert!(steps(4_000) <= 5 * steps(1_000), "{part}: {} and {}", steps(1_000), steps(4_000));
    }
}

const PIECES: [&str; 41] = [
    "https://",
    "http://a.example",
    "www.",
    "mailto:",
    "/",
    "_",
    "__",
    "*",
    "**",
    "~~",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "@",
    "@ann",
    "\\",
    "&amp;",
    "&commat;",
    ";",
    "'",
    "\"",
    "`",
    "    ",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "|",
    "\n|-|-|\n",
    "。",
    "é",
    "\u{f0000}",
    "\u{f0001}",
    "\u{f0003}",
    " ",
    "a",
    "<b>",
    ".",
];

/// The text that readers see.
fn shown(source: &str) -> String {
    let text = |part| match part {
        Part::Prose(prose) => prose.into_string(),
        Part::Caption(text) | Part::Markup(Event::Text(text) | Event::Code(text)) => text.into_string(),
        Part::Markup(_) => String::new(),
    };
    Markdown::new(source).parts().into_iter().map(text).collect()
}

proptest! {
    /// Marks never reach the reader, and no text is lost.
    #[test]
    fn text_is_kept(pieces in vec(select(&PIECES[..]), 0..30)) {
        let source = pieces.concat();
        let letters = |text: &str| -> Vec<char> {
            let mut letters: Vec<char> = text.chars().filter(|c| *c == 'é' || *c == '。' || *c >= '\u{f0000}').collect();
            letters.sort_unstable();
            letters
        };
        // Targets and the languages of code are not shown.
        prop_assume!(!["](", "]:", "~~~", "```"].iter().any(|hidden| source.contains(hidden)));
        prop_assert_eq!(letters(&shown(&source)), letters(&source), "{}", source);
    }

    #[test]
    fn text_of_a_plain_reading_is_the_source(source in "\\PC{0,60}") {
        let prose = Prose::plain(&source);
        let pieces = prose.pieces().into_iter().map(|piece| match piece {
            Piece::Words(text) | Piece::Address(text) => text,
            Piece::At => "@",
        });
        prop_assert_eq!(pieces.collect::<String>(), source);
    }
}
