//! Accounts that an operator has disabled: their users cannot sign in, and nothing else changes.

use chit_chat_contract::{Engine, both_engines};
use serde_json::json;

use crate::answer::Answer;
use crate::app::{PASSWORD, TestApp};

#[both_engines]
async fn disable_ends_sessions_and_refuses_refresh(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    app.disable(&ann.id);
    app.refresh(&ann.session.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    app.follow();
    ann.get("/api/users/me").await.expect_problem(401, "invalid_token");
    bob.get("/api/users/me").await.expect_status(200);
    app.refresh(&bob.session.refresh_token).await.expect_status(200);
}

#[both_engines]
async fn disabled_account_is_revealed_only_to_correct_password(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    app.disable(&ann.id);
    let refused = app.try_sign_in("Ann", PASSWORD).await.expect_problem(403, "account_disabled");
    assert_eq!(refused.header("WWW-Authenticate"), None);
    let wrong = app.try_sign_in("ann", "wrong").await.expect_problem(401, "invalid_credentials");
    let unknown = app.try_sign_in("nobody", "wrong").await.expect_problem(401, "invalid_credentials");
    let detail = |answer: &Answer| answer["detail"].clone();
    assert_eq!(detail(&wrong), detail(&unknown));
}

#[both_engines]
async fn enable_allows_sign_in_and_revives_no_session(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    app.disable(&ann.id);
    app.follow();
    app.enable(&ann.id);
    ann.get("/api/users/me").await.expect_problem(401, "invalid_token");
    app.refresh(&ann.session.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    app.sign_in("ann").await.get("/api/users/me").await.expect_status(200);
}

#[both_engines]
async fn disable_keeps_profile_memberships_and_messages(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let said = ann.say(&room, "hello").await;
    let look = async || {
        let profile = bob.get(format!("/api/users/{}", ann.id)).await.expect_status(200).body;
        let members = bob.get(room.memberships()).await.expect_status(200).body;
        (profile, members, bob.get(room.messages()).await["items"].clone())
    };
    let before = look().await;
    app.disable(&ann.id);
    assert_eq!(look().await, before);
    assert_eq!(before.2, json!([said]));
    let other = bob.create_room("More plans", "private", &[&ann]).await;
    assert_eq!(bob.get(other.memberships()).await.items().len(), 2);
}
