//! Turns the parts of a text into events that are safe to render.

use chit_chat_domain::markdown::{Markdown, Part, Piece, Prose};
use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::sanitizer::may_be_target;

/// The maximum nesting. Browsers also have a limit and behave unpredictably beyond it.
const MAX_DEPTH: usize = 32;

/// The events that are safe to render. `None` if they are nested too deeply or would show nothing.
pub(super) fn safe_events<'a>(markdown: &'a Markdown<'_>) -> Option<Vec<Event<'a>>> {
    let (mut document, mut shows) = (Document::default(), false);
    for part in markdown.parts() {
        shows |= part.shows();
        document.take(part)?;
    }
    shows.then_some(document.events)
}

/// A single paragraph with the unchanged source, line by line.
pub(super) fn literal(source: &str) -> Vec<Event<'static>> {
    let mut document = Document { events: vec![Event::Start(Tag::Paragraph)], ..Document::default() };
    document.lines(source.strip_suffix('\n').unwrap_or(source));
    document.events.push(Event::End(TagEnd::Paragraph));
    document.events
}

#[derive(Default)]
struct Document<'a> {
    events: Vec<Event<'a>>,
    /// The end of each open tag; `None` if the tag is dropped.
    open: Vec<Option<TagEnd>>,
}

impl<'a> Document<'a> {
    fn take(&mut self, part: Part<'a>) -> Option<()> {
        match part {
            Part::Markup(event) => self.markup(event)?,
            Part::Prose(prose) => self.prose(&prose),
            Part::Caption(caption) => self.lines(&caption),
        }
        Some(())
    }

    fn markup(&mut self, event: Event<'a>) -> Option<()> {
        match event {
            Event::Start(tag) => self.start(tag)?,
            Event::End(_) => self.end(),
            Event::SoftBreak => self.events.push(Event::HardBreak),
            Event::Text(_) | Event::Code(_) | Event::HardBreak | Event::Rule => self.events.push(event),
            // HTML is text. The others belong to features that are off.
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
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
        self.events.extend(self.open.pop().flatten().map(Event::End));
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

    /// Text in which URLs become links, because people paste them without markup.
    fn prose(&mut self, prose: &Prose) {
        for piece in prose.pieces() {
            match piece {
                Piece::Words(words) => self.lines(words),
                Piece::At => self.lines("@"),
                Piece::Address(address) => self.address(address),
            }
        }
    }

    fn address(&mut self, address: &str) {
        let words = Event::Text(address.to_owned().into());
        let scheme = address.split("://").next().unwrap_or_default();
        let is_of_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
        if !is_of_web || !may_be_target(address) {
            self.events.push(words);
            return;
        }
        let (dest_url, nothing) = (address.to_owned().into(), CowStr::Borrowed(""));
        let link = Tag::Link { link_type: LinkType::Autolink, dest_url, title: nothing.clone(), id: nothing };
        self.events.extend([Event::Start(link), words, Event::End(TagEnd::Link)]);
    }

    /// Plain text with its line breaks.
    fn lines(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.events.push(Event::HardBreak);
            }
            let line = line.strip_suffix('\r').unwrap_or(line);
            self.events.push(Event::Text(line.to_owned().into()));
        }
    }
}
