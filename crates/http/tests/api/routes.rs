//! The table of all routes, read from its source; and methods that a resource does not answer to.

use actix_web::http::Method;
use chit_chat_contract::Engine;
use rstest::rstest;

use crate::app::TestApp;

const SOURCE: &str = include_str!("../../src/routes.rs");
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// Each path of the API, and the methods that it names for `Allow`.
fn resources() -> Vec<(&'static str, &'static str)> {
    let literals: Vec<&str> = SOURCE.split('"').skip(1).step_by(2).collect();
    let pairs = literals.windows(2).filter(|pair| pair[0].starts_with('/'));
    pairs.map(|pair| (pair[0], pair[1])).collect()
}

/// Each method of each path.
pub(crate) fn all() -> Vec<(&'static str, &'static str)> {
    let methods =
        |(path, allow): (&'static str, &'static str)| allow.split(", ").map(move |method| (method, path));
    resources().into_iter().flat_map(methods).collect()
}

#[test]
fn the_table_of_routes_can_be_read() {
    assert!(resources().contains(&("/api/chatrooms/{chatroom_id}", "GET, HEAD, PATCH, DELETE")));
    assert!(resources().len() >= 18);
    assert!(all().iter().all(|(method, path)| METHODS.contains(method) && path.starts_with('/')), "{:?}", all());
}

#[rstest]
#[actix_web::test]
async fn every_resource_answers_to_exactly_the_methods_that_it_allows(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let client = TestApp::new(engine).await.nobody();
    for (path, allow) in resources() {
        for method in METHODS.iter().chain(&["OPTIONS", "TRACE", "PURGE"]) {
            let path = path.replace("{file:.*}", "index.html").replace(['{', '}'], "");
            let answer = client.request(Method::from_bytes(method.as_bytes()).unwrap(), &path).send().await;
            if allow.split(", ").any(|allowed| allowed == *method) {
                assert_ne!(answer.status, 405, "{method} {path}");
                assert_ne!(answer["code"], "not_found", "{method} {path}");
            } else {
                let refused = answer.expect_problem(405, "method_not_allowed");
                assert_eq!(refused.header("Allow"), Some(allow), "{method} {path}");
            }
        }
    }
}

#[rstest]
#[actix_web::test]
async fn what_is_no_route_is_not_found(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    for path in ["/", "/api", "/api/", "/api/chatrooms/", "/api/chatrooms//", "/api/nothing", "/API/users", "/%00"]
    {
        ann.get(path).await.expect_problem(404, "not_found");
        app.nobody().put(path).await.expect_problem(404, "not_found");
    }
}
