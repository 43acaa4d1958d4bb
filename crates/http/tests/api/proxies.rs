//! The addresses of clients behind proxies.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use chit_chat_http::{Limits, Proxies, Rates};
use serde_json::json;

use crate::app::{PASSWORD, TestApp, TestConfig};
use crate::limits::{HERE, THERE, rates};

async fn behind_proxies(engine: Engine) -> TestApp {
    let rates = Rates { login_failures_per_name: "3/1h".parse().unwrap(), ..rates() };
    let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
    let config = TestConfig { limits: Some(Limits::new(rates)), proxies, ..TestConfig::default() };
    let app = TestApp::with_config(engine, config).await;
    app.sign_up("ann").await;
    app
}

async fn forwarded(app: &TestApp, peer: &str, header: &str, password: &str) -> u16 {
    let request = app.nobody().at(peer).request(Method::POST, "/api/auth/session");
    let request = request.header("X-Forwarded-For", header);
    request.json(json!({"username": "ann", "password": password})).send().await.status.as_u16()
}

#[both_engines]
async fn clients_behind_trusted_proxy_are_distinguished(engine: Engine) {
    let app = behind_proxies(engine).await;
    for forged in ["192.0.2.1", "198.51.100.7, 192.0.2.1", "x, 192.0.2.1, 10.1.1.1"] {
        assert_eq!(forwarded(&app, "10.0.0.1", forged, "wrong").await, 401, "{forged}");
    }
    assert_eq!(forwarded(&app, "10.0.0.2", "198.51.100.8, 192.0.2.1", PASSWORD).await, 429);
    assert_eq!(forwarded(&app, "10.0.0.1", "192.0.2.2", PASSWORD).await, 200);
    for _ in 0..3 {
        assert_eq!(forwarded(&app, "10.0.0.1", "who knows", "wrong").await, 401);
    }
    assert_eq!(forwarded(&app, "10.0.0.1", "who knows", PASSWORD).await, 429, "the proxy itself is meant");
}

#[both_engines]
async fn untrusted_forwarded_header_is_ignored(engine: Engine) {
    let app = behind_proxies(engine).await;
    for forged in ["198.51.100.1", "198.51.100.2", "10.0.0.1"] {
        assert_eq!(forwarded(&app, HERE, forged, "wrong").await, 401);
    }
    assert_eq!(forwarded(&app, HERE, "198.51.100.4", PASSWORD).await, 429);
    assert_eq!(forwarded(&app, THERE, HERE, PASSWORD).await, 200);
}
