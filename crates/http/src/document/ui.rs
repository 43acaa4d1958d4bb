//! `GET /api/docs/`: Swagger UI, embedded in the binary.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use utoipa_swagger_ui::{Config, serve};

use crate::pieces::Pieces;
use crate::problem::{Code, Problem};

/// The page loads its own files and talks to its own server, and no other page may frame it. Swagger UI sets styles
/// by attribute, and has pictures in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("/api/openapi.json").try_it_out_enabled(true);
    // Disabled, because it would send the document to an external validator.
    Arc::new(config.validator_url("none").display_request_duration(true))
});

/// `GET /api/docs`
pub(crate) async fn ui() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/api/docs/")).finish()
}

/// `GET /api/docs/{file}`
pub(crate) async fn ui_file(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let path = request.match_info().query("file");
    let file = serve(path, CONFIG.clone()).map_err(Problem::internal)?;
    let file = file.ok_or_else(|| Problem::new(Code::NotFound, "no resource exists at this path"))?;
    let mut response = HttpResponse::Ok();
    response.content_type(file.content_type).insert_header((CACHE_CONTROL, "max-age=3600"));
    response.insert_header((CONTENT_SECURITY_POLICY, POLICY));
    Ok(response.body(Pieces::from(match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    })))
}
