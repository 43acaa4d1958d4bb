//! What the requests amount to, for Prometheus; and where it is read.
//!
//! Labels come from the table of routes and from short lists, never from what clients make up.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Data, ServiceConfig};
use metrics::{Gauge, counter, gauge, histogram};

use crate::routes::{at, get};

/// Writes all metrics down in the text format of Prometheus.
pub type Exposition = Arc<dyn Fn() -> String + Send + Sync>;

/// Adds `GET /metrics`.
pub fn configure_metrics(app: &mut ServiceConfig, exposition: Exposition) {
    app.app_data(Data::new(exposition));
    app.service(get(at("/metrics", "GET, HEAD"), show));
}

async fn show(exposition: Data<Exposition>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"));
    response.insert_header((CACHE_CONTROL, "no-store")).body(exposition())
}

/// Counts as in flight until it is dropped, also if the client has gone.
pub(crate) struct InFlight(Gauge);

impl InFlight {
    pub(crate) fn begin() -> Self {
        let gauge = gauge!("http_requests_in_flight");
        gauge.increment(1);
        Self(gauge)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

/// One answered request.
pub(crate) fn record(method: &Method, route: Option<&str>, status: u16, took: Duration) {
    let method = known(method);
    let route = route.unwrap_or("none").to_owned();
    counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    histogram!("http_request_duration_seconds", "method" => method, "route" => route).record(took);
}

/// A client may invent methods.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
