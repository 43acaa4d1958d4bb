//! Turns the events of the parser into parts.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Parser, Tag, TagEnd};

use super::Part;
use super::guard::Guarded;
use super::prose::{Prose, Writer};
use crate::message::MessageBody;

/// Reads a text.
pub(super) fn read<'a>(guarded: &'a Guarded<'_>) -> Vec<Part<'a>> {
    let mut reader = Reader {
        guarded,
        parts: Vec::new(),
        text: Writer::default(),
        html: String::new(),
        open: Vec::new(),
        code: 0,
        links: 0,
    };
    for (event, place) in Parser::new_ext(&guarded.text, MessageBody::MARKDOWN).into_offset_iter() {
        match event {
            Event::Text(text) => reader.text(text, place),
            event => {
                reader.flush();
                reader.take(event);
            }
        }
    }
    reader.flush();
    reader.parts
}

/// An open tag that matters.
#[derive(Debug)]
enum Open {
    Code,
    /// A link that leads somewhere, with the number of parts before its caption, and its target.
    Link(usize, String),
    Other,
}

struct Reader<'a, 'b> {
    guarded: &'a Guarded<'b>,
    parts: Vec<Part<'a>>,
    /// The text since the last other event.
    text: Writer,
    /// The text of the open HTML block.
    html: String,
    open: Vec<Open>,
    /// The numbers of open tags that are code and that are links. Nesting may be as deep as the text is long.
    code: usize,
    links: usize,
}

impl<'a> Reader<'a, '_> {
    fn text(&mut self, text: CowStr<'a>, place: Range<usize>) {
        if self.code > 0 {
            let text = self.unmarked(text);
            self.parts.push(Part::Markup(Event::Text(text)));
            return;
        }
        let written = self.guarded.text.get(place).unwrap_or_default();
        if written.starts_with('&') && written != &*text {
            self.text.push_decoded(&text);
        } else {
            self.text.push(&text, &self.guarded.marks);
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let prose = self.text.finish();
            self.push(prose);
        }
    }

    fn push(&mut self, prose: Prose) {
        self.parts.push(if self.links > 0 {
            Part::Caption(prose.into_string().into())
        } else {
            Part::Prose(prose)
        });
    }

    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Html(html) => self.html.push_str(&self.guarded.marks.remove_from(&html)),
            // No Markdown is read in HTML, and none of it is HTML to the reader: it is text as it was written.
            Event::InlineHtml(html) => self.push(Prose::plain(&self.guarded.marks.remove_from(&html))),
            Event::Code(code) => {
                let code = self.unmarked(code);
                self.parts.push(Part::Markup(Event::Code(code)));
            }
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            event => self.parts.push(Part::Markup(event)),
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        let tag = self.unmarked_tag(tag);
        let open = match &tag {
            Tag::CodeBlock(_) => Open::Code,
            Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }
                if leads_somewhere(*link_type, dest_url) =>
            {
                Open::Link(self.parts.len() + 1, dest_url.to_string())
            }
            _ => Open::Other,
        };
        match open {
            Open::Code => self.code += 1,
            Open::Link(..) => self.links += 1,
            Open::Other => {}
        }
        self.open.push(open);
        self.parts.push(Part::Markup(Event::Start(tag)));
    }

    fn end(&mut self, end: TagEnd) {
        if end == TagEnd::HtmlBlock {
            let html = std::mem::take(&mut self.html);
            self.push(Prose::plain(html.strip_suffix('\n').unwrap_or(&html)));
        }
        match self.open.pop() {
            Some(Open::Code) => self.code = self.code.saturating_sub(1),
            Some(Open::Link(start, target)) => {
                self.links = self.links.saturating_sub(1);
                if self.parts.len() == start {
                    // A link without text shows its target.
                    self.parts.push(Part::Caption(target.into()));
                }
            }
            Some(Open::Other) | None => {}
        }
        self.parts.push(Part::Markup(Event::End(end)));
    }

    fn unmarked(&self, text: CowStr<'a>) -> CowStr<'a> {
        let is_marked = text.chars().any(|character| self.guarded.marks.meaning(character).is_some());
        if is_marked { self.guarded.marks.remove_from(&text).into() } else { text }
    }

    fn unmarked_tag(&self, tag: Tag<'a>) -> Tag<'a> {
        match tag {
            Tag::Link { link_type, dest_url, title, id } => {
                let (dest_url, title) = (self.unmarked(dest_url), self.unmarked(title));
                Tag::Link { link_type, dest_url, title, id: self.unmarked(id) }
            }
            Tag::Image { link_type, dest_url, title, id } => {
                let (dest_url, title) = (self.unmarked(dest_url), self.unmarked(title));
                Tag::Image { link_type, dest_url, title, id: self.unmarked(id) }
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                Tag::CodeBlock(CodeBlockKind::Fenced(self.unmarked(info)))
            }
            tag => tag,
        }
    }
}

/// Returns whether a link may be one. Of others only the text is shown, as if there were no link.
fn leads_somewhere(link_type: LinkType, target: &str) -> bool {
    let scheme = target.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    link_type == LinkType::Email || matches!(scheme.as_deref(), Some("http" | "https" | "mailto"))
}
