//! The end of a pasted address.

use icu_properties::CodePointMapData;
use icu_properties::CodePointSetData;
use icu_properties::props::{GeneralCategory, IdContinue};

use super::step;

/// The ends of an address, as offsets into its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    /// The end without the punctuation behind the address.
    pub core: usize,
    /// The end with it. Among it may be `*`, `_` and `~`, which are punctuation only if they end emphasis.
    pub all: usize,
}

/// The part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Host,
    Path,
}

/// The surroundings of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Context {
    /// The address is in single quotes.
    pub is_quoted: bool,
    /// A backslash escapes the punctuation behind it, as editors write it.
    pub has_escapes: bool,
}

/// The role of a character in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Part of the address.
    Inner,
    /// Part of the address if more of it follows.
    Joint,
    /// A bracket, by its kind.
    Opening(usize),
    /// Part of the address if it closes a bracket of the address.
    Closing(usize),
    /// Never part of an address.
    Foreign,
}

/// The ends of the address that goes on at `from` with its host or path, after its scheme. `None` if nothing of it
/// is there.
pub(super) fn ends(text: &str, from: usize, section: Section, context: Context) -> Option<Ends> {
    let mut scan =
        Scan { text, section, context, brackets: [0; 3], emphasis: [0; 3], is_in_entity: false, core: from };
    let mut place = from;
    while let Some(next) = scan.take(place) {
        place = next;
    }
    (scan.core > from).then_some(Ends { core: scan.core, all: place })
}

struct Scan<'a> {
    text: &'a str,
    section: Section,
    context: Context,
    /// The number of open brackets of each kind.
    brackets: [usize; 3],
    /// The lengths of the last runs of `*`, `_` and `~` that begin a word of the address, as in `/_foo_`.
    emphasis: [usize; 3],
    is_in_entity: bool,
    core: usize,
}

impl Scan<'_> {
    /// Takes what is at this place, and returns the next place, unless the address has ended.
    fn take(&mut self, place: usize) -> Option<usize> {
        step();
        let character = character_at(self.text, place)?;
        if character == '\\' && self.context.has_escapes {
            return self.take_escaped(place + 1);
        }
        if let Some(kind) = "*_~".find(character) {
            return Some(self.take_emphasis(place, kind, character));
        }
        let next = place + character.len_utf8();
        let role = match character {
            // Completes a character reference such as `&amp;`, which must not be cut.
            ';' if self.is_in_entity => Role::Inner,
            '\'' if self.context.is_quoted => Role::Foreign,
            _ => role_in(self.section, character),
        };
        self.is_in_entity =
            character == '&' || self.is_in_entity && (character.is_ascii_alphanumeric() || character == '#');
        if matches!(character, '/' | '?' | '#') {
            self.section = Section::Path;
        }
        self.take_as(role, next)
    }

    fn take_as(&mut self, role: Role, next: usize) -> Option<usize> {
        match role {
            Role::Inner => self.core = next,
            Role::Joint => {}
            Role::Opening(kind) => *self.brackets.get_mut(kind)? += 1,
            Role::Closing(kind) => {
                let open = self.brackets.get_mut(kind)?;
                *open = open.checked_sub(1)?;
                self.core = next;
            }
            Role::Foreign => return None,
        }
        Some(next)
    }

    /// Takes the punctuation behind a backslash, which is not what the parser would take it for otherwise.
    fn take_escaped(&mut self, place: usize) -> Option<usize> {
        let character = character_at(self.text, place).filter(char::is_ascii_punctuation)?;
        let role = if "*_~".contains(character) { Role::Inner } else { role_in(self.section, character) };
        self.take_as(role, place + 1)
    }

    /// Takes a run of `*`, `_` or `~`. At the end of an address it may end emphasis, except if it ends what a run of the
    /// address has begun.
    fn take_emphasis(&mut self, place: usize, kind: usize, character: char) -> usize {
        let rest = self.text.get(place..).unwrap_or_default();
        let length = rest.chars().take_while(|other| *other == character).inspect(|_| step()).count();
        let next = place + length;
        let is_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
        let is_behind_word = is_word(self.text.get(..place).and_then(|before| before.chars().next_back()));
        if let Some(open) = self.emphasis.get_mut(kind) {
            if is_behind_word && *open == length {
                self.core = next;
                *open = 0;
            } else if !is_behind_word && is_word(character_at(self.text, next)) {
                *open = length;
            }
        }
        next
    }
}

fn character_at(text: &str, place: usize) -> Option<char> {
    text.get(place..)?.chars().next()
}

/// A host has no quotes, commas and parentheses, so these end an address without a path.
fn role_in(section: Section, character: char) -> Role {
    match character {
        '\'' | ',' | ';' | '!' | '(' | ')' if section == Section::Host => Role::Foreign,
        _ => role(character),
    }
}

/// The role of a character in the path of an address.
pub(super) fn role(character: char) -> Role {
    match character {
        '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' | '_' | '~' => Role::Joint,
        '(' => Role::Opening(0),
        '[' => Role::Opening(1),
        '{' => Role::Opening(2),
        ')' => Role::Closing(0),
        ']' => Role::Closing(1),
        '}' => Role::Closing(2),
        '\0'..=' ' | '<' | '>' | '"' | '`' | '|' | '\\' | '\u{7f}' => Role::Foreign,
        _ if character.is_ascii() => Role::Inner,
        _ => role_of_other(character),
    }
}

/// Beyond ASCII an address has letters, marks, numbers and symbols, and what joins them within a word.
fn role_of_other(character: char) -> Role {
    use GeneralCategory as Category;
    match character {
        // Joiners within words of Persian and others, and what divides syllables in Tibetan and letters in Hebrew.
        '\u{200c}' | '\u{200d}' | '\u{f0b}' | '\u{5f3}' | '\u{5f4}' => return Role::Joint,
        // The wide forms of ASCII symbols, such as `～`, are used as punctuation.
        '\u{ff01}'..='\u{ff65}' if !CodePointSetData::new::<IdContinue>().contains(character) => {
            return Role::Foreign;
        }
        _ => {}
    }
    match CodePointMapData::<Category>::new().get(character) {
        Category::DashPunctuation => Role::Joint,
        Category::Control
        | Category::Format
        | Category::Unassigned
        | Category::PrivateUse
        | Category::Surrogate
        | Category::SpaceSeparator
        | Category::LineSeparator
        | Category::ParagraphSeparator => Role::Foreign,
        Category::OpenPunctuation
        | Category::ClosePunctuation
        | Category::InitialPunctuation
        | Category::FinalPunctuation
        | Category::OtherPunctuation
            // Such as the middle dots of Catalan and of Japanese.
            if !CodePointSetData::new::<IdContinue>().contains(character) =>
        {
            Role::Foreign
        }
        _ => Role::Inner,
    }
}

/// Returns whether the character is a mark that combines with the one before.
pub(crate) fn is_mark(character: char) -> bool {
    use GeneralCategory as Category;
    let category = CodePointMapData::<Category>::new().get(character);
    !character.is_ascii()
        && matches!(category, Category::NonspacingMark | Category::SpacingMark | Category::EnclosingMark)
}
