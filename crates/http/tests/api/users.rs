//! Accounts and profiles.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::answer::fields;
use crate::app::{PASSWORD, TestApp};

#[both_engines]
async fn closed_sign_up_is_refused_whatever_the_body(engine: Engine) {
    let app = TestApp::with_sign_ups_closed(engine).await;
    let nobody = app.nobody();
    for body in [json!({"username": "ann", "password": PASSWORD}), json!({"username": "a b"}), json!([])] {
        nobody.post("/api/users", body).await.expect_problem(403, "sign_up_closed");
    }
    let post = nobody.request(Method::POST, "/api/users");
    post.bytes("text/plain", "x").send().await.expect_problem(403, "sign_up_closed");
    app.try_sign_in("ann", PASSWORD).await.expect_problem(401, "invalid_credentials");
}

#[both_engines]
async fn created_account_is_shown_to_its_owner(engine: Engine) {
    let app = TestApp::new(engine).await;
    let account = json!({
        "username": "Ann", "password": PASSWORD, "email": "ann@example.com", "display_name": "  Ann of Kleve ",
    });
    let made = app.nobody().post("/api/users", account).await.expect_status(201);
    let fields = ["created_at", "deleted", "display_name", "email", "id", "storage", "username", "who_can_add_me"];
    assert_eq!(made.fields(), fields);
    assert_eq!(made.header("Location"), Some(format!("/api/users/{}", made.id()).as_str()));
    assert_eq!(made["username"], "Ann");
    assert_eq!(made["display_name"], "Ann of Kleve");
    assert_eq!(made["email"], "ann@example.com");
    assert_eq!(made["deleted"], false);
    assert!(made.str("created_at").ends_with('Z'));
    let ann = app.sign_in("ann").await;
    assert_eq!(ann.get("/api/users/me").await.expect_status(200).body, made.body);
}

#[both_engines]
async fn all_violations_of_an_account_are_named(engine: Engine) {
    let nobody = TestApp::new(engine).await.nobody();
    let account = json!({"username": "a b", "password": "1234", "email": "ann", "display_name": ""});
    let answer = nobody.post("/api/users", account).await.expect_problem(422, "invalid_value");
    let pointers: Vec<&Value> = answer.errors().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/username", "/password", "/email", "/display_name"]);
}

#[both_engines]
async fn invalid_account_is_rejected(engine: Engine) {
    let nobody = TestApp::new(engine).await.nobody();
    let long = "x".repeat(1_025);
    for (field, value) in [
        ("username", ""),
        ("username", "a."),
        ("username", "a-"),
        ("username", "ann@home"),
        ("username", "änn"),
        ("username", "Everyone"),
        ("username", "me"),
        ("username", &long[..33]),
        ("password", ""),
        ("password", "7 chars"),
        ("password", "Password"),
        ("password", &long),
        ("email", ""),
        ("email", "@"),
        ("email", "Ann <ann@example.com>"),
        ("display_name", "   "),
        ("display_name", "two\nlines"),
        ("display_name", &long[..65]),
    ] {
        let mut account = json!({"username": "ann", "password": PASSWORD});
        account[field] = json!(value);
        nobody.post("/api/users", account).await.expect_invalid(field);
    }
    for (name, display_name) in [("_", "👩‍👩‍👧"), ("a.b-c_", "د. آن"), (&long[..32], &long[..64])] {
        let account = json!({"username": name, "password": "éééééééé", "display_name": display_name});
        let made = nobody.post("/api/users", account).await.expect_status(201);
        assert_eq!(made["display_name"], display_name);
    }
}

#[both_engines]
async fn username_is_taken_ignoring_case(engine: Engine) {
    let app = TestApp::new(engine).await;
    app.sign_up("Ann").await;
    for name in ["Ann", "ann", "aNN"] {
        let account = json!({"username": name, "password": PASSWORD});
        app.nobody().post("/api/users", account).await.expect_problem(409, "username_taken");
    }
}

#[both_engines]
async fn email_is_hidden_from_others(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    ann.patch("/api/users/me", json!({"email": "ann@example.com"})).await.expect_status(200);
    let seen = bob.get(format!("/api/users/{}", ann.id)).await.expect_status(200);
    assert_eq!(seen.fields(), ["created_at", "deleted", "display_name", "id", "username"]);
    for list in ["/api/users", "/api/users?q=ann", "/api/users?q=example", &format!("/api/users?ids={}", ann.id)] {
        assert!(!bob.get(list).await.expect_status(200).text.contains("example.com"), "{list}");
    }
    assert_eq!(bob.get("/api/users?q=example").await.items().len(), 0);
    let same = ann.get(format!("/api/users/{}", ann.id)).await.expect_status(200);
    assert_eq!(same.body, seen.body, "a resource looks the same to every reader");
}

