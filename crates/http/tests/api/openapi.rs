//! The OpenAPI document: the file in the repository equals the served one, and describes every route and every
//! response that any of these tests receives.

use std::collections::BTreeSet;

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::Value;

use crate::app::TestApp;
use crate::documented::{DOCUMENT, OPERATIONS, behind};
use crate::routes;

const SNAPSHOT: &str = include_str!("../../../../docs/openapi.json");

#[both_engines]
async fn document_in_repository_is_current(engine: Engine) {
    let served = TestApp::new(engine).await.nobody().get("/api/openapi.json").await.expect_status(200);
    let kept: Value = serde_json::from_str(SNAPSHOT).unwrap();
    assert!(
        served.body == kept,
        "docs/openapi.json is out of date; `make openapi` renews it, and the diff says what changed"
    );
    assert_eq!(served["openapi"], "3.1.0");
}

#[test]
fn document_lists_exactly_the_routes() {
    let is_operation = |(method, path): &(Method, &str)| *method != Method::HEAD && !path.starts_with("/api/docs");
    let routes: BTreeSet<(String, &str)> =
        routes::all().into_iter().filter(is_operation).map(|(method, path)| (method.to_string(), path)).collect();
    let documented = OPERATIONS.iter().map(|operation| (operation.method.clone(), operation.path)).collect();
    assert_eq!(routes, documented);
}

#[test]
fn references_of_document_resolve() {
    let mut references = Vec::new();
    walk(&DOCUMENT, &mut |name, value| {
        if name == "$ref" {
            references.push(value.as_str().unwrap());
        }
    });
    assert!(references.len() > 100);
    for location in references {
        behind(location);
    }
    let ids: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
    assert_eq!(ids.len(), OPERATIONS.len(), "an operationId is not unique");
    walk(&DOCUMENT["paths"], &mut |name, links| {
        if name == "links" {
            let linked = links.as_object().unwrap().values().map(|link| link["operationId"].as_str().unwrap());
            linked.for_each(|id| assert!(ids.contains(id), "a link leads to {id}"));
        }
    });
}

/// Closed enums in responses make generated clients fail on values that later versions add.
#[test]
fn enums_are_closed_only_in_requests() {
    let is_request = |name: &str| name.starts_with("New") || name.ends_with("Patch") || name == "AccountDeletion";
    let mut closed = BTreeSet::new();
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        walk(schema, &mut |field, value| {
            if !is_request(name) && value.get("enum").is_some() {
                closed.insert(field);
            }
        });
    }
    // `type` distinguishes events; unknown types are an `OtherEvent`.
    assert_eq!(closed, BTreeSet::from(["not", "token_type", "type"]));
}

fn example_of(id: &str) -> &'static Value {
    let operation = OPERATIONS.iter().find(|operation| operation.id == id).unwrap();
    let described = &DOCUMENT["paths"][operation.path][operation.method.to_lowercase()];
    &described["requestBody"]["content"]["application/json"]["example"]
}

#[test]
fn bodies_and_parameters_have_examples() {
    for operation in OPERATIONS.iter() {
        let described = &DOCUMENT["paths"][operation.path][operation.method.to_lowercase()];
        assert!(described["requestBody"].is_null() || example_of(operation.id).is_object(), "{}", operation.id);
        for given in described["parameters"].as_array().into_iter().flatten() {
            let schema = &given["schema"];
            let is_clear = ["examples", "default", "enum"].iter().any(|word| !schema[word].is_null());
            assert!(is_clear, "{}: {} has no example", operation.id, given["name"]);
        }
    }
}

/// Tries all examples except the refresh token, which cannot be known in advance.
#[actix_web::test]
async fn examples_of_bodies_work() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (nobody, example) = (app.nobody(), |id| example_of(id).clone());
    let id = nobody.post("/api/users", example("sign_up")).await.expect_status(201).id();
    let signed_in = nobody.post("/api/auth/session", example("sign_in")).await.expect_status(200);
    let ada = app.bearer(signed_in.str("access_token"));
    let token = ada.post("/api/users/me/tokens", example("create_personal_token")).await.expect_status(201).id();
    let rotate = format!("/api/users/me/tokens/{token}/rotate");
    ada.post(rotate, example("rotate_personal_token")).await.expect_status(200);
    let server_key = app.server_key(&["admin:keys", "admin:users", "act_as"]);
    let key = server_key.post("/api/admin/keys", example("create_server_key")).await.expect_status(201).id();
    let rotate = format!("/api/admin/keys/{key}/rotate");
    server_key.post(rotate, example("rotate_server_key")).await.expect_status(200);
    let room = ada.post("/api/chatrooms", example("create_chatroom")).await.expect_status(201).id();
    let room = format!("/api/chatrooms/{room}");
    ada.patch(room.clone(), example("change_chatroom")).await.expect_status(200);
    ada.patch(format!("{room}/memberships/{id}"), example("change_role")).await.expect_status(200);
    ada.post(format!("{room}/invitations"), example("create_invitation")).await.expect_status(201);
    let marker = ada.request(Method::PUT, format!("{room}/read_marker")).json(example("move_read_marker"));
    marker.send().await.expect_status(200);
    let sent = ada.post(format!("{room}/messages"), example("send_message")).await.expect_status(201).id();
    ada.patch(format!("{room}/messages/{sent}"), example("edit_message")).await.expect_status(200);
    ada.post("/api/render", example("render_markdown")).await.expect_status(200);
    ada.patch("/api/users/me", example("change_account")).await.expect_status(200);
    let (deletion, me) = (example("delete_account"), "/api/users/me");
    ada.request(Method::DELETE, me).json(deletion).send().await.expect_status(204);
    let refused = nobody.post("/api/auth/refresh", example("refresh_tokens")).await;
    refused.expect_problem(401, "invalid_refresh_token");
    nobody.post("/api/auth/revoke", example("revoke_token")).await.expect_status(200);
}

fn walk(value: &'static Value, visit: &mut impl FnMut(&'static str, &'static Value)) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            visit(name, value);
            walk(value, visit);
        }),
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

#[test]
fn protected_operations_declare_security() {
    let open: Vec<&str> = OPERATIONS
        .iter()
        .filter(|operation| {
            DOCUMENT["paths"][operation.path][operation.method.to_lowercase()]["security"].is_null()
        })
        .map(|operation| operation.id)
        .collect();
    assert_eq!(
        open,
        [
            "refresh_tokens",
            "revoke_token",
            "sign_in",
            "get_openapi",
            "sign_up",
            "open_socket",
            "is_alive",
            "is_ready"
        ]
    );
}

#[test]
fn path_parameters_are_required() {
    let operations =
        DOCUMENT["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let parameters = operations.filter_map(|operation| operation["parameters"].as_array()).flatten();
    let optional: Vec<_> = parameters.filter(|it| it["in"] == "path" && it["required"] != true).collect();
    assert!(optional.is_empty(), "{optional:?}");
}
