//! Metrics of requests, for Prometheus, and the endpoint that exposes them.
//!
//! Labels come from the table of routes and from short lists, never from clients.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Data, ServiceConfig};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::route::Route;

/// Writes all metrics in the text format of Prometheus.
pub type Exposition = Arc<dyn Fn() -> String + Send + Sync>;

/// Adds `GET /metrics`.
pub fn configure_metrics(app: &mut ServiceConfig, exposition: Exposition) {
    app.app_data(Data::new(exposition));
    Route::new("/metrics").get(show).register(app);
}

async fn show(exposition: Data<Exposition>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"));
    response.insert_header((CACHE_CONTROL, "no-store")).body(exposition())
}

thread_local! {
    static IN_FLIGHT: Gauge = gauge!("http_requests_in_flight");
    /// The meters by route, cached because looking one up by its labels dominates the cost of recording.
    static METERS: RefCell<HashMap<String, Vec<Meters>>> = RefCell::default();
}

/// Counts a request as in flight until dropped, even if the client disconnects.
pub(crate) struct InFlight(Gauge);

impl InFlight {
    pub(crate) fn begin() -> Self {
        let gauge = IN_FLIGHT.with(Gauge::clone);
        gauge.increment(1);
        Self(gauge)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

/// The meters of requests that share a route and these labels.
struct Meters {
    method: &'static str,
    status: u16,
    answered: Counter,
    took: Histogram,
}

/// Records a request after its response.
pub(crate) fn record(method: &Method, route: Option<&str>, status: u16, took: Duration) {
    let (method, route) = (known(method), route.unwrap_or("none"));
    METERS.with_borrow_mut(|meters| {
        let of_route = meters.get(route).map_or(&[][..], Vec::as_slice);
        if let Some(known) = of_route.iter().find(|meters| meters.method == method && meters.status == status) {
            return known.count(took);
        }
        let new = Meters::new(method, route, status);
        new.count(took);
        meters.entry(route.to_owned()).or_default().push(new);
    });
}

impl Meters {
    fn new(method: &'static str, route: &str, status: u16) -> Self {
        let (route, status_text) = (route.to_owned(), status.to_string());
        let answered =
            counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status_text);
        let took = histogram!("http_request_duration_seconds", "method" => method, "route" => route);
        Self { method, status, answered, took }
    }

    fn count(&self, took: Duration) {
        self.answered.increment(1);
        self.took.record(took);
    }
}

/// The label of a method; all unknown ones share one, because clients can invent methods.
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
