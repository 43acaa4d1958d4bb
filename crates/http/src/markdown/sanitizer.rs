//! The HTML sanitizer: an allow-list of elements, attributes and URLs.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, Url, UrlRelative};
use pulldown_cmark_escape::escape_href;

const ELEMENTS: &str =
    "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre strong table tbody td th thead tr ul";
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];
const LONGEST_LANGUAGE: usize = 40;

pub(super) static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.split(' ').collect())
        .generic_attributes(HashSet::new())
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title"])),
            ("code", HashSet::from(["class"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .attribute_filter(|_, name, value| (name != "class" || is_language_class(value)).then_some(value.into()))
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer"))
        .strip_comments(true);
    builder
});

/// Returns whether a link may have this target, as a browser would interpret what is written into the HTML. The
/// sanitizer would remove any other, and leave a link to nowhere.
pub(super) fn may_be_target(url: &str) -> bool {
    let mut written = String::new();
    escape_href(&mut written, url).is_ok() && Url::parse(&written).is_ok_and(|url| SCHEMES.contains(&url.scheme()))
}

/// Returns whether this is the class of a code block's language.
fn is_language_class(class: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+#._-".contains(&byte);
    class
        .strip_prefix("language-")
        .is_some_and(|name| (1..=LONGEST_LANGUAGE).contains(&name.len()) && name.bytes().all(is_plain))
}
