//! Bounds the size of a page of messages, because 200 long ones would take megabytes for every reader at once.

use std::collections::VecDeque;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::message::{History, Message, MessageBody, PageRange};
use chit_chat_domain::page::Page;

/// The maximum size of the messages of a page, approximately, as JSON.
const MAX_BYTES: usize = 1024 * 1024;
/// The same for a page with HTML, which can be several times as long as its source.
const MAX_BYTES_AS_HTML: usize = 256 * 1024;
/// The size of a message apart from its text.
const OVERHEAD: usize = 512;
/// The number of bytes that JSON adds to a control character.
const ESCAPE: usize = 5;

/// The part of a page to keep if it is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    First,
    Last,
    /// The messages next to this seq.
    Around(Seq),
}

/// Shortens a page to what a response may hold, at least one message; the cursors lead to the rest.
pub(crate) fn bounded(history: History, range: PageRange, with_html: bool) -> History {
    let keep = match range {
        PageRange::Latest | PageRange::Before(_) => Keep::Last,
        PageRange::After(_) => Keep::First,
        PageRange::Around(seq) => Keep::Around(seq),
    };
    let Page { items, more } = history.page;
    let (items, dropped) = shortened(items, keep, with_html);
    let (more, earlier) = match keep {
        Keep::First => (more || dropped.last, history.earlier),
        Keep::Last => (more || dropped.first, history.earlier),
        Keep::Around(_) => (more || dropped.last, history.earlier || dropped.first),
    };
    History { page: Page { items, more }, earlier, ..history }
}

/// Shortens a page of a list that is read from its start.
pub(crate) fn bounded_list(page: Page<Message>, with_html: bool) -> Page<Message> {
    bounded_by(page, with_html, |message| message.body.as_ref())
}

/// Shortens a page of entries that contain a message's text, likewise.
pub(crate) fn bounded_by<T>(page: Page<T>, with_html: bool, text: impl Fn(&T) -> Option<&MessageBody>) -> Page<T> {
    let Page { mut items, more } = page;
    let (count, mut left) = (items.len(), most(with_html));
    let fits = |item: &&T| {
        let size = size(text(item));
        let fits = size <= left;
        left = left.saturating_sub(size);
        fits
    };
    let fitting = items.iter().take_while(fits).count();
    items.truncate(fitting.max(1));
    Page { more: more || items.len() < count, items }
}

/// The ends from which messages were dropped.
#[derive(Default)]
struct Dropped {
    first: bool,
    last: bool,
}

fn shortened(items: Vec<Message>, keep: Keep, with_html: bool) -> (Vec<Message>, Dropped) {
    let most = most(with_html);
    let size_of = |message: &Message| size(message.body.as_ref());
    let mut size: usize = items.iter().map(size_of).sum();
    let mut all_dropped = Dropped::default();
    if size <= most {
        return (items, all_dropped);
    }
    let mut items = VecDeque::from(items);
    while size > most && items.len() > 1 {
        let drops_first = match keep {
            Keep::First => false,
            Keep::Last => true,
            Keep::Around(seq) => is_farther(items.front(), items.back(), seq),
        };
        let dropped = if drops_first { items.pop_front() } else { items.pop_back() };
        *if drops_first { &mut all_dropped.first } else { &mut all_dropped.last } = true;
        size -= dropped.as_ref().map_or(0, size_of);
    }
    (items.into(), all_dropped)
}

fn is_farther(first: Option<&Message>, last: Option<&Message>, seq: Seq) -> bool {
    let distance = |message: Option<&Message>| message.map_or(0, |message| message.seq.abs_diff(seq));
    distance(first) > distance(last)
}

fn most(with_html: bool) -> usize {
    if with_html { MAX_BYTES_AS_HTML } else { MAX_BYTES }
}

/// The approximate size of an entry with this text, as JSON.
fn size(text: Option<&MessageBody>) -> usize {
    let escaped = |text: &str| text.len() + ESCAPE * text.bytes().filter(u8::is_ascii_control).count();
    OVERHEAD + text.map_or(0, |body| escaped(body.as_str()))
}

#[cfg(test)]
mod tests {
    use chit_chat_domain::testing::message;

    use super::*;

    fn page(count: i64, length: usize) -> Page<Message> {
        let long = |seq| message().with_seq(seq).with_body(&"x".repeat(length)).build();
        Page { items: (1..=count).map(long).collect(), more: false }
    }

    fn history(page: Page<Message>) -> History {
        History { page, earlier: false, head: Some(200) }
    }

    fn seqs(range: PageRange, with_html: bool) -> (Seq, Seq, bool) {
        let History { page, earlier, .. } = bounded(history(page(200, 4_000)), range, with_html);
        let (first, last) = (page.items.first().unwrap().seq, page.items.last().unwrap().seq);
        assert_eq!(earlier, matches!(range, PageRange::Around(_)) && first > 1);
        (first, last, page.more)
    }

    #[test]
    fn short_page_is_kept() {
        let whole = history(page(200, 100));
        assert_eq!(bounded(whole.clone(), PageRange::Latest, true), whole);
    }

    #[test]
    fn long_page_keeps_the_end_that_was_asked_for() {
        assert_eq!(seqs(PageRange::Latest, false), (1, 200, false));
        assert_eq!(seqs(PageRange::Latest, true), (143, 200, true));
        assert_eq!(seqs(PageRange::Before(201), true), (143, 200, true));
        assert_eq!(seqs(PageRange::After(0), true), (1, 58, true));
        assert_eq!(seqs(PageRange::Around(100), true), (71, 128, true));
        assert_eq!(seqs(PageRange::Around(200), true), (143, 200, false));
        assert_eq!(seqs(PageRange::Around(1), true), (1, 58, true));
    }

    #[test]
    fn control_characters_count_as_escaped() {
        let page = Page { items: vec![message().with_body(&"\u{1}".repeat(4_000)).build(); 200], more: false };
        assert_eq!(bounded_list(page, false).items.len(), MAX_BYTES / (OVERHEAD + 24_000));
    }
}
