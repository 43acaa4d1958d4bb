//! `POST /api/render`: a preview of a message.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use chit_chat_http::Rates;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::limits::{limited, rates};

const RENDER: &str = "/api/render";

#[both_engines]
async fn draft_is_rendered(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let looks = ann.post(RENDER, json!({"body": "*Hello*,\n<b>you</b>"})).await.expect_status(200);
    assert_eq!(looks.body, json!({"html": "<p><em>Hello</em>,<br>\n&lt;b&gt;you&lt;/b&gt;</p>\n"}));
    assert_eq!(looks.header("Content-Type"), Some("application/json"));
    let attack = "[x](javascript:alert(1)) <img src=x onerror=alert(1)>";
    let html = ann.post(RENDER, json!({"body": attack})).await.expect_status(200).str("html").to_owned();
    assert_eq!(html, "<p>x &lt;img src=x onerror=alert(1)&gt;</p>\n");
    let longest = "\u{1f469}".repeat(10_000);
    let looks = ann.post(RENDER, json!({"body": longest})).await.expect_status(200);
    assert_eq!(looks["html"], format!("<p>{longest}</p>\n"));
}

#[both_engines]
async fn draft_follows_rules_of_messages(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    for body in ["", " \n\u{2003}", "nul \0", &"x".repeat(10_001)] {
        ann.post(RENDER, json!({"body": body})).await.expect_invalid("body");
    }
    for body in
        [json!({}), json!({"body": null}), json!({"body": 1}), json!({"text": "x"}), json!(["x"]), json!("x")]
    {
        ann.post(RENDER, body).await.expect_problem(400, "malformed_body");
    }
    let form = ann.request(Method::POST, RENDER).bytes("text/markdown", "*x*");
    form.send().await.expect_problem(415, "unsupported_media_type");
    app.nobody().post(RENDER, Value::Null).await.expect_problem(401, "unauthenticated");
    app.bearer("x").post(RENDER, json!({"body": "x"})).await.expect_problem(401, "invalid_token");
}

#[both_engines]
async fn draft_is_no_write(engine: Engine) {
    let config = limited(Rates { writes_per_user: "1/1h".parse().unwrap(), ..rates() });
    let ann = TestApp::with_config(engine, config).await.sign_up("ann").await;
    for _ in 0..3 {
        let looks = ann.post(RENDER, json!({"body": "x"})).await.expect_status(200);
        assert_eq!(looks.header("RateLimit"), None);
    }
    ann.create_room("Plans", "private", &[]).await;
    ann.post("/api/chatrooms", json!({"name": "More"})).await.expect_problem(429, "rate_limited");
    ann.post(RENDER, json!({"body": "x"})).await.expect_status(200);
}
