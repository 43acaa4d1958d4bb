//! Cross-origin requests of browsers.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use chit_chat_domain::store_error::StoreError;
use serde_json::json;

use crate::answer::Answer;
use crate::app::{TestApp, TestConfig};
use crate::limits::{limited, rates};
use crate::mocks;

const OURS: &str = "https://chat.example.com";
const THEIRS: &str = "https://evil.example.com";

fn origins(list: &str) -> TestConfig {
    TestConfig { origins: list.parse().unwrap(), ..TestConfig::default() }
}

async fn from(app: &TestApp, origin: &str, method: Method, path: &str) -> Answer {
    app.nobody().request(method, path).header("Origin", origin).send().await
}

async fn preflight(app: &TestApp, origin: &str) -> Answer {
    let request = app.nobody().request(Method::OPTIONS, "/api/chatrooms").header("Origin", origin);
    let request = request.header("Access-Control-Request-Method", "POST");
    request.header("Access-Control-Request-Headers", "authorization,content-type,idempotency-key").send().await
}

fn list(answer: &Answer, header: &str) -> Vec<String> {
    let mut names: Vec<String> = answer.header(header).unwrap().split(", ").map(str::to_ascii_lowercase).collect();
    names.sort();
    names
}

#[both_engines]
async fn allowed_origin_reads_answers(engine: Engine) {
    let app = TestApp::with_config(engine, origins(&format!("http://localhost:3000, {OURS}"))).await;
    let asked = preflight(&app, OURS).await.expect_status(200);
    assert_eq!(asked.header("Access-Control-Allow-Origin"), Some(OURS));
    assert_eq!(list(&asked, "Access-Control-Allow-Methods"), ["delete", "get", "head", "patch", "post", "put"]);
    assert_eq!(
        list(&asked, "Access-Control-Allow-Headers"),
        [
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "last-event-id",
            "x-request-id"
        ]
    );
    assert_eq!(asked.header("Access-Control-Allow-Credentials"), None);
    assert!(asked.header("X-Request-Id").is_some());
    let read = from(&app, OURS, Method::GET, "/healthz").await.expect_status(200);
    assert_eq!(read.header("Access-Control-Allow-Origin"), Some(OURS));
    let shown = list(&read, "Access-Control-Expose-Headers");
    for name in ["etag", "idempotent-replayed", "link", "location", "ratelimit", "ratelimit-policy", "retry-after"]
    {
        assert!(shown.iter().any(|shown| shown == name), "{name}: {shown:?}");
    }
    assert!(list(&read, "Vary").contains(&"origin".to_owned()));
}

#[both_engines]
async fn default_port_and_case_make_no_difference(engine: Engine) {
    let app = TestApp::with_config(engine, origins("https://Chat.Example:443, http://x")).await;
    for origin in ["https://chat.example", "https://CHAT.example:443", "http://x", "http://x:80"] {
        let read = from(&app, origin, Method::GET, "/healthz").await.expect_status(200);
        assert_eq!(read.header("Access-Control-Allow-Origin"), Some(origin));
        preflight(&app, origin).await.expect_status(200);
    }
    for origin in ["http://chat.example", "https://chat.example:80", "https://x", "http://x:443"] {
        let read = from(&app, origin, Method::GET, "/healthz").await.expect_status(200);
        assert_eq!(read.header("Access-Control-Allow-Origin"), None, "{origin}");
    }
}

#[both_engines]
async fn other_origin_gets_no_headers(engine: Engine) {
    let app = TestApp::with_config(engine, origins(OURS)).await;
    for origin in [THEIRS, "null", "https://chat.example.com.evil.example", "http://chat.example.com"] {
        let refused = preflight(&app, origin).await.expect_problem(400, "bad_request");
        assert_eq!(refused.header("Access-Control-Allow-Origin"), None);
        let read = from(&app, origin, Method::GET, "/healthz").await.expect_status(200);
        assert_eq!(read.header("Access-Control-Allow-Origin"), None);
    }
}

#[both_engines]
async fn wildcard_allows_any_origin_without_credentials(engine: Engine) {
    let app = TestApp::with_config(engine, origins("*")).await;
    for answer in [preflight(&app, THEIRS).await, from(&app, THEIRS, Method::GET, "/healthz").await] {
        let answer = answer.expect_status(200);
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"));
        assert_eq!(answer.header("Access-Control-Allow-Credentials"), None);
    }
}

#[actix_web::test]
async fn problem_has_cors_headers() {
    let strict = chit_chat_http::Rates { sign_ups_per_address: "1/1h".parse().unwrap(), ..rates() };
    let config = TestConfig { origins: OURS.parse().unwrap(), ..limited(strict) };
    let app = TestApp::with_config(Engine::Sqlite, config).await;
    app.sign_up("ann").await;
    let post = |path: &str| app.nobody().request(Method::POST, path).header("Origin", OURS);
    let account = json!({"username": "bob", "password": "correct horse"});
    let down = TestApp::with_stores_and_config(mocks::failing(&StoreError::Contention), origins(OURS)).await;
    for (answer, status) in [
        (post("/api/chatrooms").json(json!({})).send().await, 401),
        (post("/nothing").send().await, 404),
        (post("/healthz").send().await, 405),
        (post("/api/users").json(account).send().await, 429),
        (from(&down, OURS, Method::GET, "/readyz").await, 503),
    ] {
        let answer = answer.expect_status(status);
        assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some(OURS), "{status}");
        assert!(list(&answer, "Access-Control-Expose-Headers").contains(&"retry-after".to_owned()));
    }
}

#[both_engines]
async fn cors_is_off_by_default(engine: Engine) {
    let app = TestApp::new(engine).await;
    preflight(&app, OURS).await.expect_problem(405, "method_not_allowed");
    let read = from(&app, OURS, Method::GET, "/healthz").await.expect_status(200);
    assert_eq!(read.header("Access-Control-Allow-Origin"), None);
    assert_eq!(read.header("Vary"), None);
}
