//! Whether the process lives, and whether it can serve.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;

/// `GET /healthz`
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// `GET /readyz`
pub(crate) async fn ready(services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    // Without asking a store that hangs: whoever asks whether to send requests here cannot wait for it.
    if services.ended.is_stale() {
        return Err(Problem::unavailable());
    }
    if blocking(move || services.stores.readiness.is_current()).await? {
        Ok(HttpResponse::Ok().json(json!({"status": "ready"})))
    } else {
        Err(Problem { detail: "the database lacks migrations".to_owned(), ..Problem::unavailable() })
    }
}
