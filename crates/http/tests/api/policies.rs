//! Policies of a deployment for the texts of messages.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use chit_chat_domain::message::MessageBody;
use chit_chat_domain::policy::{Draft, MessagePolicies, MessagePolicy, Rejection, Verdict};
use chit_chat_domain::store_error::StoreError;
use serde_json::json;

use crate::app::{TestApp, TestConfig};
use crate::people::path_of;

/// Rejects shouting, and rewrites sighs.
struct Manners;

impl MessagePolicy for Manners {
    fn judge(&self, draft: &Draft<'_>) -> Result<Verdict, StoreError> {
        Ok(match draft.body.as_str() {
            shouted if shouted.contains("!!!") => Verdict::Reject(Rejection::new("shouting", "speak softly")),
            "sigh" => MessageBody::parse("*sigh*").map_or(Verdict::Allow, Verdict::Rewrite),
            _ => Verdict::Allow,
        })
    }
}

pub(crate) async fn with_manners(engine: Engine) -> TestApp {
    let config = TestConfig { policies: MessagePolicies::default().with(Manners), ..TestConfig::default() };
    TestApp::with_config(engine, config).await
}

#[both_engines]
async fn rejected_text_is_not_stored(engine: Engine) {
    let app = with_manners(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let refused = ann.post(room.messages(), json!({"body": "hello!!!"})).await;
    let refused = refused.expect_problem(403, "message_rejected");
    assert_eq!((refused.str("reason_code"), refused.str("detail")), ("shouting", "speak softly"));
    let sent = ann.say(&room, "hello").await;
    let edited = ann.patch(path_of(&sent), json!({"body": "hello!!!"})).await;
    edited.expect_problem(403, "message_rejected");
    assert_eq!(ann.get(room.messages()).await.items(), [sent]);
}

#[both_engines]
async fn rewritten_text_is_stored(engine: Engine) {
    let app = with_manners(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let send = || {
        let request = ann.request(Method::POST, room.messages()).header("Idempotency-Key", "k");
        request.json(json!({"body": "sigh"})).send()
    };
    let sent = send().await.expect_status(201);
    assert_eq!(sent["body"], "*sigh*");
    let again = send().await.expect_status(201);
    assert_eq!((again["id"].clone(), again.header("Idempotent-Replayed")), (sent["id"].clone(), Some("true")));
}

#[both_engines]
async fn strangers_learn_nothing_from_policies(engine: Engine) {
    let app = with_manners(engine).await;
    let [ann, eve] = [app.sign_up("ann").await, app.sign_up("eve").await];
    let room = ann.create_room("Plans", "private", &[]).await;
    eve.post(room.messages(), json!({"body": "hello!!!"})).await.expect_problem(404, "chatroom_not_found");
}
