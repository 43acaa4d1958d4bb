//! The middleware of every request: the request id, the access log, and problems (RFC 9457).

use std::pin::Pin;
use std::time::Instant;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, VARY};
use actix_web::middleware::Next;
use tracing::Instrument;

use crate::matched::Matched;
use crate::problem::Problem;
use crate::request_id::{REQUEST_ID, RequestId};
use crate::telemetry::{self, InFlight};
use crate::views::problem_response;
use crate::{connections, keys, limits, protection};

/// The status that proxies log when the client disconnects before the response.
const CLIENT_DISCONNECTED: u16 = 499;

type Answer<B> = Result<ServiceResponse<EitherBody<B>>, actix_web::Error>;

/// Identifies the request, calls the handler, turns an error into a problem, and logs one line.
///
/// The future is boxed: actix reserves space for it in each open connection, and streams stay open for hours.
pub fn answer<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Pin<Box<dyn Future<Output = Answer<B>>>> {
    Box::pin(answered(request, next))
}

async fn answered<B: MessageBody + 'static>(request: ServiceRequest, next: Next<B>) -> Answer<B> {
    let _in_flight = InFlight::begin();
    let mut line = Line::begin(&request);
    // Everything logged in this span carries the id that the client receives.
    let span = tracing::error_span!("request", request_id = line.id.as_str());
    let mut response = match connections::begin(&request) {
        Ok(()) => {
            if let Some(verification) = keys::verify_of(&request) {
                verification.instrument(span.clone()).await;
            }
            with_problem(next.call(request).instrument(span).await?, line.id.as_str())
        }
        Err(problem) => request.into_response(problem_response(&problem, line.id.as_str())).map_into_right_body(),
    };
    limits::add_headers(&mut response);
    protection::add_headers(&mut response);
    response.headers_mut().insert(REQUEST_ID, line.id.to_header());
    line.answered(&response);
    connections::end(&response);
    Ok(response)
}

/// The log line and the metrics of a request, recorded once, even if the client disconnects.
struct Line {
    id: RequestId,
    method: Method,
    matched: Matched,
    /// The route of responses that are sent before routing.
    unrouted: Option<String>,
    started: Instant,
    status: u16,
}

impl Line {
    fn begin(request: &ServiceRequest) -> Self {
        Self {
            id: RequestId::of(request.headers()),
            method: request.method().clone(),
            matched: Matched::of(request),
            unrouted: None,
            started: Instant::now(),
            status: CLIENT_DISCONNECTED,
        }
    }

    fn answered<B>(&mut self, response: &ServiceResponse<B>) {
        self.status = response.status().as_u16();
        // The CORS middleware answers preflight requests by itself.
        if self.matched.pattern().is_none() {
            self.unrouted = response.request().match_pattern();
        }
    }

    fn route(&self) -> Option<&str> {
        self.matched.pattern().or(self.unrouted.as_deref())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        telemetry::record(&self.method, self.route(), self.status, took);
        tracing::info!(
            request_id = self.id.as_str(),
            method = %self.method,
            route = self.route().unwrap_or_default(),
            status = self.status,
            micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "request"
        );
    }
}

fn with_problem<B: MessageBody>(response: ServiceResponse<B>, id: &str) -> ServiceResponse<EitherBody<B>> {
    match response.response().error().map(Problem::of).or_else(|| connections::hold(&response)) {
        Some(problem) => {
            let of_cors = response.headers().iter().filter(|(name, _)| is_of_cors(name));
            let of_cors: Vec<_> = of_cors.map(|(name, value)| (name.clone(), value.clone())).collect();
            let mut whole = response.into_response(problem_response(&problem, id));
            for (name, value) in of_cors {
                whole.headers_mut().append(name, value);
            }
            whole.map_into_right_body()
        }
        None => response.map_into_left_body(),
    }
}

/// CORS headers to copy to the error response; without them browsers hide it from the page.
fn is_of_cors(name: &HeaderName) -> bool {
    name == VARY || name.as_str().starts_with("access-control-")
}
