//! `Debug` for text that must not appear in logs.

use std::fmt;

/// Shows the text in test builds (feature `mocks`), so that failed assertions are readable; other builds show only
/// the type's name.
pub(crate) fn debug(f: &mut fmt::Formatter<'_>, name: &str, text: &str) -> fmt::Result {
    write(f, name, cfg!(feature = "mocks").then_some(text))
}

fn write(f: &mut impl fmt::Write, name: &str, shown: Option<&str>) -> fmt::Result {
    match shown {
        Some(text) => write!(f, "{name}({text:?})"),
        None => write!(f, "{name}(..)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shown_only_if_given() {
        let shown = |text| {
            let mut out = String::new();
            write(&mut out, "MessageBody", text).unwrap();
            out
        };
        assert_eq!(shown(None), "MessageBody(..)");
        assert_eq!(shown(Some("hello")), "MessageBody(\"hello\")");
    }
}
