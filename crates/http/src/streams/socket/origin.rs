//! Checks the origin of a WebSocket: browsers send no preflight request for it.

use actix_web::http::header::{HOST, ORIGIN};
use actix_web::{HttpRequest, web};

use crate::cors::AllowedOrigins;
use crate::origin::Origin;
use crate::problem::{Code, Problem};

/// Accepts pages of the same host and of the allowed origins, and clients other than browsers, which send no
/// `Origin`.
pub(super) fn check(request: &HttpRequest) -> Result<(), Problem> {
    let Some(origin) = request.headers().get(ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or_default();
    let allowed = request.app_data::<web::Data<AllowedOrigins>>();
    if is_same_host(request, origin) || allowed.is_some_and(|allowed| allowed.contains(origin)) {
        return Ok(());
    }
    let detail = "the origin of this page is neither listed in CORS_ORIGINS nor that of the Host header";
    Err(Problem::new(Code::OriginNotAllowed, detail))
}

fn is_same_host(request: &HttpRequest, origin: &str) -> bool {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    Origin::parse(origin).zip(host).is_some_and(|(origin, host)| origin.is_at(host))
}
