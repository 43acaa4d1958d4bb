//! Swagger UI: complete, served from the binary, and without external resources.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};

use crate::app::TestApp;

#[both_engines]
async fn page_and_its_files_are_served(engine: Engine) {
    let nobody = TestApp::new(engine).await.nobody();
    let redirect = nobody.get("/api/docs").await.expect_status(308);
    assert_eq!(redirect.header("Location"), Some("/api/docs/"));
    let page = nobody.get("/api/docs/").await.expect_status(200);
    assert_eq!(page.header("Content-Type"), Some("text/html"));
    assert!(!page.text.contains("//"), "the page refers to another host: {}", page.text);
    let references: Vec<&str> =
        ["src=\"", "href=\""].iter().flat_map(|mark| page.text.split(mark).skip(1)).collect();
    assert!(references.len() >= 5);
    for reference in references {
        let file = reference.split('"').next().unwrap().trim_start_matches("./");
        nobody.request(Method::HEAD, format!("/api/docs/{file}")).send().await.expect_status(200);
    }
    let start = nobody.get("/api/docs/swagger-initializer.js").await.expect_status(200);
    assert!(start.text.contains("\"/api/openapi.json\""), "{}", start.text);
}

#[both_engines]
async fn missing_file_is_a_problem(engine: Engine) {
    let nobody = TestApp::new(engine).await.nobody();
    for path in ["/api/docs/nothing", "/api/docs/a/b", "/api/docs/../users.js", "/api/docs/%2e%2e/Cargo.toml"] {
        nobody.get(path).await.expect_problem(404, "not_found");
    }
    nobody.delete("/api/docs/index.html").await.expect_problem(405, "method_not_allowed");
}
