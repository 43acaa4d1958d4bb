//! Headers that protect responses: from caches that others use, and from browsers that guess their type.

use actix_web::dev::ServiceResponse;
use actix_web::http::header::{
    AUTHORIZATION, CACHE_CONTROL, ETAG, HeaderMap, HeaderValue, VARY, X_CONTENT_TYPE_OPTIONS,
};

/// Adds the headers. A response to a request with credentials is somebody's own: no cache may keep it, except
/// that its reader may ask whether it is still current if it has an entity tag. Errors are kept by nobody, because a
/// 404 of today says nothing about tomorrow.
pub(crate) fn add_headers<B>(response: &mut ServiceResponse<B>) {
    let is_own = response.request().headers().contains_key(AUTHORIZATION);
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_own {
        keep_private(headers);
    } else if is_error && !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn keep_private(headers: &mut HeaderMap) {
    if !headers.contains_key(CACHE_CONTROL) {
        let rule = if headers.contains_key(ETAG) { "private, no-cache" } else { "private, no-store" };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(rule));
    }
    headers.append(VARY, HeaderValue::from_static("Authorization"));
}
