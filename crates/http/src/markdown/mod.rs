//! Markdown as HTML that can be shown to everybody, whoever wrote it.
//!
//! CommonMark with tables and strikethrough; every line break is shown. Only harmless events of the parser become HTML,
//! and that HTML passes a sanitizer that trusts nothing: either would do alone.

mod events;
mod sanitizer;

use chit_chat_domain::message::MessageBody;
use events::{as_written, harmless};
use pulldown_cmark::html::push_html;
use pulldown_cmark::{Event, Options, Parser};
use sanitizer::SANITIZER;

const FEATURES: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);
/// In bytes. What people write for each other stays far below.
const LONGEST: usize = 8 * MessageBody::LONGEST;
/// The parser fills up the rows of tables, so that a short text could have a quarter of a million cells.
const MOST_CELLS: usize = 10_000;

/// The HTML of a message's body. What would grow without measure, or show nothing, is shown as it was written.
pub(crate) fn html(source: &str) -> String {
    formatted(source).unwrap_or_else(|| written(as_written(source)))
}

fn formatted(source: &str) -> Option<String> {
    if most_cells(source) > MOST_CELLS {
        return None;
    }
    let html = written(harmless(Parser::new_ext(source, FEATURES))?);
    (1..=LONGEST).contains(&html.len()).then_some(html)
}

/// So many cells a table in this text has at most.
fn most_cells(source: &str) -> usize {
    let columns = source.lines().map(|line| line.matches('|').count() + 1).max().unwrap_or_default();
    source.lines().count().saturating_mul(columns)
}

fn written(events: Vec<Event<'_>>) -> String {
    let mut html = String::new();
    push_html(&mut html, events.into_iter());
    SANITIZER.clean(&html).to_string()
}

#[cfg(test)]
mod tests;
