//! A page of a list as JSON, and its response.

use std::fmt::Display;

use actix_web::HttpRequest;
use actix_web::http::header::{ContentType, LINK};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use chit_chat_domain::page::Page;
use chit_chat_domain::search::Found;
use lz4_flex::block::{compress_prepend_size, decompress_size_prepended};
use serde::Serialize;
use utoipa::ToSchema;

use super::cursor;
use crate::openapi::values;
use crate::pieces::Pieces;
use crate::problem::Problem;

/// Query parameters that links to other pages of the same list drop.
const POSITIONS: [&str; 4] = ["cursor", "before", "after", "around"];

/// The usual size of an item, in bytes.
const USUAL_ITEM: usize = 512;

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct List<T> {
    items: Vec<T>,
    #[schema(schema_with = values::cursor_or_null, required)]
    next_cursor: Option<String>,
}

/// A serialized page of a list, the same for every reader.
pub(crate) struct WrittenPage {
    body: Bytes,
    next_cursor: Option<String>,
}

impl WrittenPage {
    pub(crate) fn new<T: Serialize>(items: Vec<T>, next_cursor: Option<String>) -> Result<Self, Problem> {
        let list = List { items, next_cursor };
        let mut body = Vec::with_capacity(USUAL_ITEM * list.items.len());
        serde_json::to_writer(&mut body, &list).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Self { body: body.into(), next_cursor: list.next_cursor })
    }

    /// Adds another member to the page, if there is one, by extending the JSON without parsing it, so that it also
    /// works for cached pages, which must not contain such members themselves.
    pub(crate) fn with_member(self, name: &'static str, member: Option<&impl Serialize>) -> Result<Self, Problem> {
        let Some(member) = member else {
            return Ok(self);
        };
        let members =
            self.body.strip_suffix(b"}").ok_or_else(|| Problem::internal("a page is not a JSON object"))?;
        let mut body = Vec::with_capacity(2 * self.body.len());
        body.extend_from_slice(members);
        body.extend_from_slice(format!(",\"{name}\":").as_bytes());
        serde_json::to_writer(&mut body, member).map_err(|error| Problem::internal(error.to_string()))?;
        body.push(b'}');
        Ok(Self { body: body.into(), ..self })
    }

    /// Compresses the page for the cache.
    pub(crate) fn pack(&self) -> PackedPage {
        let body = compress_prepend_size(&self.body).into_boxed_slice();
        PackedPage { body, next_cursor: self.next_cursor.clone() }
    }

    /// The response, with the next cursor in the body and as a link (RFC 8288).
    pub(crate) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &self.next_cursor {
            response.insert_header((LINK, format!("<{}>; rel=\"next\"", link(request, cursor))));
        }
        response.content_type(ContentType::json()).body(Pieces::from(self.body.clone()))
    }
}

/// A compressed page.
pub(crate) struct PackedPage {
    body: Box<[u8]>,
    next_cursor: Option<String>,
}

impl PackedPage {
    /// The compressed size, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.body.len()
    }

    /// Decompresses the page; `None` if the data is damaged.
    pub(crate) fn unpack(&self) -> Option<WrittenPage> {
        let body = decompress_size_prepended(&self.body).ok()?;
        Some(WrittenPage { body: body.into(), next_cursor: self.next_cursor.clone() })
    }
}

/// Responds with a page of the results of a search.
pub(crate) fn answer_found<T, I: Display, V: Serialize>(
    request: &HttpRequest,
    found: Found<T, I>,
    view: impl FnMut(T) -> V,
) -> Result<HttpResponse, Problem> {
    let next = found.next.as_ref().map(cursor::encode);
    Ok(WrittenPage::new(found.items.into_iter().map(view).collect(), next)?.answer(request))
}

/// Responds with a page of a list. The next one starts after the `position` of its last item.
pub(crate) fn answer<T, P: ToString, V: Serialize>(
    request: &HttpRequest,
    page: Page<T>,
    position: impl FnOnce(&T) -> P,
    view: impl FnMut(T) -> V,
) -> Result<HttpResponse, Problem> {
    let next = cursor::next(&page, position);
    Ok(WrittenPage::new(page.items.into_iter().map(view).collect(), next)?.answer(request))
}

fn link(request: &HttpRequest, cursor: &str) -> String {
    let query = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let mut query = query.map(web::Query::into_inner).unwrap_or_default();
    query.retain(|(name, _)| !POSITIONS.contains(&name.as_str()));
    query.push(("cursor".to_owned(), cursor.to_owned()));
    format!("{}?{}", request.path(), serde_urlencoded::to_string(query).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn packed_page_is_smaller_and_round_trips() {
        let page = WrittenPage::new(vec!["the same again"; 100], Some("further".into())).unwrap();
        let packed = page.pack();
        assert!(packed.size() < page.body.len() / 4);
        let unpacked = packed.unpack().unwrap();
        assert_eq!((unpacked.body, unpacked.next_cursor), (page.body, page.next_cursor));
    }

    #[test]
    fn members_are_added_to_unpacked_page() {
        let page = WrittenPage::new(vec![1, 2], None).unwrap().pack().unpack().unwrap();
        let page =
            page.with_member("mine", Some(&[("a", true)])).unwrap().with_member("html", Some(&"}\"")).unwrap();
        let page = page.with_member("absent", None::<&i32>).unwrap();
        assert_eq!(page.body, &br#"{"items":[1,2],"next_cursor":null,"mine":[["a",true]],"html":"}\""}"#[..]);
    }

    #[test]
    fn damaged_page_is_not_unpacked() {
        for body in [&[][..], &[100, 0, 0, 0, 0xff], &[1, 0, 0, 0, 0x1f, 7, 9, 9]] {
            let damaged = PackedPage { body: body.into(), next_cursor: None };
            assert!(damaged.unpack().is_none());
        }
    }

    #[test]
    fn link_keeps_query_and_replaces_cursor() {
        let request = TestRequest::with_uri("/api/users?q=a%20b&cursor=old&limit=2").to_http_request();
        assert_eq!(link(&request, "new"), "/api/users?q=a+b&limit=2&cursor=new");
    }
}
