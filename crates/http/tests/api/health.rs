//! Liveness and readiness.

use chit_chat_contract::{Engine, TestStore, both_engines};
use serde_json::json;

use crate::app::TestApp;

#[both_engines]
async fn server_with_database_is_ready(engine: Engine) {
    let nobody = TestApp::new(engine).await.nobody();
    assert_eq!(nobody.get("/healthz").await.expect_status(200).body, json!({"status": "ok"}));
    assert_eq!(nobody.get("/readyz").await.expect_status(200).body, json!({"status": "ready"}));
}

#[both_engines]
async fn unmigrated_server_is_alive_and_not_ready(engine: Engine) {
    let database = TestStore::unmigrated(engine);
    {
        let nobody = TestApp::with_stores(database.open_another()).await.nobody();
        nobody.get("/healthz").await.expect_status(200);
        nobody.get("/readyz").await.expect_problem(503, "unavailable");
    }
}
