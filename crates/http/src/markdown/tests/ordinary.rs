//! Ordinary messages.

use crate::markdown::html;

#[track_caller]
fn expect(source: &str, expected: &str) {
    assert_eq!(html(source), expected, "{source}");
}

#[test]
fn inline_styles_are_rendered() {
    expect("plain", "<p>plain</p>\n");
    expect("*a* **b** ***c***", "<p><em>a</em> <strong>b</strong> <em><strong>c</strong></em></p>\n");
    expect("~~wrong~~ `2 < 3`", "<p><del>wrong</del> <code>2 &lt; 3</code></p>\n");
    expect("snake_case_name 2*3*4", "<p>snake_case_name 2<em>3</em>4</p>\n");
    expect("\\*no\\* &amp; <3 \u{1f469}", "<p>*no* &amp; &lt;3 \u{1f469}</p>\n");
}

#[test]
fn line_breaks_are_kept() {
    expect("a\nb  \nc\\\nd", "<p>a<br>\nb<br>\nc<br>\nd</p>\n");
    expect("a\r\nb\rc", "<p>a<br>\nb<br>\nc</p>\n");
    expect("a\n\nb", "<p>a</p>\n<p>b</p>\n");
    expect("> a\n> b", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>\n");
}

#[test]
fn blocks_are_rendered() {
    expect("# a\n###### b", "<h1>a</h1>\n<h6>b</h6>\n");
    expect("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n");
    expect("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n");
    expect("7) a", "<ol start=\"7\">\n<li>a</li>\n</ol>\n");
    expect("a\n\n---\n", "<p>a</p>\n<hr>\n");
    expect("    a\n    <b>", "<pre><code>a\n&lt;b&gt;</code></pre>\n");
}

#[test]
fn code_block_keeps_language() {
    expect("```rust\nfn a() {}\n```", "<pre><code class=\"language-rust\">fn a() {}\n</code></pre>\n");
    expect("~~~ c++ title\nx\n~~~", "<pre><code class=\"language-c++\">x\n</code></pre>\n");
    expect("```\n\nx\n```", "<pre><code>\nx\n</code></pre>\n");
    expect("```<b>\nx\n```", "<pre><code>x\n</code></pre>\n");
    let endless = "x".repeat(41);
    expect(&format!("```{endless}\nx\n```"), "<pre><code>x\n</code></pre>\n");
}

#[test]
fn table_has_no_styles() {
    let table = "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>\n\
                 <tr><td>1</td><td><em>2</em></td></tr>\n\
                 <tr><td>3</td><td></td></tr>\n</tbody></table>\n";
    expect("|a|b|\n|:-|-:|\n|1|*2*|\n|3|", table);
}

#[test]
fn web_and_mail_links_are_kept() {
    let rel = "rel=\"nofollow noopener noreferrer\"";
    expect("[a](https://b.c/?d=1&e=2)", &format!("<p><a href=\"https://b.c/?d=1&amp;e=2\" {rel}>a</a></p>\n"));
    expect("[a](http://b.c \"d\")", &format!("<p><a href=\"http://b.c\" title=\"d\" {rel}>a</a></p>\n"));
    expect("<https://b.c>", &format!("<p><a href=\"https://b.c\" {rel}>https://b.c</a></p>\n"));
    expect("<a@b.c>", &format!("<p><a href=\"mailto:a@b.c\" {rel}>a@b.c</a></p>\n"));
    expect("[a](mailto:b@c.d)", &format!("<p><a href=\"mailto:b@c.d\" {rel}>a</a></p>\n"));
    expect("[a][b]\n\n[b]: HTTPS://c", &format!("<p><a href=\"HTTPS://c\" {rel}>a</a></p>\n"));
    expect("[](https://b.c)", &format!("<p><a href=\"https://b.c\" {rel}>https://b.c</a></p>\n"));
    expect("[*a*\nb](https://b.c)", &format!("<p><a href=\"https://b.c\" {rel}><em>a</em><br>\nb</a></p>\n"));
}

#[test]
fn pasted_address_becomes_link() {
    let link = |url: &str| format!("<a href=\"{url}\" rel=\"nofollow noopener noreferrer\">{url}</a>");
    expect("https://b.example", &format!("<p>{}</p>\n", link("https://b.example")));
    expect(
        "see (https://b.example/d_e_f/g-h).",
        &format!("<p>see ({}).</p>\n", link("https://b.example/d_e_f/g-h")),
    );
    expect(
        "*https://b.example* `https://d.example`",
        &format!("<p><em>{}</em> <code>https://d.example</code></p>\n", link("https://b.example")),
    );
    expect("    https://b.example", "<pre><code>https://b.example</code></pre>\n");
    expect("[https://b.example](https://b.example)", &format!("<p>{}</p>\n", link("https://b.example")));
    for words in [
        "ftp://b.example",
        "javascript://b.example",
        "b.example",
        "www.b.example",
        "a@b.example",
        "data:text/html,x",
    ] {
        expect(words, &format!("<p>{words}</p>\n"));
    }
}

#[test]
fn pasted_address_stays_whole() {
    let link = |url: &str| format!("<a href=\"{url}\" rel=\"nofollow noopener noreferrer\">{url}</a>");
    for url in [
        "https://b.example/src/__init__.py",
        "http://b.example/?q=*foo*",
        "https://b.example/a~~b~~c",
        "https://b.example/(_c_)",
    ] {
        expect(url, &format!("<p>{}</p>\n", link(url)));
        expect(&format!("*see {url} c*"), &format!("<p><em>see {} c</em></p>\n", link(url)));
    }
    expect("*https://b.example/_c_*.", &format!("<p><em>{}</em>.</p>\n", link("https://b.example/_c_")));
    expect("ftp://b.example/_c_ www.b.example/_c_", "<p>ftp://b.example/_c_ www.b.example/_c_</p>\n");
    for (before, behind) in
        [("", "."), ("“", "”"), ("（", "）"), ("看", "。"), ("«", "»"), ("", "…"), ("", "، نص"), ("", "\u{200b}")]
    {
        let source = format!("{before}https://b.example/c{behind}");
        expect(&source, &format!("<p>{before}{}{behind}</p>\n", link("https://b.example/c")));
    }
    expect(
        "https://b.example/ß",
        "<p><a href=\"https://b.example/%C3%9F\" rel=\"nofollow noopener noreferrer\">https://b.example/ß</a></p>\n",
    );
    expect(
        "<div>\nhttps://b.example/_c_ *d*\n</div>\n",
        &format!("<p>&lt;div&gt;<br>\n{} *d*<br>\n&lt;/div&gt;</p>\n", link("https://b.example/_c_")),
    );
    expect("@__init__ *@_k_* \\@ann", "<p>@__init__ <em>@_k_</em> @ann</p>\n");
}

#[test]
fn other_links_are_reduced_to_text() {
    for elsewhere in ["/b", "b.html", "#b", "?b", "//b.c", "ftp://b.c", "tel:1", "javascript:b", "https://[", ""] {
        expect(&format!("[*a*](<{elsewhere}>)"), "<p><em>a</em></p>\n");
    }
    for broken in [
        "https:",
        "https://",
        "http://?",
        "https://%",
        "https:\\\\b.c",
        " https://b.c",
        "https://b&#10;.c",
        "https://[::1]",
    ] {
        expect(&format!("[*a*](<{broken}>)"), "<p><em>a</em></p>\n");
    }
    expect("https://%zz http://?", "<p>https://%zz http://?</p>\n");
}

#[test]
fn image_becomes_link() {
    let link = |words: &str| {
        format!("<p><a href=\"https://b.c/d.png\" rel=\"nofollow noopener noreferrer\">{words}</a></p>\n")
    };
    expect("![a *b*](https://b.c/d.png)", &link("a <em>b</em>"));
    expect("![](https://b.c/d.png)", &link("https://b.c/d.png"));
    expect("![a [b](https://e.f) c](https://b.c/d.png)", &link("a b c"));
    expect("[![a](https://e.f/g.png)](https://b.c/d.png)", &link("a"));
    expect("![a](data:image/png,b)", "<p>a</p>\n");
}

#[test]
fn markup_without_content_is_shown_as_source() {
    for source in [
        ">",
        "> >",
        "-",
        "- -",
        "+",
        "*",
        "1.",
        "0.",
        "1)",
        "#",
        "######",
        "## ##",
        "> #",
        "- 1. >",
        "```",
        "```js",
        "~~~~~",
        "``` \u{2003}",
        "[](x)",
        "[]()",
        "![](x)",
        "[](javascript:x)",
        "![](javascript:x)",
        "[![](x)](y)",
        "&nbsp;",
        "&#8203;",
        "&#x2800;",
        "` `",
        "[ ](x)",
        "[a]: https://b.c",
    ] {
        expect(source, &format!("<p>{}</p>\n", source.replace('&', "&amp;").replace('>', "&gt;")));
    }
    expect("-\n-", "<p>-<br>\n-</p>\n");
    expect("```\n\n```", "<p>```<br>\n<br>\n```</p>\n");
    expect("| | |\n|-|-|", "<p>| | |<br>\n|-|-|</p>\n");
    expect("[a]: b\n\n[c]: d\n", "<p>[a]: b<br>\n<br>\n[c]: d</p>\n");
}

#[test]
fn any_visible_content_is_rendered() {
    expect("***", "<hr>\n");
    expect(">\n> -", "<p>&gt;<br>\n&gt; -</p>\n");
    expect("- .", "<ul>\n<li>.</li>\n</ul>\n");
    expect("- a\n-", "<ul>\n<li>a</li>\n<li></li>\n</ul>\n");
    expect("# <", "<h1>&lt;</h1>\n");
    expect("# <b>", "<h1>&lt;b&gt;</h1>\n");
    expect("```\n\n.\n```", "<pre><code>\n.\n</code></pre>\n");
    expect("> `a`", "<blockquote>\n<p><code>a</code></p>\n</blockquote>\n");
}

#[test]
fn unsupported_syntax_is_shown_as_text() {
    expect("- [x] a\n- [ ] b", "<ul>\n<li>[x] a</li>\n<li>[ ] b</li>\n</ul>\n");
    expect("a[^1] $b$ [[c]] :smile: \"d\"", "<p>a[^1] $b$ [[c]] :smile: \"d\"</p>\n");
}
