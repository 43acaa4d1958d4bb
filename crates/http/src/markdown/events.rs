//! Filters the parser's events.

use std::mem::take;

use chit_chat_domain::text::shows_anything;
use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{CowStr, Event, LinkType, Parser, Tag, TagEnd, TextMergeStream};

use super::sanitizer::may_be_target;

/// The maximum nesting. Browsers also have a limit and behave unpredictably beyond it.
const MAX_DEPTH: usize = 32;

/// The events that are safe to render. `None` if they are nested too deeply or would show nothing.
pub(super) fn safe_events(parser: Parser<'_>) -> Option<Vec<Event<'_>>> {
    let mut document = Document::default();
    for event in TextMergeStream::new(parser) {
        document.take(event)?;
    }
    document.events.iter().any(shows).then_some(document.events)
}

fn shows(event: &Event<'_>) -> bool {
    match event {
        Event::Text(text) | Event::Code(text) => shows_anything(text),
        Event::Rule => true,
        _ => false,
    }
}

/// A single paragraph with the unchanged source, line by line.
pub(super) fn literal(source: &str) -> Vec<Event<'static>> {
    let mut document = Document { events: vec![Event::Start(Tag::Paragraph)], ..Document::default() };
    document.lines(source);
    document.events.push(Event::End(TagEnd::Paragraph));
    document.events
}

#[derive(Default)]
struct Document<'a> {
    events: Vec<Event<'a>>,
    /// The end of each open tag; `None` if the tag is dropped.
    open: Vec<Option<TagEnd>>,
    /// The content of the open HTML block.
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
            Event::Text(text) if !self.is_within_link_or_code() => self.autolink(&text),
            Event::Text(_) | Event::Code(_) | Event::HardBreak | Event::Rule => self.events.push(event),
            // These belong to features that are off.
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
        Some(())
    }

    fn start(&mut self, tag: Tag<'a>) -> Option<()> {
        if self.open.len() == MAX_DEPTH {
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
            // A link without text shows its target.
            self.events.push(Event::Text(dest_url.clone()));
        }
        self.events.push(Event::End(end));
    }

    fn replaced(&self, tag: Tag<'a>) -> Option<Tag<'a>> {
        match tag {
            Tag::HtmlBlock => Some(Tag::Paragraph),
            // Becomes a link: loading an image would reveal to its host who reads the message, and when.
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
            // These belong to features that are off.
            _ => None,
        }
    }

    /// Keeps only the text of a link inside another link, or with an unsafe target.
    fn link(
        &self,
        link_type: LinkType,
        dest_url: CowStr<'a>,
        title: CowStr<'a>,
        id: CowStr<'a>,
    ) -> Option<Tag<'a>> {
        let leads_somewhere = link_type == LinkType::Email || may_be_target(&dest_url);
        let is_within = self.open.contains(&Some(TagEnd::Link));
        (leads_somewhere && !is_within).then_some(Tag::Link { link_type, dest_url, title, id })
    }

    fn is_within_link_or_code(&self) -> bool {
        self.open.iter().flatten().any(|end| matches!(end, TagEnd::Link | TagEnd::CodeBlock))
    }

    /// Text in which URLs become links, because people paste them without markup.
    fn autolink(&mut self, text: &str) {
        let mut finder = LinkFinder::new();
        for span in finder.kinds(&[LinkKind::Url]).spans(text) {
            let words = Event::Text(span.as_str().to_owned().into());
            if span.kind().is_none() || !may_be_target(span.as_str()) {
                self.events.push(words);
                continue;
            }
            let (dest_url, nothing) = (span.as_str().to_owned().into(), CowStr::Borrowed(""));
            let link = Tag::Link { link_type: LinkType::Autolink, dest_url, title: nothing.clone(), id: nothing };
            self.events.extend([Event::Start(link), words, Event::End(TagEnd::Link)]);
        }
    }

    /// Plain text with its line breaks.
    fn lines(&mut self, text: &str) {
        for (number, line) in text.lines().enumerate() {
            if number > 0 {
                self.events.push(Event::HardBreak);
            }
            self.events.push(Event::Text(line.to_owned().into()));
        }
    }
}
