//! Finds names in a text.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::MAX_MENTIONED;
use super::names::names;
use crate::markdown::{Markdown, Part, Prose};
use crate::user::Username;

const ALL: &str = "all";

/// The names in a text (`@username` and `@all`), outside code, before they are resolved to members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Folded usernames, without duplicates.
    pub usernames: Vec<String>,
    pub all: bool,
}

impl Named {
    /// Returns whether a text may contain names at all.
    pub fn may_be_in(text: &str) -> bool {
        text.contains('@')
    }

    /// Finds the names in a Markdown text, except in code and addresses, at most [`MAX_MENTIONED`].
    pub fn in_text(text: &str) -> Self {
        let mut named = Self::default();
        let mut usernames = BTreeSet::new();
        each_name(text, |name| {
            if name.eq_ignore_ascii_case(ALL) {
                named.all = true;
            } else if let Ok(username) = Username::parse(name)
                && usernames.len() < MAX_MENTIONED
            {
                usernames.insert(username.folded());
            }
        });
        named.usernames = usernames.into_iter().collect();
        named
    }

    pub fn is_empty(&self) -> bool {
        self.usernames.is_empty() && !self.all
    }
}

/// Finds the names in a text. One of which nothing would be seen is shown as it was written.
fn each_name(text: &str, mut take: impl FnMut(&str)) {
    let markdown = Markdown::new(text);
    let parts = markdown.parts();
    let mut follows_name = false;
    if !parts.iter().any(Part::shows) {
        return names(&Prose::plain(text), &mut follows_name).into_iter().for_each(take);
    }
    for part in parts {
        match part {
            Part::Prose(prose) => names(&prose, &mut follows_name).into_iter().for_each(&mut take),
            Part::Markup(event) if is_emphasis(&event) => {}
            Part::Markup(_) | Part::Caption(_) => follows_name = false,
        }
    }
}

