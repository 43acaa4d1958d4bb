//! Pagination by cursors, which are opaque to clients, so that the order of a list can change.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chit_chat_domain::page::Page;

use crate::problem::Problem;

/// Encodes a position.
pub(crate) fn encode(position: &impl ToString) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(position.to_string())
}

/// Decodes a cursor, and parses the position with `parse`.
pub(crate) fn decode<T>(cursor: Option<&str>, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let position = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let position = position.as_deref().and_then(parse);
    position.map(Some).ok_or_else(|| Problem::parameter("cursor", "must be a cursor returned by the same list"))
}

/// The cursor after the last item of a page; `None` on the last page.
pub(crate) fn next<T, P: ToString>(page: &Page<T>, position: impl FnOnce(&T) -> P) -> Option<String> {
    page.items.last().filter(|_| page.more).map(|last| encode(&position(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_round_trips() {
        let cursor = encode(&"b.ob");
        assert_eq!(decode(Some(&cursor), |text| Some(text.to_owned())), Ok(Some("b.ob".to_owned())));
        assert!(decode(Some("%%"), |text| Some(text.to_owned())).is_err());
        assert!(decode(Some(&cursor), |text| text.parse::<i64>().ok()).is_err());
    }
}
