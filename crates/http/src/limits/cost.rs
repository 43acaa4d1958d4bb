//! The cost of a read, estimated from its query, and of a write, from its body, so that few large requests count like
//! many small ones.

use std::num::NonZeroU32;

use actix_web::HttpRequest;
use actix_web::web::Query;

/// The number of entries that cost as much as the request itself.
const ENTRIES: u32 = 50;
/// The factor for messages as HTML.
const HTML: u32 = 4;
/// The cost of a search, which looks at more rows than it returns.
const SEARCH: u32 = 4;

/// The bytes of a body that cost as much as the request itself.
const BODY_BYTES: usize = 4 * 1024;

/// The writes that a body counts in addition to its request: one for every further 4 KiB begun.
pub(crate) fn of_body(bytes: usize) -> usize {
    bytes.saturating_sub(1) / BODY_BYTES
}

/// The characters of a name that cost as much as the request itself. Each takes a row of the index of names.
const NAME_CHARACTERS: usize = 20;
/// Longer names are refused anyway.
const LONGEST_NAME: usize = 100;

/// The writes that a name counts in addition to its request: one for every further 20 characters begun.
pub(super) fn of_name(name: &str) -> usize {
    name.chars().take(LONGEST_NAME).count().saturating_sub(1) / NAME_CHARACTERS
}

/// The chatrooms of a stream that cost as much to subscribe to as the request itself.
const CHATROOMS: usize = 100;

/// The reads that a stream of so many chatrooms counts in addition to its request: one for every 100.
pub(super) fn of_chatrooms(chatrooms: usize) -> usize {
    chatrooms / CHATROOMS
}

/// The cost of a read: 1 for the request and for every 50 entries, four times that as HTML, and 4 for a search.
pub(super) fn of_read(request: &HttpRequest) -> NonZeroU32 {
    of_query(request.query_string())
}

fn of_query(query: &str) -> NonZeroU32 {
    if !query.contains(['%', '+']) {
        return of_parameters(query.split('&').filter_map(|parameter| parameter.split_once('=')));
    }
    // What cannot be decoded is refused anyway.
    let decoded = Query::<Vec<(String, String)>>::from_query(query).map(Query::into_inner).unwrap_or_default();
    of_parameters(decoded.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

fn of_parameters<'a>(parameters: impl Iterator<Item = (&'a str, &'a str)>) -> NonZeroU32 {
    let (mut entries, mut factor, mut search) = (0, 1, 0);
    for (name, value) in parameters {
        match name {
            // Longer pages are refused anyway.
            "limit" => entries = value.parse().unwrap_or(0).min(200) / ENTRIES,
            "render" if value == "html" => factor = HTML,
            "q" if !value.is_empty() => search = SEARCH,
            _ => {}
        }
    }
    NonZeroU32::MIN.saturating_add((1 + entries) * factor + search - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_costs_more_from_4_kib() {
        assert_eq!([0, 1, 4_096, 4_097, 8_192, 8_193].map(of_body), [0, 0, 0, 1, 1, 2]);
        assert_eq!(of_body(1024 * 1024), 255);
    }

    #[test]
    fn name_costs_more_from_20_characters() {
        let cost = |characters| of_name(&"é".repeat(characters));
        assert_eq!([0, 1, 20, 21, 41, 100, 1_000].map(cost), [0, 0, 0, 1, 2, 4, 4]);
    }

    #[test]
    fn stream_costs_more_from_100_chatrooms() {
        assert_eq!([0, 1, 99, 100, 5_000].map(of_chatrooms), [0, 0, 0, 1, 50]);
    }

    #[test]
    fn cost_grows_with_page_html_and_search() {
        let cost = |query| of_query(query).get();
        assert_eq!((cost(""), cost("limit=10"), cost("limit=x"), cost("q=")), (1, 1, 1, 1));
        assert_eq!((cost("limit=50"), cost("limit=200"), cost("limit=4000000000")), (2, 5, 5));
        assert_eq!((cost("render=html"), cost("limit=200&render=html"), cost("render=text")), (4, 20, 1));
        assert_eq!((cost("q=ann"), cost("q=ann&limit=200")), (5, 9));
        assert_eq!((cost("lim%69t=%32%30%30&r%65nder=%68tml"), cost("%71=ann"), cost("q=a+b")), (20, 5, 5));
    }
}
