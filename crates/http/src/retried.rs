//! Responses to retried requests.

use actix_web::{HttpResponse, HttpResponseBuilder};

/// Responds with 201 and a header that says whether an earlier request with the same `Idempotency-Key` created
/// the resource.
pub(crate) fn created(replayed: bool) -> HttpResponseBuilder {
    let mut response = HttpResponse::Created();
    if replayed {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    response
}
