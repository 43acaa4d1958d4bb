//! Which addresses are found in texts.

use super::read;

#[track_caller]
fn expect(source: &str, expected: &str) {
    assert_eq!(read(source), expected, "{source}");
}

#[test]
fn emphasis_never_cuts_an_address() {
    for address in [
        "https://github.com/acme/tool/blob/main/src/__init__.py",
        "https://github.com/acme/tool/tree/main/__tests__/unit",
        "https://b.example/Undo_-_Delete_all_(bulk)",
        "http://b.example/_foo_/bar",
        "https://b.example/?q=*foo*&r=1",
        "https://web.archive.org/web/*/https://b.example/*",
        "https://b.example/a~~b~~c",
        "https://b.example/*.*",
        "https://b.example/_",
        "https://*.b.example",
        "https://a_b_c.example/d",
        "HTTPS://b.example/_a_",
        "ftp://b.example/_a_",
        "www.b.example/_a_",
        "mailto:_a_@b.example",
        "https://b.example/?a[]=1&b[_c_]=2",
        "https://b.example/_@ann_",
    ] {
        expect(address, &format!("⟨{address}⟩"));
        expect(&format!("see {address} there"), &format!("see ⟨{address}⟩ there"));
        if !address.ends_with(['*', '_']) {
            expect(&format!("**{address}**"), &format!("<⟨{address}⟩>"));
        }
    }
}

#[test]
fn emphasis_may_surround_an_address() {
    expect("*https://b.example/a* c", "<⟨https://b.example/a⟩> c");
    expect("_https://b.example/a_b_, c", "<⟨https://b.example/a_b⟩>, c");
    expect("**see: https://b.example/_a_.** c", "<see: ⟨https://b.example/_a_⟩.> c");
    expect("~~https://b.example/a~~", "<⟨https://b.example/a⟩>");
    expect("_see_ https://b.example/a_", "<see> ⟨https://b.example/a_⟩");
    expect("*see https://b.example/a.*", "<see ⟨https://b.example/a⟩.>");
    expect("(*https://b.example/a*)", "(<⟨https://b.example/a⟩>)");
    expect("_https://b.example_。", "<⟨https://b.example⟩>。");
    expect("_see https://b.example/__a__ c_", "<see ⟨https://b.example/__a__⟩ c>");
    expect("*see https://b.example/?q=*foo* c*", "<see ⟨https://b.example/?q=*foo*⟩ c>");
    expect("*https://b.example/*foo**", "<⟨https://b.example/*foo⟩>*");
}

#[test]
fn punctuation_behind_an_address_is_no_part_of_it() {
    for behind in [
        ".", ",", "...", "!", "?", ";", ":", "'", "\"", ")", "]", "}", ").", "”", "“", "’", "»", "«", "›", "…",
        "）", "】", "」", "。", "，", "、", "！", "？", "；", "：", "～", "｜", "،", "؛", "؟", "۔", "।", "॥", "။",
        "។", "፡", "–", "—", " —", "\u{3000}", "\u{a0}", "\u{200b}", "\u{200e}", "\u{202c}", "\u{feff}", "\u{ad}",
        "\u{200d}", "\u{e000}", "<", ">", "`", "|", "\\", "(", "([", "¿", "•", "\u{2028}",
    ] {
        let source = format!("https://b.example/a{behind}");
        assert!(read(&source).starts_with("⟨https://b.example/a⟩"), "{behind}: {}", read(&source));
    }
    for around in
        [["“", "”"], ["«", "»"], ["„", "“"], ["‘", "’"], ["（", "）"], ["【", "】"], ["'", "'"], ["(", ")"]]
    {
        let [before, behind] = around;
        let source = format!("{before}https://b.example/a{behind}s");
        expect(&source, &format!("{before}⟨https://b.example/a⟩{behind}s"));
    }
    expect("看https://b.example/a，谢谢", "看⟨https://b.example/a⟩，谢谢");
    expect("https://b.example/a、https://c.example/b", "⟨https://b.example/a⟩、⟨https://c.example/b⟩");
    expect("https://b.example/a،نص", "⟨https://b.example/a⟩،نص");
    expect("https://b.example's, https://c.example, ok", "⟨https://b.example⟩'s, ⟨https://c.example⟩, ok");
    expect("https://b.example,https://c.example", "⟨https://b.example⟩,⟨https://c.example⟩");
    expect("https://b.example/a’s b", "⟨https://b.example/a⟩’s b");
    expect("wait...https://b.example", "wait...⟨https://b.example⟩");
}

