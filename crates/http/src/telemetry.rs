//! Metrics of requests, for Prometheus, and the endpoint that exposes them.
//!
//! Labels come from the table of routes and from short lists, never from clients.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Bytes, Data, ServiceConfig};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::pieces::Pieces;
use crate::route::{Needs, Route};

/// The time for which responses share a text: anybody may ask for it on the public port, and writing it takes
/// milliseconds of an event loop.
const SHARED_FOR: Duration = Duration::from_secs(1);

/// Writes all metrics in the text format of Prometheus, at most once a second. Clones share the text.
#[derive(Clone)]
pub struct Exposition(Arc<Shared>);

struct Shared {
    write: Box<dyn Fn() -> String + Send + Sync>,
    latest: Mutex<Option<(Instant, Bytes)>>,
}

impl Exposition {
    pub fn new(write: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared { write: Box::new(write), latest: Mutex::default() }))
    }

    /// The latest text if it is recent, else a new one. Concurrent callers wait for it rather than write another.
    fn text(&self, now: Instant) -> Bytes {
        let mut latest = self.0.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = latest.as_ref().filter(|(at, _)| now.saturating_duration_since(*at) < SHARED_FOR);
        if let Some((_, text)) = recent {
            return text.clone();
        }
        let text = Bytes::from((self.0.write)());
        *latest = Some((now, text.clone()));
        text
    }
}

/// Adds `GET /metrics`.
pub fn configure_metrics(app: &mut ServiceConfig, exposition: Exposition) {
    app.app_data(Data::new(exposition));
    Route::new("/metrics").get(Needs::Nothing, show).register(app);
}

async fn show(exposition: Data<Exposition>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"));
    response.insert_header((CACHE_CONTROL, "no-store"));
    response.body(BoxBody::new(Pieces::from(exposition.text(Instant::now()))))
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn text_is_written_once_a_second_and_shared() {
        let count = AtomicUsize::new(0);
        let exposition = Exposition::new(move || count.fetch_add(1, Ordering::Relaxed).to_string());
        let start = Instant::now();
        for (millis, expected) in [(0, "0"), (1, "0"), (999, "0"), (1_000, "1"), (1_999, "1"), (9_000, "2")] {
            let another = exposition.clone();
            assert_eq!(another.text(start + Duration::from_millis(millis)), expected, "{millis}");
        }
    }
}
