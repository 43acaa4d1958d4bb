//! Disguises what the Markdown parser must not take for emphasis.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::address::{Context, Ends, Section, ends};
use super::step;

const HTTP: [&str; 2] = ["http", "https"];
/// The characters that stand for others in a disguised text. None of them occurs in the text itself: there are more of
/// them than a text has characters.
const PRIVATE_USE: std::ops::RangeInclusive<char> = '\u{f0000}'..='\u{ffffd}';

/// The way in which a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Markdown,
    /// Every character stands for itself.
    Plain,
}

/// A text with marks.
#[derive(Debug)]
pub(super) struct Guarded<'a> {
    pub text: Cow<'a, str>,
    pub marks: Marks,
}

/// The meaning of a character of a disguised text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Stands before an address.
    Start,
    /// Stands behind an address, but before `*`, `_` and `~` behind it: the parser decides whether they end emphasis.
    End,
    /// Stands behind an `@` that mentions nobody.
    Escaped,
    /// Stands for this character.
    Literal(char),
}

const MEANINGS: [Mark; 6] =
    [Mark::Start, Mark::End, Mark::Escaped, Mark::Literal('_'), Mark::Literal('*'), Mark::Literal('~')];

/// The characters that are used as marks, in the order of [`MEANINGS`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks([char; 6]);

impl Marks {
    fn absent_from(text: &str) -> Self {
        let used: BTreeSet<char> = text.chars().filter(|character| PRIVATE_USE.contains(character)).collect();
        let mut free = PRIVATE_USE.filter(|character| !used.contains(character));
        Self([(); 6].map(|()| free.next().unwrap_or(*PRIVATE_USE.start())))
    }

    pub(super) fn meaning(&self, character: char) -> Option<Mark> {
        if !PRIVATE_USE.contains(&character) {
            return None;
        }
        self.0.iter().zip(MEANINGS).find(|(mark, _)| **mark == character).map(|(_, meaning)| meaning)
    }

    fn of(&self, meaning: Mark) -> char {
        self.0.iter().zip(MEANINGS).find(|(_, other)| *other == meaning).map_or('\u{fffd}', |(mark, _)| *mark)
    }

    /// The text without marks.
    pub(super) fn remove_from(&self, text: &str) -> String {
        let original = |character| match self.meaning(character) {
            None => Some(character),
            Some(Mark::Literal(character)) => Some(character),
            Some(Mark::Start | Mark::End | Mark::Escaped) => None,
        };
        text.chars().filter_map(original).collect()
    }
}

/// Marks the addresses in a text, and disguises the characters of emphasis in them and in names behind an `@`.
pub(super) fn guard(source: &str, syntax: Syntax) -> Guarded<'_> {
    let marks = Marks::absent_from(source);
    let mut guard = Guard { source, syntax, marks, text: String::new(), copied: 0 };
    let mut place = 0;
    while let Some(next) = guard.take(place) {
        place = next;
    }
    let text = if guard.copied == 0 {
        Cow::Borrowed(source)
    } else {
        guard.copy_until(source.len());
        Cow::Owned(guard.text)
    };
    Guarded { text, marks }
}

struct Guard<'a> {
    source: &'a str,
    syntax: Syntax,
    marks: Marks,
    /// The source until `copied`, with marks.
    text: String,
    copied: usize,
}