#[both_engines]
async fn users_are_found_by_part_of_name(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("Ann_1").await, app.sign_up("bob").await);
    bob.patch("/api/users/me", json!({"display_name": "Élan 100%"})).await.expect_status(200);
    for (query, found) in [
        ("NN_", vec![&ann.id]),
        ("_", vec![&ann.id]),
        ("%25", vec![&bob.id]),
        ("%C3%A9LAN", vec![&bob.id]),
        ("%20bob%20", vec![&bob.id]),
        ("", vec![&ann.id, &bob.id]),
        ("nobody", vec![]),
        ("%5C", vec![]),
        ("'", vec![]),
    ] {
        let answer = ann.get(format!("/api/users?q={query}")).await.expect_status(200);
        let found: Vec<Value> = found.into_iter().map(|id| json!(id)).collect();
        assert_eq!(answer.each("id"), found, "{query}");
    }
}

#[both_engines]
async fn exact_names_are_found_first_and_folded_fully(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    for (username, name) in [("a1", "Straßenbahn"), ("b2", "Die Straße"), ("c3", "STRASSE")] {
        let user = app.sign_up(username).await;
        user.patch("/api/users/me", json!({"display_name": name})).await.expect_status(200);
    }
    let first = ann.get("/api/users?q=strasse&limit=1").await.expect_status(200);
    assert_eq!(first.each("username"), ["c3"]);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let rest = ann.get(format!("/api/users?q=strasse&cursor={cursor}")).await.expect_status(200);
    assert_eq!(rest.each("username"), ["a1", "b2"]);
    assert_eq!(rest.body["next_cursor"], json!(null));
    let other = ann.get("/api/users?limit=1").await.expect_status(200);
    let other = other.body["next_cursor"].as_str().unwrap();
    ann.get(format!("/api/users?q=strasse&cursor={other}")).await.expect_problem(422, "invalid_value");
    assert_eq!(ann.get("/api/users?q=%CC%81").await.expect_status(200).items().len(), 4, "an accent alone");
}

#[both_engines]
async fn users_are_resolved_by_ids(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let unknown = uuid::Uuid::now_v7();
    let list =
        ann.get(format!("/api/users?ids={},{},{unknown},{}", bob.id, ann.id, bob.id)).await.expect_status(200);
    let mut usernames = list.each("username");
    usernames.sort_by_key(ToString::to_string);
    assert_eq!(usernames, ["ann", "bob"]);
    assert_eq!(fields(&list.items()[0]), ["created_at", "deleted", "display_name", "id", "username"]);
    assert_eq!(ann.get("/api/users?ids=").await.expect_status(200).items().len(), 0);
    for query in ["ids=ann", "ids=&limit=true", "ids=&limit=0", "ids=&q=%00"] {
        ann.get(format!("/api/users?{query}")).await.expect_problem(422, "invalid_value");
    }
    let many = |count: usize| format!("/api/users?ids={}", vec![unknown.to_string(); count].join(","));
    ann.get(many(200)).await.expect_status(200);
    ann.get(many(201)).await.expect_problem(422, "invalid_value");
}

#[both_engines]
async fn missing_user_is_not_found(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let simple = ann.id.replace('-', "");
    for id in [&uuid::Uuid::now_v7().to_string(), "ann", "1", "%00", "%FF", "..", &simple] {
        ann.get(format!("/api/users/{id}")).await.expect_problem(404, "user_not_found");
    }
    app.stranger().get("/api/users/me").await.expect_problem(401, "invalid_token");
    let change = json!({"display_name": "Nobody"});
    app.stranger().patch("/api/users/me", change).await.expect_problem(401, "invalid_token");
}

#[both_engines]
async fn merge_patch_sets_removes_and_keeps(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let both = json!({"display_name": "Ann", "email": "ann@example.com"});
    ann.patch("/api/users/me", both).await.expect_status(200);
    let seen = ann.patch("/api/users/me", json!({"display_name": null})).await.expect_status(200);
    assert_eq!((&seen["display_name"], &seen["email"]), (&json!(null), &json!("ann@example.com")));
    let seen = ann.patch("/api/users/me", json!({"email": null, "display_name": "A."})).await.expect_status(200);
    assert_eq!((&seen["display_name"], &seen["email"]), (&json!("A."), &json!(null)));
    let seen = ann.patch("/api/users/me", json!({})).await.expect_status(200);
    assert_eq!(seen["display_name"], "A.");
    assert_eq!(ann.get("/api/users/me").await.body, seen.body);
    ann.patch("/api/users/me", json!({"email": "no", "display_name": "B."})).await.expect_invalid("email");
    assert_eq!(ann.get("/api/users/me").await.body, seen.body);
    ann.patch("/api/users/me", json!({"email": 1})).await.expect_problem(400, "malformed_body");
}

