//! Text outside code and links.

use std::ops::Range;

use super::address::{Role, role};
use super::guard::{Guarded, Mark, Marks, Syntax, guard};

/// Text with the addresses in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    text: String,
    /// In the order of the text.
    addresses: Vec<Range<usize>>,
    /// The places of the `@` that mention nobody, in the order of the text.
    escaped: Vec<usize>,
}

/// A piece of [`Prose`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Words(&'a str),
    /// An address: a URL of any scheme, or one that begins with `www.` or `mailto:`.
    Address(&'a str),
    /// An `@` that mentions nobody.
    At,
}

impl Prose {
    /// A text that is shown as it was written.
    pub fn plain(text: &str) -> Self {
        let Guarded { text, marks } = guard(text, Syntax::Plain);
        let mut writer = Writer::default();
        writer.push(&text, &marks);
        writer.finish()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the text by value.
    pub fn into_string(self) -> String {
        self.text
    }

    /// The pieces of the text.
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        let addresses = self.addresses.iter().map(|address| (address.clone(), false));
        let escaped = self.escaped.iter().map(|at| (*at..*at + 1, true));
        let mut special: Vec<_> = addresses.chain(escaped).collect();
        special.sort_unstable_by_key(|(place, _)| place.start);
        let (mut pieces, mut end) = (Vec::new(), 0);
        for (place, is_at) in special {
            let (before, text) = (self.text.get(end..place.start), self.text.get(place.clone()));
            // An escaped `@` within an address is a part of it.
            let (Some(before), Some(text)) = (before, text) else { continue };
            pieces.extend((!before.is_empty()).then_some(Piece::Words(before)));
            pieces.push(if is_at { Piece::At } else { Piece::Address(text) });
            end = place.end;
        }
        let rest = self.text.get(end..).unwrap_or_default();
        pieces.extend((!rest.is_empty()).then_some(Piece::Words(rest)));
        pieces
    }
}

/// Removes the marks of a disguised text, and remembers what they mark.
#[derive(Debug, Default)]
pub(super) struct Writer {
    prose: Prose,
    /// The start of the address that has not ended.
    address: Option<usize>,
    /// An address has ended, and only punctuation follows until here.
    is_behind_address: bool,
}

impl Writer {
    /// Adds a piece of the source.
    pub(super) fn push(&mut self, source: &str, marks: &Marks) {
        for character in source.chars() {
            match marks.meaning(character) {
                Some(Mark::Start) => self.address = Some(self.prose.text.len()),
                Some(Mark::End) => self.end_address(),
                Some(Mark::Escaped) => self.prose.escaped.push(self.prose.text.len().saturating_sub(1)),
                Some(Mark::Literal(character)) => self.prose.text.push(character),
                None => self.push_character(character),
            }
        }
    }

    /// Adds what a character reference stands for. Its `@` mentions nobody, and it cannot be a mark.
    pub(super) fn push_decoded(&mut self, text: &str) {
        for character in text.chars() {
            if role(character) == Role::Foreign {
                self.end_address();
            }
            self.is_behind_address = false;
            if character == '@' {
                self.prose.escaped.push(self.prose.text.len());
            }
            self.prose.text.push(character);
        }
    }

    /// The text so far, if there is any.
    pub(super) fn finish(&mut self) -> Prose {
        self.end_address();
        std::mem::take(self).prose
    }

    pub(super) fn is_empty(&self) -> bool {
        self.prose.text.is_empty()
    }

    fn push_character(&mut self, character: char) {
        self.prose.text.push(character);
        if !self.is_behind_address {
            return;
        }
        match character {
            // It ended no emphasis, so it belongs to the address, and so does the punctuation before.
            '*' | '_' | '~' => {
                if let Some(address) = self.prose.addresses.last_mut() {
                    address.end = self.prose.text.len();
                }
            }
            _ => self.is_behind_address = role(character) == Role::Joint,
        }
    }

    /// Ends the address before the punctuation that it may end with because of character references in it.
    fn end_address(&mut self) {
        let Some(start) = self.address.take() else { return };
        let text = self.prose.text.get(start..).unwrap_or_default();
        let is_behind = |character: char| {
            let role = role(character);
            matches!(role, Role::Joint | Role::Opening(_)) && !matches!(character, '*' | '_' | '~')
        };
        let end = start + text.trim_end_matches(is_behind).len();
        if end > start {
            self.is_behind_address = end == self.prose.text.len();
            self.prose.addresses.push(start..end);
        }
    }
}