impl Guard<'_> {
    /// Reads what is at this place, and returns the next place.
    fn take(&mut self, place: usize) -> Option<usize> {
        step();
        let rest = self.source.get(place..)?;
        let character = rest.chars().next()?;
        let next = place + character.len_utf8();
        Some(match character {
            '\\' if self.syntax == Syntax::Markdown => self.take_escape(next),
            '<' if self.syntax == Syntax::Markdown => self.end_of_autolink(next).unwrap_or(next),
            '@' => self.take_name(next),
            _ if is_of_scheme(character) => self.take_word(place),
            _ => next,
        })
    }

    /// Reads what is behind a backslash.
    fn take_escape(&mut self, place: usize) -> usize {
        match self.source.as_bytes().get(place) {
            Some(b'@') => {
                self.mark(place + 1, Mark::Escaped);
                place + 1
            }
            Some(byte) if byte.is_ascii_punctuation() => place + 1,
            _ => place,
        }
    }

    /// The end of an address in angle brackets, which the parser finds by itself.
    fn end_of_autolink(&self, place: usize) -> Option<usize> {
        let rest = self.source.get(place..)?;
        let is_inside = |character: &char| {
            step();
            !matches!(character, '\0'..=' ' | '<' | '>')
        };
        let length: usize = rest.chars().take_while(is_inside).map(char::len_utf8).sum();
        let (inside, behind) = rest.split_at_checked(length)?;
        let (scheme, _) = inside.split_once(':')?;
        (behind.starts_with('>') && scheme.chars().all(is_of_scheme)).then_some(place + length)
    }

    /// Reads the name behind an `@`. The parser decides whether `_` at its end ends emphasis, unless as many begin the
    /// name.
    fn take_name(&mut self, place: usize) -> usize {
        let end = place + self.length_of(place, is_of_name);
        let name = self.source.get(place..end).unwrap_or_default();
        let name = name.trim_end_matches(['.', '-']);
        let (before, behind) = (underscores(name.chars()), underscores(name.chars().rev()));
        let core = if before == behind { name.len() } else { name.len() - behind };
        self.disguise(place, place + core);
        end
    }

    /// Reads a word of letters, digits and `+ . -`, which may be the scheme or the host of an address.
    fn take_word(&mut self, place: usize) -> usize {
        let end = place + self.length_of(place, is_of_scheme);
        let word = self.source.get(place..end).unwrap_or_default();
        let rest = self.source.get(end..).unwrap_or_default();
        let address = if rest.starts_with("://") {
            scheme_of(word).and_then(|start| self.address(place + start, end + "://".len(), Section::Host))
        } else if rest.starts_with(':') && word.eq_ignore_ascii_case("mailto") {
            self.address(place, end + ":".len(), Section::Path)
        } else if word.get(..4).is_some_and(|www| www.eq_ignore_ascii_case("www.")) {
            self.address(place, place + "www.".len(), Section::Host)
        } else {
            None
        };
        address.map_or(end, |(start, ends)| {
            self.mark(start, Mark::Start);
            self.disguise(start, ends.core);
            self.mark(ends.core, Mark::End);
            ends.all
        })
    }

    /// The address that starts here and goes on at `from`.
    fn address(&self, start: usize, from: usize, section: Section) -> Option<(usize, Ends)> {
        let is_quoted = self.source.get(..start).is_some_and(|before| before.ends_with('\''));
        let context = Context { is_quoted, has_escapes: self.syntax == Syntax::Markdown };
        Some((start, ends(self.source, from, section, context)?))
    }

    fn length_of(&self, place: usize, belongs: fn(char) -> bool) -> usize {
        let rest = self.source.get(place..).unwrap_or_default();
        let is_inside = |character: &char| {
            step();
            belongs(*character)
        };
        rest.chars().take_while(is_inside).map(char::len_utf8).sum()
    }

    fn copy_until(&mut self, end: usize) {
        self.text.push_str(self.source.get(self.copied..end).unwrap_or_default());
        self.copied = end;
    }

    fn mark(&mut self, place: usize, mark: Mark) {
        self.copy_until(place);
        self.text.push(self.marks.of(mark));
    }

    /// Replaces the characters of emphasis, except those that a backslash escapes.
    fn disguise(&mut self, start: usize, end: usize) {
        let mut is_escaped = false;
        let bytes = self.source.as_bytes().get(start..end).unwrap_or_default();
        for (place, byte) in (start..).zip(bytes.iter().copied()) {
            step();
            if matches!(byte, b'_' | b'*' | b'~') && !is_escaped {
                self.mark(place, Mark::Literal(char::from(byte)));
                self.copied = place + 1;
            }
            is_escaped = byte == b'\\' && !is_escaped && self.syntax == Syntax::Markdown;
        }
    }
}

/// The start of the scheme in a word before `://`. A sentence may end right before it: `there...https://`.
fn scheme_of(word: &str) -> Option<usize> {
    let last = word.rfind('.').map_or(0, |dot| dot + 1);
    if word.get(last..).is_some_and(|last| HTTP.iter().any(|http| last.eq_ignore_ascii_case(http))) {
        return Some(last);
    }
    let start = word.find(|character: char| character.is_ascii_alphanumeric())?;
    word.get(start..)?.starts_with(|first: char| first.is_ascii_alphabetic()).then_some(start)
}

fn underscores(characters: impl Iterator<Item = char>) -> usize {
    characters.take_while(|character| *character == '_').inspect(|_| step()).count()
}

fn is_of_scheme(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '.' | '-')
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-')
}
