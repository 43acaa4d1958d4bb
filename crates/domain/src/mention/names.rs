//! Finds names in prose.

use crate::markdown::{Piece, Prose, is_mark, step};

/// The names behind an `@`, whoever has them. `follows_name` tells from one piece of a line to the next that nothing but
/// punctuation stands between the last name and here, as in `@ann/@bob`.
pub(super) fn names<'a>(prose: &'a Prose, follows_name: &mut bool) -> Vec<&'a str> {
    let pieces = prose.pieces();
    let mut finder = Finder { names: Vec::new(), is_joined: false, follows_name: *follows_name };
    for (number, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Words(words) => finder.look(words, pieces.get(number + 1) == Some(&Piece::At)),
            // What follows directly is no name of its own.
            Piece::Address(_) | Piece::At => (finder.is_joined, finder.follows_name) = (true, false),
        }
    }
    *follows_name = finder.follows_name;
    finder.names
}

struct Finder<'a> {
    names: Vec<&'a str>,
    /// The character before is part of a word, an email address or a path, so an `@` here begins no name.
    is_joined: bool,
    follows_name: bool,
}

impl<'a> Finder<'a> {
    /// Looks for names in words, which an `@` may follow that is no part of them.
    fn look(&mut self, words: &'a str, is_before_at: bool) {
        let mut rest = words;
        while let Some(character) = rest.chars().next() {
            step();
            let behind = rest.get(character.len_utf8()..).unwrap_or_default();
            rest = if character == '@' { self.take_name(behind, is_before_at) } else { behind };
            match character {
                '@' => {}
                '/' | '?' | '=' | '&' | '#' | '%' | '+' | '.' | '_' | '-' | '\\' => self.is_joined = true,
                // A mark changes the letter before.
                _ if is_mark(character) => {}
                _ => {
                    self.is_joined = is_of_word(character);
                    self.follows_name &= !character.is_alphanumeric() && !character.is_whitespace();
                }
            }
        }
    }

    /// Takes the name behind an `@`, and returns what is behind it.
    fn take_name(&mut self, text: &'a str, is_before_at: bool) -> &'a str {
        let inside = text.chars().take_while(|character| {
            step();
            is_of_name(*character)
        });
        let Some((run, behind)) = text.split_at_checked(inside.count()) else { return text };
        let name = run.trim_end_matches(['.', '-']);
        let goes_on = name.len() == run.len()
            && match behind.chars().next() {
                Some(next) => next == '@' || is_of_word(next) || is_mark(next),
                None => is_before_at,
            };
        let is_name = !name.is_empty() && !goes_on && (!self.is_joined || self.follows_name);
        if is_name {
            self.names.push(name);
        }
        (self.is_joined, self.follows_name) = (true, is_name);
        behind
    }
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-')
}

/// Returns whether a name cannot stand right beside this character. Scripts without case, such as Han, Thai, Hangul or
/// Hebrew, are written without spaces, or attach particles to a name.
fn is_of_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character.is_lowercase() || character.is_uppercase()
}
