//! Parses HTML as a browser does, and reports anything unexpected.

use html5ever::serialize::{SerializeOpts, serialize};
use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, LocalName, ParseOpts, QualName, ns, parse_document, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom, SerializableHandle};

/// Elements without attributes. The last three are part of every document, whether written or not.
const PLAIN: &str =
    "blockquote br del em h1 h2 h3 h4 h5 h6 hr li p pre strong table tbody td th thead tr ul html head body";

/// Everything that is not allowed, for each way to read the HTML: as a page, inside a page, with or without
/// scripts, and again after serializing the result.
pub(super) fn faults(html: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for scripting_enabled in [true, false] {
        let tree_builder = TreeBuilderOpts { scripting_enabled, ..TreeBuilderOpts::default() };
        let options = || ParseOpts { tree_builder, ..ParseOpts::default() };
        look(&parse_document(RcDom::default(), options()).one(html).document, &mut faults);
        for around in ["div", "td", "li"] {
            let within = |html: &str| {
                let around = QualName::new(None, ns!(html), LocalName::from(around));
                let parser = parse_fragment(RcDom::default(), options(), around, Vec::new(), scripting_enabled);
                parser.one(html).document
            };
            let read = within(html);
            look(&read, &mut faults);
            let enclosed = within(&format!("<div>{html}</div>"));
            if enclosed.children.borrow()[0].children.borrow().len() != 1 {
                faults.push("something that breaks out of what it is in".to_owned());
            }
            look(&within(&inner_html(&read)), &mut faults);
        }
    }
    faults
}

fn inner_html(document: &Handle) -> String {
    let mut html = Vec::new();
    let root = document.children.borrow()[0].clone();
    serialize(&mut html, &SerializableHandle::from(root), SerializeOpts::default()).unwrap();
    String::from_utf8(html).unwrap()
}

/// Dropping a document drops its nodes, even if others still hold them.
fn look(document: &Handle, faults: &mut Vec<String>) {
    let mut nodes = vec![document.clone()];
    while let Some(node) = nodes.pop() {
        faults.extend(fault(&node.data));
        nodes.extend(node.children.borrow().iter().cloned());
    }
}

fn fault(data: &NodeData) -> Option<String> {
    match data {
        NodeData::Document | NodeData::Text { .. } => None,
        NodeData::Element { name, attrs, .. } if name.ns == ns!(html) => {
            element_fault(&name.local, &attrs.borrow())
        }
        NodeData::Element { name, .. } => Some(format!("an element of {}: {}", name.ns, name.local)),
        NodeData::Comment { contents } => Some(format!("a comment: {contents}")),
        NodeData::Doctype { .. } => Some("a doctype".to_owned()),
        NodeData::ProcessingInstruction { .. } => Some("a processing instruction".to_owned()),
    }
}

fn element_fault(name: &str, attributes: &[Attribute]) -> Option<String> {
    let attributes: Vec<(&str, &str)> =
        attributes.iter().map(|attribute| (&*attribute.name.local, &*attribute.value)).collect();
    let is_harmless = match (name, attributes.as_slice()) {
        ("a", attributes) => is_link(attributes),
        ("code", [("class", class)]) => class.strip_prefix("language-").is_some_and(is_word),
        ("ol", [("start", number)]) => number.bytes().all(|byte| byte.is_ascii_digit()),
        ("code" | "ol", []) => true,
        (name, []) => PLAIN.split(' ').any(|plain| plain == name),
        _ => false,
    };
    (!is_harmless).then(|| format!("<{name}> with {attributes:?}"))
}

/// Accepts the attributes of a link; the address may have been removed.
fn is_link(attributes: &[(&str, &str)]) -> bool {
    let is_harmless = |(name, value): &(&str, &str)| match *name {
        "href" => is_harmless_url(value),
        "rel" => *value == "nofollow noopener noreferrer",
        "title" => true,
        _ => false,
    };
    let has = |wanted: &str| attributes.iter().any(|(name, _)| *name == wanted);
    has("rel") && attributes.iter().all(is_harmless)
}

/// Accepts URLs with an allowed scheme, without the characters that browsers ignore before and inside a scheme.
fn is_harmless_url(url: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || c.is_control();
    let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    ["http", "https", "mailto"].contains(&scheme.as_str()) && !url.contains(is_odd)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+#._-".contains(&byte))
}

#[test]
fn harmful_html_is_detected() {
    for html in [
        "<script>alert(1)</script>",
        "<img src=x>",
        "<p onclick=alert(1)>x</p>",
        "<p style=color:red>x</p>",
        "<p id=x>x</p>",
        "<p class=x>x</p>",
        "<a href=javascript:alert(1) rel='nofollow noopener noreferrer'>x</a>",
        "<a href='java\tscript:alert(1)' rel='nofollow noopener noreferrer'>x</a>",
        "<a href=' https://example.org' rel='nofollow noopener noreferrer'>x</a>",
        "<a href=/x rel='nofollow noopener noreferrer'>x</a>",
        "<a href=https://example.org>x</a>",
        "<a href=https://example.org rel=opener>x</a>",
        "<a href=https://example.org target=_blank rel='nofollow noopener noreferrer'>x</a>",
        "<code class='language-x y'>x</code>",
        "<ol start=-1></ol>",
        "<svg></svg>",
        "<math></math>",
        "<form></form>",
        "<!-- x -->",
        "<noscript><p title=\"</noscript><p id=x>\">",
        "<unknown>x</unknown>",
        "</div>x",
    ] {
        assert_ne!(faults(html), Vec::<String>::new(), "{html}");
    }
    let html =
        "<p><a href=HTTPS://x rel='nofollow noopener noreferrer'>x</a><code class=language-c++>y</code></p>";
    assert_eq!(faults(html), Vec::<String>::new());
}