#[test]
fn characters_within_an_address_are_part_of_it() {
    for address in [
        "https://de.wikipedia.org/wiki/Straße",
        "https://en.wikipedia.org/wiki/Rust_(language)",
        "https://en.wikipedia.org/wiki/McDonald's",
        "https://en.wikipedia.org/wiki/Canada–United_States_border",
        "https://ru.wikipedia.org/wiki/Закон_Бойля_—_Мариотта",
        "https://ca.wikipedia.org/wiki/Paral·lel",
        "https://ja.wikipedia.org/wiki/ジョン・レノン",
        "https://fa.wikipedia.org/wiki/می\u{200c}خواهم",
        "https://hi.wikipedia.org/wiki/हिन्दी",
        "https://b\u{fc}cher.example/",
        "https://例え.テスト/あ",
        "https://b.example/e\u{301}/🙂/≠",
        "https://b.example/a.b,c;d:e!f?g=h'i",
        "https://b.example/a((b)c)",
        "https://b.example/a{b}[c]",
        "https://u:p@b.example:80/@c#d%20+$^&e=",
        "http://[::1]:80/a",
        "https://localhost",
        "https://b.example/http://c.example",
    ] {
        expect(address, &format!("⟨{address}⟩"));
        expect(&format!("({address})。"), &format!("(⟨{address}⟩)。"));
    }
    expect("https://b.example/a\\_b\\*", "⟨https://b.example/a_b*⟩");
    expect("https://b.example/?a&amp;b&copy;c", "⟨https://b.example/?a&b©c⟩");
    expect("https://b.example/?a&amp;", "⟨https://b.example/?a&⟩");
    expect("https://b.example/a.&gt; b", "⟨https://b.example/a⟩.> b");
    expect("https://b.example/&foo;", "⟨https://b.example/&foo⟩;");
    expect("https://b.example/_&#xF0000;&#xF0003;_", "⟨https://b.example/_⟩\u{f0000}\u{f0003}_");
}

#[test]
fn other_words_are_no_addresses() {
    for words in [
        "https://",
        "https:// a",
        "://a",
        "https://。",
        "1https://b.example",
        "b.example",
        "www.",
        "www. a",
        "mailto:",
        "a:b",
        "https:/b",
        "awww.b.example",
        "https://.",
    ] {
        expect(words, words);
    }
}

#[test]
fn links_and_code_are_left_to_the_parser() {
    expect("[a](https://b.example/_c_ \"*d*\")", "[https://b.example/_c_]a");
    expect("[_a_ https://b.example/__c__](https://d.example)", "[https://d.example]<a> https://b.example/__c__");
    expect("[https://b.example](https://b.example/c)", "[https://b.example/c]https://b.example");
    expect("[a]\n\n[a]: https://b.example/_c_", "[https://b.example/_c_]a");
    expect("<https://b.example/_c_>", "[https://b.example/_c_]https://b.example/_c_");
    expect("\\<https://b.example/_c_>", "<⟨https://b.example/_c_⟩>");
    expect("<https://b.example/_c_ d>", "<⟨https://b.example/_c_⟩ d>");
    expect("![](https://b.example/_c_)", "[https://b.example/_c_]https://b.example/_c_");
    expect("`https://b.example/_c_`", "`https://b.example/_c_`");
    expect("```_a_\nhttps://b.example/_c_\\@d\n```", "`https://b.example/_c_\\@d\n`");
    expect("https://b.example/c[d](https://e.example)f", "⟨https://b.example/c⟩[https://e.example]df");
    expect("<div>https://b.example/_c_</div>", "<div>⟨https://b.example/_c_⟩</div>");
    expect("<a href=\"https://b.example/_c_\">_d_</a>", "<a href=\"⟨https://b.example/_c_⟩\"><d></a>");
    expect("[@a https://b.example](c)", "[c]@a ⟨https://b.example⟩");
    expect("|https://b.example/_c_|d|\n|-|-|\n", "⟨https://b.example/_c_⟩d");
}
