//! `GET /api/docs/`: Swagger UI, embedded in the binary.

use std::sync::{Arc, LazyLock};

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse};
use utoipa_swagger_ui::{Config, serve};

use crate::problem::{Code, Problem};

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
    Ok(response.body(file.bytes.into_owned()))
}