fn is_emphasis(event: &Event<'_>) -> bool {
    use TagEnd::{Emphasis, Strikethrough, Strong};
    match event {
        Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => true,
        Event::End(end) => matches!(end, Emphasis | Strong | Strikethrough),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usernames(text: &str) -> Vec<String> {
        Named::in_text(text).usernames
    }

    #[test]
    fn names_are_found_anywhere_in_text() {
        assert_eq!(usernames("@Matt"), ["matt"]);
        assert_eq!(usernames("hi @matt, (@Beth) and @o.b-1_!"), ["beth", "matt", "o.b-1_"]);
        assert_eq!(usernames("line\n@matt\n@MATT"), ["matt"]);
        assert_eq!(usernames("@matt... @beth-- **@ann** ~~@zoe~~"), ["ann", "beth", "matt", "zoe"]);
        assert_eq!(usernames("…@matt"), ["matt"]);
    }

    #[test]
    fn names_in_links_are_ignored() {
        for address in [
            "https://x.com/@matt",
            "https://x.com/a?@matt",
            "http://@matt/",
            "[a](http://x/@matt)",
            "<http://x/@matt>",
            "![a](http://x/@matt)",
            "[r]\n\n[r]: http://x/@matt",
            "www.x.com/@matt",
            "mailto:@matt",
            "@matt@x.com",
            "https://medium.com/@all",
            "(https://x.com/(@matt))",
            "https://x.com/a_(@matt)_@beth*/@zoe",
            "ftp://x.com/(@matt)",
            "<div>https://x.com/(@matt)</div>",
            "<https://x.com/(@matt)>",
            "[](https://x.com/(@matt))",
            "[](javascript:x/@matt)",
        ] {
            assert_eq!(Named::in_text(address), Named::default(), "{address}");
        }
        assert_eq!(usernames("see https://x.com/a @matt"), ["matt"]);
        assert_eq!(usernames("cc:@matt, \"@beth\" and > @ann"), ["ann", "beth", "matt"]);
    }

    #[test]
    fn addresses_and_invalid_usernames_are_ignored() {
        for text in [
            "a@b.example",
            "é@matt",
            "e\u{301}@matt",
            "ж@matt",
            "1@matt",
            "@matt@x.com/@beth",
            "x/@matt",
            "x/@matt/@beth",
            "@matté",
            "@matte\u{301}",
            "@matt\u{301}",
            "@@matt",
            "@matt_@beth",
            "@",
            "@ matt",
            "@.",
            "@é",
            "@here",
            &format!("@{}", "x".repeat(33)),
        ] {
            assert_eq!(Named::in_text(text), Named::default(), "{text}");
        }
    }

    #[test]
    fn names_may_have_underscores_at_their_ends() {
        for name in ["_k_", "__init__", "_", "__", "bob_", "_bob", "__bob__", "a_b__c_", "-_a_-_b_", "._x"] {
            assert_eq!(usernames(&format!("@{name}")), [name]);
            assert_eq!(usernames(&format!("hi @{name}, **(@{name})**. and @{name}.")), [name]);
        }
        assert_eq!(usernames("@bob_ _x_ @bob_/@ann_"), ["ann_", "bob_"]);
        assert_eq!(usernames("_hi @bob_, __@ann__"), ["ann", "bob"], "these end emphasis");
        assert_eq!(usernames("_hi @_k_, @__init__ and @_bob_"), ["__init__", "_bob_", "_k_"]);
    }

    #[test]
    fn names_are_found_beside_words_of_scripts_without_case() {
        for beside in
            ["你好", "こんにちは", "カタカナ", "ー", "々", "สวัสดี", "ครับ", "ค่ะ", "ນີ້", "អ្នក", "안녕", "ל", "و"]
        {
            assert_eq!(usernames(&format!("{beside}@ann{beside}")), ["ann"], "{beside}");
        }
        assert_eq!(usernames("。@ann，“@bob”「@cem」@dan…"), ["ann", "bob", "cem", "dan"]);
    }

    #[test]
    fn names_may_follow_each_other() {
        for text in [
            "@ann/@bob",
            "@ann+@bob",
            "@ann&@bob",
            "@ann,@bob",
            "@ann.@bob",
            "@ann-@bob",
            "@ann=@bob",
            "@ann->@bob",
            "@ann\\\\@bob",
        ] {
            assert_eq!(usernames(text), ["ann", "bob"], "{text}");
        }
        assert_eq!(usernames("@ann/@bob/@cem+@dan"), ["ann", "bob", "cem", "dan"]);
        for text in [
            "**@ann**/*@bob*",
            "**@ann**/@bob",
            "(@ann)/@bob",
            "\"@ann\"+\"@bob\"",
            "*@ann/*/@bob",
            "@ann**/**@bob",
        ] {
            assert_eq!(usernames(text), ["ann", "bob"], "{text}");
        }
        for text in
            ["@ann\n/@bob", "@ann\n\n/@bob", "@ann`x`/@bob", "@ann /@bob", "@ann好/@bob", "**@ann** **x**/@bob"]
        {
            assert_eq!(usernames(text), ["ann"], "{text}");
        }
        assert_eq!(usernames("@ann/x/@bob"), ["ann"]);
    }

    #[test]
    fn html_is_text() {
        assert_eq!(usernames("<div>@ann</div>"), ["ann"]);
        assert_eq!(usernames("<div>\n@ann\n*@bob*\n</div>"), ["ann", "bob"]);
        assert_eq!(usernames("hi <b>@ann</b> <i title='@bob'>"), ["ann", "bob"]);
        assert_eq!(usernames("<!-- @ann -->"), ["ann"]);
        assert_eq!(usernames("hi <!-- @ann --> <? @bob ?>"), ["ann", "bob"]);
        assert_eq!(usernames("<a href=\"https://x.com/@ann\">`@bob`</a> @cem"), ["cem"]);
    }

    #[test]
    fn escaped_names_are_ignored() {
        for text in [
            "\\@ann",
            "hi \\@ann!",
            "&#64;ann @",
            "&commat;ann @",
            "*\\@ann*",
            "\\\\@ann",
            "<b>\\@ann</b>",
            "@bob\\@ann",
        ] {
            assert_eq!(Named::in_text(text), Named::default(), "{text}");
        }
        assert_eq!(usernames("\\*@ann* \\@bob @cem"), ["ann", "cem"]);
        assert_eq!(usernames("`\\`@ann"), ["ann"]);
    }

    #[test]
    fn text_that_is_shown_has_names() {
        assert_eq!(usernames("[@ann](x)"), ["ann"], "a link to nowhere is text");
        assert_eq!(usernames("[@ann]: x"), ["ann"], "of which nothing would be shown otherwise");
        assert_eq!(usernames("[@ann]: x\n\n@bob"), ["bob"], "a definition shows nothing");
    }

    #[test]
    fn all_is_recognized_as_whole_word() {
        assert_eq!(Named::in_text("@all: tea"), Named { usernames: vec![], all: true });
        assert_eq!(Named::in_text("@ALL @matt"), Named { usernames: vec!["matt".to_owned()], all: true });
        assert_eq!(Named::in_text("@allan"), Named { usernames: vec!["allan".to_owned()], all: false });
    }

    #[test]
    fn names_in_code_are_ignored() {
        assert_eq!(usernames("`@matt` @beth"), ["beth"]);
        assert_eq!(usernames("```\n@matt ` @zoe\n```\n@beth"), ["beth"]);
        assert_eq!(usernames("``@matt ` @zoe`` @beth `@ann`"), ["beth"]);
        assert_eq!(usernames("it`s @matt"), ["matt"], "a backtick that nothing closes is a backtick");
        assert_eq!(usernames("\\`@matt` @beth"), ["beth", "matt"], "one that is escaped too");
        for code in [
            "    @matt",
            "\t@matt",
            "- a\n\n      @matt",
            "~~~\n@matt\n~~~",
            "```\n@matt",
            "a\n```rust\n@matt\n```",
        ] {
            assert_eq!(Named::in_text(code), Named::default(), "{code}");
        }
    }

    #[test]
    fn number_of_found_names_is_limited() {
        let crowd = (0..60).map(|n| format!("@user{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(usernames(&crowd).len(), MAX_MENTIONED);
    }

    proptest! {
        #[test]
        fn found_names_are_usernames_in_text(text in "[@`a-zA-Z0-9._é\\-\\n ]{0,80}") {
            let named = Named::in_text(&text);
            prop_assert!(named.is_empty() || Named::may_be_in(&text));
            for username in named.usernames {
                let named_there = format!("@{username}");
                prop_assert!(text.to_ascii_lowercase().contains(&named_there));
                prop_assert!(Username::parse(&username).is_ok());
            }
        }
    }
}
