//! Health checks: liveness and readiness.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::limits::Source;
use crate::openapi::{ANY, Problems};
use crate::problem::Problem;
use crate::state::State;
use crate::work::Party;

/// The state of the server.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    status: &'static str,
}

/// Check liveness
#[utoipa::path(
    get, path = "/healthz", operation_id = "is_alive", tag = "service",
    responses((status = 200, description = "The process is running", body = Health)),
)]
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Check readiness
#[utoipa::path(
    get, path = "/readyz", operation_id = "is_ready", tag = "service",
    responses(
        (status = 200, description = "The server can handle requests", body = Health),
        Problems<{ ANY }>,
    ),
)]
pub(crate) async fn ready(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    // Checked before the store: a load balancer cannot wait for a store that hangs.
    if state.ended.is_stale() {
        return Err(Problem::unavailable());
    }
    let party = Party { account: None, source: Source::of_request(&request) };
    if !party.run(&state, move |state| state.stores.readiness.is_current()).await? {
        return Err(Problem {
            detail: "the database schema is not up to date".to_owned(),
            ..Problem::unavailable()
        });
    }
    if state.stores.readiness.is_writable() {
        Ok(HttpResponse::Ok().json(Health { status: "ready" }))
    } else {
        Err(Problem::unwritable())
    }
}