#[both_engines]
async fn username_is_changed_by_its_holder(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let named = bob.say(&room, "@ann").await;
    assert_eq!(named["mentions"]["user_ids"], json!([ann.id]));
    let change = || ann.patch("/api/users/me", json!({"username": "Anna"}));
    let changed = change().await.expect_status(200);
    assert_eq!((&changed["username"], &changed["id"]), (&json!("Anna"), &json!(ann.id)));
    assert_eq!(change().await.expect_status(200).body, changed.body);
    assert_eq!(ann.get("/api/users/me").await.expect_status(200).body, changed.body);
    app.try_sign_in("ann", PASSWORD).await.expect_problem(401, "invalid_credentials");
    assert_eq!(app.try_sign_in("anna", PASSWORD).await.expect_status(200)["username"], "Anna");
    assert_eq!(bob.get(format!("/api/users/{}", ann.id)).await["username"], "Anna");
    assert_eq!(bob.get("/api/users?q=anna").await.each("id"), [json!(ann.id)]);
    let members = bob.get(room.memberships()).await.expect_status(200);
    assert_eq!(members.each("username"), ["Anna", "bob"]);
    assert_eq!(ann.get("/api/users/me/mentions").await.each("id"), [named["id"].clone()]);
    assert_eq!(bob.say(&room, "@ann").await["mentions"]["user_ids"], json!([]));
    assert_eq!(bob.say(&room, "@anna").await["mentions"]["user_ids"], json!([ann.id]));
    let case = ann.patch("/api/users/me", json!({"username": "ANNA", "display_name": "A."})).await;
    assert_eq!(case.expect_status(200)["username"], "ANNA");
}

#[both_engines]
async fn former_username_is_reserved_for_its_holder(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let named = |name: &str| json!({"username": name});
    ann.patch("/api/users/me", named("anna")).await.expect_status(200);
    let account = json!({"username": "Ann", "password": PASSWORD});
    app.nobody().post("/api/users", account).await.expect_problem(409, "username_taken");
    for taken in ["Ann", "anna"] {
        bob.patch("/api/users/me", named(taken)).await.expect_problem(409, "username_taken");
    }
    ann.patch("/api/users/me", named("Ann")).await.expect_status(200);
    for invalid in ["", "a b", "me", "System", "ann.", "a\u{200b}nn"] {
        let both = json!({"username": invalid, "display_name": "Bob"});
        bob.patch("/api/users/me", both).await.expect_invalid("username");
    }
    bob.patch("/api/users/me", json!({"username": null})).await.expect_invalid("username");
    let seen = bob.get("/api/users/me").await.expect_status(200);
    assert_eq!((&seen["username"], &seen["display_name"]), (&json!("bob"), &json!(null)));
}

#[both_engines]
async fn password_change_requires_current_password(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let patch = |body| ann.patch("/api/users/me", body);
    patch(json!({"password": "battery staple"})).await.expect_problem(400, "malformed_body");
    let wrong = json!({"password": "battery staple", "current_password": "wrong", "display_name": "A."});
    patch(wrong).await.expect_problem(401, "invalid_credentials");
    patch(json!({"password": "1234", "current_password": PASSWORD})).await.expect_invalid("password");
    patch(json!({"password": null, "current_password": PASSWORD})).await.expect_invalid("password");
    app.sign_in("ann").await;
    assert_eq!(ann.get("/api/users/me").await["display_name"], json!(null));
}

#[both_engines]
async fn password_change_ends_other_sessions(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let other = app.sign_in("ann").await;
    let change = json!({"password": "battery staple", "current_password": PASSWORD});
    ann.patch("/api/users/me", change).await.expect_status(200);
    other.get("/api/users/me").await.expect_problem(401, "invalid_token");
    app.refresh(&other.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    ann.get("/api/users/me").await.expect_status(200);
    app.refresh(&ann.session.refresh_token).await.expect_status(200);
    assert_eq!(ann.get("/api/auth/sessions").await.items().len(), 1);
    app.try_sign_in("ann", PASSWORD).await.expect_problem(401, "invalid_credentials");
    app.try_sign_in("ann", "battery staple").await.expect_status(200);
}
