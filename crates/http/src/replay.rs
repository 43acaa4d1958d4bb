//! Answering a request that was sent before.

use actix_web::{HttpResponse, HttpResponseBuilder};

/// 201, and whether an earlier request with the same `Idempotency-Key` did it.
pub(crate) fn created(replayed: bool) -> HttpResponseBuilder {
    let mut response = HttpResponse::Created();
    if replayed {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    response
}
