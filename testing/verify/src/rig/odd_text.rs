//! Texts that programs often mishandle: each in JSON, in a URL, and decoded, if it is a text at all.

use super::secrets::MARK;

#[derive(Debug)]
pub(crate) struct OddText {
    pub(crate) name: &'static str,
    /// The JSON with its quotes. It may be invalid UTF-8.
    pub(crate) json: Vec<u8>,
    /// The encoding for a query or a path.
    pub(crate) encoded: String,
    /// The decoded text; `None` if it is not a text.
    pub(crate) meaning: Option<String>,
}

/// All odd texts.
pub(crate) fn odd_texts() -> Vec<OddText> {
    let texts = [
        ("U+0000", "\0".to_owned()),
        ("a byte order mark", "\u{feff}".to_owned()),
        ("right-to-left overrides", "\u{202e}gnp.\u{202d}exe\u{2066}\u{2069}".to_owned()),
        ("10,000 combining marks", format!("a{}", "\u{301}".repeat(10_000))),
        ("60 combining marks", format!("a{}", "\u{301}".repeat(60))),
        ("noncharacters", "\u{ffff}\u{fdd0}\u{10ffff}".to_owned()),
        ("control characters", "\u{1}\u{7f}\u{85}\u{9f}".to_owned()),
        ("line ends", "\r\n\u{2028}\u{2029}".to_owned()),
        ("SQL", "'; DROP TABLE users; -- \" \\ % _".to_owned()),
        ("10,000 characters", "x".repeat(10_000)),
    ];
    let broken: [(&str, &[u8]); 8] = [
        ("a lone high surrogate", br"\ud800"),
        ("a lone low surrogate", br"\udc00"),
        ("surrogates the wrong way round", br"\udc00\ud800"),
        ("bytes that are no UTF-8", b"\xff\xfe"),
        ("an overlong NUL", b"\xc0\x80"),
        ("a surrogate as UTF-8", b"\xed\xa0\x80"),
        ("half a character", b"\xe2\x82"),
        ("a character beyond Unicode", b"\xf4\x90\x80\x80"),
    ];
    let texts = texts.into_iter().map(|(name, text)| meaningful(name, &format!("{MARK}{text}{MARK}")));
    texts.chain(broken.into_iter().map(|(name, bytes)| meaningless(name, bytes))).collect()
}

fn meaningful(name: &'static str, text: &str) -> OddText {
    let json = serde_json::Value::from(text).to_string().into_bytes();
    OddText { name, json, encoded: percent_encoded(text.as_bytes()), meaning: Some(text.to_owned()) }
}

fn meaningless(name: &'static str, bytes: &[u8]) -> OddText {
    let bytes = [MARK.as_bytes(), bytes, MARK.as_bytes()].concat();
    let json = [b"\"".as_slice(), &bytes, b"\""].concat();
    OddText { name, json, encoded: percent_encoded(&bytes), meaning: None }
}

fn percent_encoded(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(*byte).into() } else { format!("%{byte:02X}") })
        .collect()
}
