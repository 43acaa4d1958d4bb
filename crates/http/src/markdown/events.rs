//! What the parser found, without what must not be shown.

use std::mem::take;

use pulldown_cmark::{CowStr, Event, LinkType, Parser, Tag, TagEnd};

use super::sanitizer::leads_somewhere;

/// Browsers have a limit too, and what they do beyond it is anybody's guess.
const DEEPEST: usize = 32;

/// The events that are harmless; `None` if they nest too deep.
pub(super) fn harmless(parser: Parser<'_>) -> Option<Vec<Event<'_>>> {
    let mut document = Document::default();
    for event in parser {
        document.take(event)?;
    }
    Some(document.events)
}

/// One paragraph with everything in it, line by line.
pub(super) fn as_written(source: &str) -> Vec<Event<'static>> {
    let mut document = Document { events: vec![Event::Start(Tag::Paragraph)], ..Document::default() };
    document.lines(source);
    document.events.push(Event::End(TagEnd::Paragraph));
    document.events
}

#[derive(Default)]
struct Document<'a> {
    events: Vec<Event<'a>>,
    /// How each open tag ends, if it is there at all.
    open: Vec<Option<TagEnd>>,
    /// Of the block of HTML that is open.
    raw: String,
}

impl<'a> Document<'a> {
    fn take(&mut self, event: Event<'a>) -> Option<()> {
        match event {
            Event::Start(tag) => self.start(tag)?,
            Event::End(_) => self.end(),
            Event::Html(html) => self.raw.push_str(&html),
            Event::InlineHtml(html) => self.lines(&html),
            Event::SoftBreak => self.events.push(Event::HardBreak),
            Event::Text(_) | Event::Code(_) | Event::HardBreak | Event::Rule => self.events.push(event),
            // Of features that are off.
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
        Some(())
    }

    fn start(&mut self, tag: Tag<'a>) -> Option<()> {
        if self.open.len() == DEEPEST {
            return None;
        }
        let tag = self.replaced(tag);
        self.open.push(tag.as_ref().map(Tag::to_end));
        self.events.extend(tag.map(Event::Start));
        Some(())
    }

    fn end(&mut self) {
        let Some(Some(end)) = self.open.pop() else {
            return;
        };
        let raw = take(&mut self.raw);
        self.lines(&raw);
        if let Some(Event::Start(Tag::Link { dest_url, .. })) = self.events.last() {
            // A link without words shows where it leads.
            self.events.push(Event::Text(dest_url.clone()));
        }
        self.events.push(Event::End(end));
    }

    fn replaced(&self, tag: Tag<'a>) -> Option<Tag<'a>> {
        match tag {
            Tag::HtmlBlock => Some(Tag::Paragraph),
            // An image would tell its owner who reads the message, and when.
            Tag::Link { link_type, dest_url, title, id } | Tag::Image { link_type, dest_url, title, id } => {
                self.link(link_type, dest_url, title, id)
            }
            Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::BlockQuote(_)
            | Tag::CodeBlock(_)
            | Tag::List(_)
            | Tag::Item
            | Tag::Table(_)
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough => Some(tag),
            // Of features that are off.
            _ => None,
        }
    }

    /// Within another link, or if it leads nowhere, only its words stay.
    fn link(
        &self,
        link_type: LinkType,
        dest_url: CowStr<'a>,
        title: CowStr<'a>,
        id: CowStr<'a>,
    ) -> Option<Tag<'a>> {
        let leads = link_type == LinkType::Email || leads_somewhere(&dest_url);
        let is_within = self.open.contains(&Some(TagEnd::Link));
        (leads && !is_within).then_some(Tag::Link { link_type, dest_url, title, id })
    }

    /// Text that is no Markdown, with its line breaks.
    fn lines(&mut self, text: &str) {
        for (number, line) in text.lines().enumerate() {
            if number > 0 {
                self.events.push(Event::HardBreak);
            }
            self.events.push(Event::Text(line.to_owned().into()));
        }
    }
}
