//! Reads the Markdown of a message: what is text in it, and which addresses stand there.
//!
//! The parser would take `_`, `*` and `~` in a pasted address or in a username for emphasis. So these are found first
//! and disguised (`guard`), and the events of the parser are then turned into [`Part`]s without the disguise.
//! Rendering and mentions read the same parts, so they agree on what is an address and what is code.

mod address;
mod guard;
mod prose;
mod reader;
mod steps;

use pulldown_cmark::{CowStr, Event};

pub(crate) use address::is_mark;
pub use prose::{Piece, Prose};
pub(crate) use steps::step;
#[cfg(test)]
pub(crate) use steps::steps_of;

use crate::text::shows_anything;
use guard::{Guarded, Syntax, guard};

/// A Markdown text.
pub struct Markdown<'a>(Guarded<'a>);

/// A part of a Markdown text, in the order of the text.
#[derive(Debug)]
pub enum Part<'a> {
    /// An event of the parser, among them all code.
    Markup(Event<'a>),
    /// Text and HTML outside code and links. It may span lines.
    Prose(Prose),
    /// Text within a link, in which nobody is mentioned and no address is a link of its own. It may span lines.
    Caption(CowStr<'a>),
}

impl<'a> Markdown<'a> {
    /// Finds the addresses and names in a text.
    pub fn new(source: &'a str) -> Self {
        Self(guard(source, Syntax::Markdown))
    }

    /// Parses the text.
    pub fn parts(&self) -> Vec<Part<'_>> {
        reader::read(&self.0)
    }
}

impl Part<'_> {
    /// Returns whether a reader sees anything of this part. A text of which none shows is displayed as its source.
    pub fn shows(&self) -> bool {
        match self {
            Self::Prose(prose) => shows_anything(prose.as_str()),
            Self::Caption(text) | Self::Markup(Event::Text(text) | Event::Code(text)) => shows_anything(text),
            Self::Markup(Event::Rule) => true,
            Self::Markup(_) => false,
        }
    }
}

#[cfg(test)]
mod tests;
