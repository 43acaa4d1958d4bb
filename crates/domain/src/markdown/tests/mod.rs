mod addresses;
mod bounds;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::{Markdown, Part, Piece};

/// The text of the parts, with addresses in `⟨⟩`, emphasis in `<>`, and code in backticks.
fn read(source: &str) -> String {
    let markdown = Markdown::new(source);
    let mut text = String::new();
    for part in markdown.parts() {
        match part {
            Part::Prose(prose) => text.extend(prose.pieces().into_iter().map(|piece| match piece {
                Piece::Words(words) => words.to_owned(),
                Piece::Address(address) => format!("⟨{address}⟩"),
                Piece::At => "@".to_owned(),
            })),
            Part::Caption(caption) => text.push_str(&caption),
            Part::Markup(Event::Text(code) | Event::Code(code)) => text.extend(["`", &code, "`"]),
            Part::Markup(Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)) => text.push('<'),
            Part::Markup(Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough)) => text.push('>'),
            Part::Markup(Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })) => {
                text.extend(["[", &dest_url, "]"]);
            }
            Part::Markup(Event::SoftBreak | Event::HardBreak) => text.push('\n'),
            Part::Markup(_) => {}
        }
    }
    text
}
