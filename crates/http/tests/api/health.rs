//! Liveness and readiness.

use std::sync::Arc;

use chit_chat_contract::{Engine, TestStore, both_engines};
use chit_chat_domain::readiness::MockReadiness;
use chit_chat_domain::stores::Stores;
use serde_json::json;

use crate::app::TestApp;
use crate::mocks;

#[both_engines]
async fn server_with_database_is_ready(engine: Engine) {
    let nobody = TestApp::new(engine).await.nobody();
    assert_eq!(nobody.get("/healthz").await.expect_status(200).body, json!({"status": "ok"}));
    assert_eq!(nobody.get("/readyz").await.expect_status(200).body, json!({"status": "ready"}));
}

#[actix_web::test]
async fn server_that_cannot_write_is_not_ready() {
    let mut readiness = MockReadiness::new();
    readiness.expect_is_current().return_const(Ok(true));
    readiness.expect_is_writable().return_const(false);
    let stores = Stores { readiness: Arc::new(readiness), ..mocks::silent() };
    let nobody = TestApp::with_stores(stores).await.nobody();
    nobody.get("/healthz").await.expect_status(200);
    let answer = nobody.get("/readyz").await.expect_problem(503, "unavailable");
    assert_eq!(answer.body["detail"], "the database cannot be written to; try again later");
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
