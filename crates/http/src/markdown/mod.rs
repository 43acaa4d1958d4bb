//! Renders Markdown as HTML that is safe to display, whoever wrote it.
//!
//! The dialect is CommonMark with tables and strikethrough; every line break is kept. Only safe parser events
//! become HTML, and a sanitizer filters the result again: either step would be enough on its own.

mod events;
mod sanitizer;

use chit_chat_domain::markdown::Markdown;
use events::{literal, safe_events};
use pulldown_cmark::Event;
use pulldown_cmark::html::push_html;
use sanitizer::SANITIZER;

/// The maximum size of the HTML, in bytes for each character of the source; that of ordinary messages is far shorter.
const MAX_GROWTH: usize = 8;
/// The size up to which HTML is never too large.
const SMALL: usize = 32_000;
/// The maximum number of table cells. The parser pads rows, so a short text could produce 250,000 cells.
const MAX_CELLS: usize = 10_000;

/// The HTML of a message's body. Text whose HTML would be too large or show nothing is shown unrendered.
pub(crate) fn html(source: &str) -> String {
    formatted(source).unwrap_or_else(|| render(literal(source)))
}

fn formatted(source: &str) -> Option<String> {
    if max_cells(source) > MAX_CELLS {
        return None;
    }
    let html = render(safe_events(&Markdown::new(source))?);
    (html.len() <= longest(source)).then_some(html)
}

/// The maximum size of the HTML of this text, in bytes.
fn longest(source: &str) -> usize {
    SMALL.max(MAX_GROWTH * source.chars().count())
}

/// An upper bound on the number of table cells in this text.
fn max_cells(source: &str) -> usize {
    let columns = source.lines().map(|line| line.matches('|').count() + 1).max().unwrap_or_default();
    source.lines().count().saturating_mul(columns)
}

fn render(events: Vec<Event<'_>>) -> String {
    let mut html = String::new();
    push_html(&mut html, events.into_iter());
    SANITIZER.clean(&html).to_string()
}

#[cfg(test)]
mod tests;
