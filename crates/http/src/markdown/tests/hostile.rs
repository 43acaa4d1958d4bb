//! Known attacks, and combinations of their parts.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use pulldown_cmark::html::push_html;
use pulldown_cmark::{Options, Parser};

use super::browser::faults;
use crate::markdown::{SANITIZER, html};

const NONE: Vec<String> = Vec::new();

/// Links whose target the sanitizer has removed.
fn links_to_nowhere(html: &str) -> Vec<&str> {
    html.split("<a ")
        .skip(1)
        .filter(|link| !link.split('>').next().is_some_and(|tag| tag.contains("href=")))
        .collect()
}

/// Known attacks by name.
fn known() -> BTreeMap<String, String> {
    serde_json::from_str(include_str!("xss.json")).unwrap()
}

/// Renders without any protection.
fn careless(source: &str) -> String {
    let mut html = String::new();
    push_html(&mut html, Parser::new_ext(source, Options::all()));
    html
}

#[test]
fn known_attacks_are_harmless() {
    for (what, source) in known() {
        let html = html(&source);
        assert_eq!(faults(&html), NONE, "{what}: {source} became {html}");
        assert_eq!(links_to_nowhere(&html), [""; 0], "{what}: {source}");
    }
}

#[test]
fn known_attacks_succeed_without_protection() {
    let attacks = known();
    let succeeding = attacks.values().filter(|source| !faults(&careless(source)).is_empty()).count();
    assert!(attacks.len() >= 200, "{}", attacks.len());
    assert!(succeeding >= 180, "{succeeding}");
}

/// None of these is an element, so all of them stay visible.
#[test]
fn html_is_shown_as_text() {
    assert_eq!(html("<script>alert(1)</script>"), "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n");
    assert_eq!(html("a <b onclick=x>b</b>"), "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n");
    assert_eq!(html("<!-- a\nb -->"), "<p>&lt;!-- a<br>\nb --&gt;</p>\n");
    assert_eq!(html("<div>\n\n*a*\n\n</div>"), "<p>&lt;div&gt;</p>\n<p><em>a</em></p>\n<p>&lt;/div&gt;</p>\n");
}

/// Tests the sanitizer alone, which has nothing to remove while the first step works.
#[test]
fn sanitizer_alone_stops_known_attacks() {
    for (what, source) in known() {
        for html in [&careless(&source), &source] {
            let html = SANITIZER.clean(html).to_string();
            assert_eq!(faults(&html), NONE, "{what}: {source} became {html}");
        }
    }
}

/// The parts of attacks.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "<!", "\"", "'", "`", "```", "~~~", "=", " ", "\n",
    "\n\n", "\t", "\r", "\0", "&", ";", "&#106;", "&#x6a;", "&lt;", "&gt;", "&quot;", "&Tab;", "&NewLine;", "&colon;", "(",
    ")", "[", "]", "![", "](", "[x]:", "[x]", "\\", "*", "**", "_", "~~", "#", "> ", "- ", "1. ", "    ", "|", "|-|\n",
    "a|b\n-|-\n", "script", "style", "svg", "math", "mtext", "mglyph", "title", "textarea", "noscript", "template", "iframe",
    "img", "form", "table", "select", "p", "a", "br", "body", "base", "meta", " href=", " src=", " srcdoc=", " onerror=",
    " onload=", " style=", " class=", " id=", " action=", "javascript:", "vbscript:", "data:text/html,", "JaVaScRiPt:",
    "https://", "http:", "mailto:", "//", "x", "alert(1)", "@x.org", "\u{1}", "\u{feff}", "\u{202e}", "\u{200b}",
    "\u{ad}", "\u{2028}", "\u{fffd}", "\u{10ffff}",
];

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![8 => select(PIECES).prop_map(str::to_owned), 1 => "\\PC{1,3}"]
}

proptest! {
    #[test]
    fn combined_attacks_are_harmless(pieces in vec(piece(), 1..40)) {
        let source = pieces.concat();
        let html = html(&source);
        prop_assert_eq!(faults(&html), NONE, "{:?} became {}", source, html);
        prop_assert_eq!(links_to_nowhere(&html), [""; 0], "{:?}", source);
    }

    #[test]
    fn sanitizer_alone_stops_combined_attacks(pieces in vec(piece(), 1..40)) {
        let source = pieces.concat();
        let html = SANITIZER.clean(&careless(&source)).to_string();
        prop_assert_eq!(faults(&html), NONE, "{:?} became {}", source, html);
    }

    #[test]
    fn random_text_is_harmless(source in "(?s).{0,200}") {
        let html = html(&source);
        prop_assert_eq!(faults(&html), NONE, "{:?} became {}", source, html);
        prop_assert_eq!(links_to_nowhere(&html), [""; 0], "{:?}", source);
    }
}
