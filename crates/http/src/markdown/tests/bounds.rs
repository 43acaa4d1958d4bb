//! Bounds on the time and space that texts take which are expensive to parse.

use std::thread;
use std::time::{Duration, Instant};

use crate::markdown::{html, longest};

/// The time limit, generous for loaded machines and unoptimised builds.
const A_MOMENT: Duration = Duration::from_secs(5);
/// The stack size in bytes: a quarter of that of the threads that handle requests.
const STACK: usize = 512 * 1024;

/// The default limit of messages. The sanitizer's time for many `&` grows with the square of the length, which only
/// matters to longer texts in unoptimised builds.
const LENGTH: usize = 10_000;

/// Repeats the text up to the maximum length of a message.
fn full(text: &str) -> String {
    text.chars().cycle().take(LENGTH).collect()
}

/// Repeats `open`, then `close` equally often, up to the maximum length of a message.
fn balanced(open: &str, close: &str) -> String {
    let times = LENGTH / (open.chars().count() + close.chars().count());
    open.repeat(times) + &close.repeat(times)
}

/// Repeats `first` once more before each `second`.
fn growing(first: &str, second: &str) -> String {
    (0..88).fold(String::new(), |text, length| text + &first.repeat(length) + second)
}

fn padded_table(columns: usize) -> String {
    full(&format!("{}\n{}\n{}", "a|".repeat(columns), "-|".repeat(columns), "a\n".repeat(LENGTH)))
}

/// Parts that are expensive when repeated.
#[rustfmt::skip]
const AGAIN: &[&str] = &[
    ">", "> ", "- ", "1. ", "* ", "+\t", "#", "# ", "[", "]", "![", "[]", "[](", "[a](", "[a]: b\n",
    "[a]\n", "](", "(", "*", "*a", "**a ", "*a **a ", "_a __a ", "***", "*a_ ", "_", "~", "~~a ", "~a", "`",
    "` ", "``a` ", "\\", "\\`", "<", "<a ", "<a>", "<!--", "<!-- a --", "<?", "<!A", "<![CDATA[", "<a b=\"",
    "<https://", "a@", "&", "&amp;", "&#", "|", "|-", "|a|\n|-|\n", "|-|\n", "a\n", "a\n\n", "-\n", ">\n",
    "```\n", "~~~\n", "    ", "\t", "\t-", "---\n", "===\n", "a\n===\n", "\u{1f469}", "\u{1f469}\n",
    "\u{301}", "e\u{301}*", "\u{202e}", "\r", "\r\n", "<p>\n", "<p>\n\n",
];

fn hard() -> Vec<String> {
    let mut texts: Vec<String> = AGAIN.iter().map(|text| full(text)).collect();
    texts.extend([
        balanced("*a ", "a*"),
        balanced("**a ", "a**"),
        balanced("~~a ", "a~~"),
        balanced("[a", "](https://b)"),
        balanced("![a", "](https://b)"),
        balanced("[a](", ")"),
        balanced("<b>", "</b>"),
        balanced("> - ", ""),
        growing(" ", "- a\n"),
        growing("`", " "),
        growing(">", "a\n"),
        full(&format!("[a]: https://{}\n\n{}", "b".repeat(2_000), "[a]".repeat(1_000))),
        full(&format!("[{}]", "a".repeat(2_000))),
    ]);
    texts.extend([2, 5, 20, 60, 250, 500, 900].map(padded_table));
    texts
}

#[test]
fn expensive_markdown_is_rendered_within_bounds() {
    let read = || {
        for text in hard() {
            let (started, name) = (Instant::now(), text.chars().take(12).collect::<String>());
            let html = html(&text);
            assert!(started.elapsed() < A_MOMENT, "{name:?} took {:?}", started.elapsed());
            assert!(html.len() <= longest(&text), "{name:?} has {} bytes", html.len());
        }
    };
    thread::Builder::new().stack_size(STACK).spawn(read).unwrap().join().unwrap();
}

#[test]
fn excessive_markdown_is_shown_as_source() {
    let deep = format!("{}*a*\n> b", "> ".repeat(40));
    assert_eq!(html(&deep), format!("<p>{}*a*<br>\n&gt; b</p>\n", "&gt; ".repeat(40)));
    let table = padded_table(250);
    assert!(html(&table).starts_with("<p>a|a|a|"));
    assert!(!html(&table).contains("<td>"));
    let links = full("[a]\n\n[a]: https://b\n\n");
    assert!(html(&links).contains("<a "));
    let links = format!("[a]: https://{}\n\n{}", "b".repeat(900), "[a]".repeat(1_000));
    assert!(!html(&links).contains("<a "));
    assert!(html(&links).ends_with("[a]</p>\n"));
}

#[test]
fn ordinary_nesting_is_rendered() {
    let quotation = format!("{}a", "> ".repeat(20));
    assert_eq!(html(&quotation).matches("<blockquote>").count(), 20);
    let list = growing("  ", "- a\n").lines().take(12).collect::<Vec<_>>().join("\n");
    assert_eq!(html(&list).matches("<ul>").count(), 12);
    let table = format!("|a|b|c|d|e|\n|-|-|-|-|-|\n{}", "|1|2|3|4|5|\n".repeat(250));
    assert_eq!(html(&table).matches("<td>").count(), 1_250);
}
