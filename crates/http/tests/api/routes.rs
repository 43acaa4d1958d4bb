//! The table of all routes, and methods that a resource does not allow.

use std::collections::BTreeSet;

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use chit_chat_http::Route;

use crate::app::TestApp;

const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// Every method of every path.
pub(crate) fn all() -> Vec<(Method, &'static str)> {
    let methods = |route: Route| {
        let path = route.path();
        route.methods().iter().map(move |method| (method, path)).collect::<Vec<_>>()
    };
    chit_chat_http::routes().flat_map(methods).collect()
}

#[test]
fn paths_are_unique_and_routes_have_methods() {
    let routes: Vec<Route> = chit_chat_http::routes().collect();
    let paths: BTreeSet<&str> = routes.iter().map(Route::path).collect();
    assert_eq!(paths.len(), routes.len());
    assert!(paths.iter().all(|path| path.starts_with('/')), "{paths:?}");
    assert!(routes.iter().all(|route| route.methods().iter().next().is_some()));
    let room = routes.iter().find(|route| route.path() == "/api/chatrooms/{chatroom_id}").unwrap();
    assert_eq!(room.methods().to_string(), "GET, HEAD, PATCH, DELETE");
}

#[both_engines]
async fn resource_answers_only_allowed_methods(engine: Engine) {
    let client = TestApp::new(engine).await.nobody();
    let others = ["OPTIONS", "TRACE", "PURGE"].map(|name| Method::from_bytes(name.as_bytes()).unwrap());
    for route in chit_chat_http::routes() {
        let path = route.path().replace("{file:.*}", "index.html").replace(['{', '}'], "");
        let allowed: Vec<Method> = route.methods().iter().collect();
        for method in METHODS.iter().chain(&others) {
            let answer = client.request(method.clone(), &path).send().await;
            if allowed.contains(method) {
                assert_ne!(answer.status, 405, "{method} {path}");
                assert_ne!(answer["code"], "not_found", "{method} {path}");
            } else {
                let refused = answer.expect_problem(405, "method_not_allowed");
                assert_eq!(refused.header("Allow"), Some(route.methods().to_string().as_str()), "{method} {path}");
            }
        }
    }
}

#[both_engines]
async fn unknown_path_is_not_found(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    for path in ["/", "/api", "/api/", "/api/chatrooms/", "/api/chatrooms//", "/api/nothing", "/API/users", "/%00"]
    {
        ann.get(path).await.expect_problem(404, "not_found");
        app.nobody().put(path).await.expect_problem(404, "not_found");
    }
}
