//! Every problem code: its response, and its entry in `docs/ERRORS.md`.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::error::ErrorBadRequest;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use chit_chat_contract::{Engine, flags, id_literal};
use chit_chat_domain::block::{Blocking, MockBlockRepository};
use chit_chat_domain::id::SessionId;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::stores::Stores;
use chit_chat_http::problem::Code;
use chit_chat_http::{Rates, answer};
use chit_chat_live::{Followed, Subscriber};
use serde_json::json;
use uuid::Uuid;

use crate::answer::Answer;
use crate::app::{TestApp, TestConfig};
use crate::documented;
use crate::limits::{limited, rates};
use crate::mocks;
use crate::people::{Person, Room, path_of, reaction_path};
use crate::policies::with_manners;
use crate::sockets::Listening;

const ERRORS: &str = include_str!("../../../../docs/ERRORS.md");
/// The line above the rows of the table, one per code, which end the document.
const ROWS: &str = "|---|---|---|---|\n";

#[actix_web::test]
async fn every_code_is_answered_as_recorded() {
    let mut answers = requests_of_clients().await;
    answers.extend(rules_of_chatrooms().await);
    answers.extend(rules_of_pairs().await);
    answers.extend(bans_and_invitations().await);
    answers.extend(too_much_of_a_message().await);
    answers.push(storage_full().await);
    answers.push(message_rejected().await);
    answers.push(renamed_too_often().await);
    answers.extend(failures_of_servers().await);
    let mut recorded = BTreeMap::new();
    for answer in answers {
        let code = answer.str("code").to_owned();
        let problem = answer.expect_problem(status_of(&code), &code);
        assert!(recorded.insert(code, on_the_wire(&problem)).is_none(), "{} is not unique", problem.str("code"));
    }
    let entry = |code: Code| recorded.remove(code.as_str()).unwrap_or_else(|| panic!("no {} here", code.as_str()));
    insta::assert_snapshot!(Code::ALL.map(entry).concat());
}

async fn requests_of_clients() -> Vec<Answer> {
    let app = TestApp::new(Engine::Sqlite).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let nobody = app.nobody();
    let room = ann.create_room("Plans", "public", &[&bob]).await;
    let sent = ann.say(&room, "hello").await;
    let gone = ann.say(&room, "gone").await;
    ann.erase(&gone).await;
    let with = |header, value: &'static str| {
        ann.request(Method::PATCH, path_of(&sent)).header(header, value).json(json!({"body": "x"})).send()
    };
    let keyed = |body: &str| {
        let post = ann.request(Method::POST, room.messages()).header("Idempotency-Key", "k");
        post.json(json!({"body": body})).send()
    };
    keyed("once").await.expect_status(201);
    let broken = json!({"username": "a b", "password": "1234"});
    let taken = json!({"username": "ANN", "password": crate::app::PASSWORD});
    let unknown_message = format!("{}/{}", room.messages(), Uuid::now_v7());
    let disabled = app.sign_up("disabled").await;
    app.disable(&disabled.id);
    let large = " ".repeat(1024 * 1024 + 1);
    let own = room.membership(&ann.id);
    let encoded = ann.request(Method::POST, room.messages()).header("Content-Encoding", "br");
    vec![
        nobody.post_bytes("/api/auth/session", "{\"username\": \"matt\"}").await,
        with("If-Match", "1").await,
        bad_request().await,
        nobody.get("/api/users/me").await,
        app.bearer("x").get("/api/users/me").await,
        app.try_sign_in("ann", "wrong").await,
        app.refresh("x").await,
        cem.get(room.messages()).await,
        bob.delete(room.own_path()).await,
        bob.delete(path_of(&sent)).await,
        app.try_sign_in("disabled", crate::app::PASSWORD).await,
        TestApp::with_sign_ups_closed(Engine::Sqlite).await.nobody().post("/api/users", json!({})).await,
        nobody.request(Method::GET, "/api/ws").header("Origin", "https://elsewhere.example").send().await,
        nobody.get("/nothing").await,
        ann.get("/api/chatrooms/1").await,
        ann.get(unknown_message).await,
        ann.get("/api/users/1").await,
        ann.patch(room.membership(&cem.id), json!({"role": "owner"})).await,
        ann.delete("/api/auth/sessions/1").await,
        insufficient_scope(&app, &ann).await,
        ann.delete("/api/users/me/tokens/1").await,
        too_many_keys(&ann).await,
        as_application(&app, None).await,
        as_application(&app, Some("nobody")).await,
        nobody.put("/api/users").await,
        request_timeout(&app),
        nobody.post("/api/users", taken).await,
        ann.patch(path_of(&gone), json!({"body": "x"})).await,
        ann.patch(&own, json!({"role": "member"})).await,
        with("If-Match", "\"7\"").await,
        ann.post_bytes(room.messages(), large).await,
        ann.request(Method::POST, room.messages()).bytes("text/plain", "x").send().await,
        encoded.bytes("application/json", "{}").send().await,
        nobody.post("/api/users", broken).await,
        keyed("twice").await,
        nobody.get("/api/ws").await,
        rate_limited().await,
        crate::shares::too_many_requests().await,
        too_many_streams(&app, &ann).await,
        {
            ann.promote(&room, &bob).await;
            ann.delete(room.membership(&bob.id)).await
        },
    ]
}

/// Problems from moderation and from the settings of a chatroom.
async fn rules_of_chatrooms() -> Vec<Answer> {
    let app = TestApp::new(Engine::Sqlite).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "public", &[&bob, &cem]).await;
    let mut answers = vec![bob.delete(room.membership(&cem.id)).await];
    ann.patch(room.own_path(), json!({"slow_mode_seconds": 30})).await.expect_status(200);
    bob.say(&room, "one").await;
    answers.push(bob.post(room.messages(), json!({"body": "two"})).await);
    ann.make("moderator", &room, &bob).await;
    ann.make("moderator", &room, &cem).await;
    answers.push(bob.delete(room.membership(&cem.id)).await);
    ann.patch(room.own_path(), json!({"archived": true})).await.expect_status(200);
    answers.push(ann.post(room.messages(), json!({"body": "three"})).await);
    answers
}

/// Problems in direct chatrooms and between two users.
async fn rules_of_pairs() -> Vec<Answer> {
    let app = TestApp::new(Engine::Sqlite).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.open(&bob).await;
    ann.put(format!("/api/users/me/blocks/{}", cem.id)).await.expect_status(204);
    let (mut blocks, who) = (MockBlockRepository::new(), cem.id.clone());
    blocks.expect_block().return_const(Ok(Blocking::TooMany));
    let stores = Stores { blocks: Arc::new(blocks), ..mocks::silent() };
    vec![
        ann.delete(room.own_path()).await,
        cem.put(format!("/api/direct/{}", ann.id)).await,
        TestApp::with_stores(stores).await.stranger().put(format!("/api/users/me/blocks/{who}")).await,
    ]
}

async fn bans_and_invitations() -> Vec<Answer> {
    let app = TestApp::new(Engine::Sqlite).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let room = ann.create_room("Plans", "public", &[&bob]).await;
    ann.ban(&room, &bob).await;
    fill_bans(&app, &room, &ann);
    let too_many_bans = ann.put(room.path(&format!("bans/{}", cem.id))).await;
    let revoked = ann.invite(&room, json!({})).await;
    ann.delete(room.path(&format!("invitations/{}", revoked["id"].as_str().unwrap()))).await.expect_status(204);
    let mut answers = vec![
        bob.put(room.membership("me")).await,
        cem.accept(&revoked).await,
        cem.accept(&json!({"code": "x"})).await,
        too_many_bans,
    ];
    for _ in 0..100 {
        ann.invite(&room, json!({})).await;
    }
    answers.push(ann.post(room.path("invitations"), json!({})).await);
    cem.patch("/api/users/me", json!({"who_can_add_me": "nobody"})).await.expect_status(200);
    for _ in 0..20 {
        ann.create_room("Plans", "private", &[&cem]).await;
    }
    answers.push(ann.put(room.membership(&cem.id)).await);
    answers
}

/// Adds 9,999 bans of users who do not exist.
fn fill_bans(app: &TestApp, room: &Room, owner: &Person) {
    let id = |text: &str| id_literal(Engine::Sqlite, text.parse::<Uuid>().unwrap());
    app.database().run(&format!(
        "PRAGMA foreign_keys = OFF; \
         WITH RECURSIVE n(seq) AS (SELECT 101 UNION ALL SELECT seq + 1 FROM n WHERE seq < 10099) \
         INSERT INTO bans SELECT {}, randomblob(16), {}, 0, seq FROM n",
        id(&room.id),
        id(&owner.id),
    ));
}

/// Problems of the fifty-first kind of reaction and the hundred and first pin.
async fn too_much_of_a_message() -> [Answer; 2] {
    let ann = TestApp::new(Engine::Sqlite).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "public", &[]).await;
    let mut sent = ann.say(&room, "hello").await;
    let mut flags = flags();
    for flag in flags.by_ref().take(50) {
        ann.react(&sent, flag.as_str()).await;
    }
    let too_many_reactions = ann.put(reaction_path(&sent, flags.next().unwrap().as_str())).await;
    for _ in 0..100 {
        ann.put(room.pin(&sent)).await.expect_status(204);
        sent = ann.say(&room, "another").await;
    }
    [too_many_reactions, ann.put(room.pin(&sent)).await]
}

async fn insufficient_scope(app: &TestApp, ann: &Person) -> Answer {
    ann.token(app, json!({"name": "ci", "scopes": ["users:read"]})).await.client.get("/api/chatrooms").await
}

async fn as_application(app: &TestApp, user: Option<&'static str>) -> Answer {
    let request = app.server_key(&["act_as"]).request(Method::GET, "/api/users/me");
    user.into_iter().fold(request, |request, user| request.header("Chit-Chat-User", user)).send().await
}

async fn too_many_keys(ann: &Person) -> Answer {
    loop {
        let answer = ann.post("/api/users/me/tokens", json!({"name": "ci", "scopes": ["users:read"]})).await;
        if answer.status != 201 {
            return answer;
        }
    }
}

async fn storage_full() -> Answer {
    let config = TestConfig { storage_quota: Some(261), ..TestConfig::default() };
    let app = TestApp::with_config(Engine::Sqlite, config).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "public", &[]).await;
    ann.say(&room, "hello").await;
    app.follow();
    ann.post(room.messages(), json!({"body": "hi"})).await
}

async fn message_rejected() -> Answer {
    let ann = with_manners(Engine::Sqlite).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    ann.post(room.messages(), json!({"body": "hello!!!"})).await
}

async fn renamed_too_often() -> Answer {
    let ann = TestApp::new(Engine::Sqlite).await.sign_up("ann").await;
    for n in 0..10 {
        ann.patch("/api/users/me", json!({"username": format!("ann{n}")})).await.expect_status(200);
    }
    ann.patch("/api/users/me", json!({"username": "anna"})).await
}

async fn failures_of_servers() -> Vec<Answer> {
    let mut answers = Vec::new();
    for error in [StoreError::Other("x".into()), StoreError::Contention, StoreError::Unavailable("x".into())] {
        answers.push(TestApp::with_stores(mocks::failing(&error)).await.stranger().get("/api/users/me").await);
    }
    answers
}

/// A problem for an error of actix itself.
async fn bad_request() -> Answer {
    let refuse = || async { Err::<String, _>(ErrorBadRequest("refused by the framework")) };
    let app = init_service(App::new().wrap(from_fn(answer)).default_service(web::to(refuse))).await;
    documented::read(call_service(&app, TestRequest::default().to_request()).await).await
}

async fn too_many_streams(app: &TestApp, ann: &Person) -> Answer {
    let who = Subscriber { user: ann.id.parse().unwrap(), session: SessionId::from(Uuid::now_v7()) };
    let open: Vec<_> =
        std::iter::from_fn(|| app.state.streams.listen(who, Followed { version: 0, left_out: 0 }, [])).collect();
    assert_eq!(open.len(), 50);
    ann.get("/api/events").await
}

async fn rate_limited() -> Answer {
    let config = limited(Rates { login_failures_per_address: "1/1h".parse().unwrap(), ..rates() });
    let app = TestApp::with_config(Engine::Sqlite, config).await;
    app.refresh("x").await.expect_status(401);
    app.refresh("x").await
}

fn request_timeout(app: &TestApp) -> Answer {
    let mut client = Listening::start(app).connect();
    client.begin("POST /api/auth/session", &["Content-Type: application/json", "Content-Length: 9"], b"{");
    client.answer()
}

/// Formats an entry of the table: the common members in two lines, then one line for each further member and
/// header. The rest is the same for all or differs between runs; `expect_problem` checks it.
fn on_the_wire(problem: &Answer) -> String {
    let title = format!("{} {}: {}\n", problem["status"], problem.str("code"), problem.str("title"));
    let common = ["type", "title", "status", "detail", "code", "request_id"];
    let members = problem.body.as_object().unwrap().iter();
    let members = members.filter(|(name, _)| !common.contains(&name.as_str()));
    let members = members.map(|(name, value)| format!("    {name}: {value}\n"));
    let names = ["www-authenticate", "retry-after", "ratelimit", "allow"];
    let headers = names.iter().filter_map(|name| Some(format!("    {name}: {}\n", problem.header(name)?)));
    format!("{title}    {}\n{}", problem.str("detail"), members.chain(headers).collect::<String>())
}

fn status_of(code: &str) -> u16 {
    let known = Code::ALL.into_iter().find(|known| known.as_str() == code);
    known.unwrap_or_else(|| panic!("{code} is unknown")).status().as_u16()
}

/// Compares the table, or writes it if `UPDATE=1` is set.
#[test]
fn documentation_lists_every_code() {
    let (head, _) = ERRORS.split_once(ROWS).expect("docs/ERRORS.md has the table of codes");
    let row = |code: Code| {
        let (status, name, title) = (code.status().as_u16(), code.as_str(), code.title());
        format!("| {status} | `{name}` | {title} | {} |\n", code.advice())
    };
    let renewed = format!("{head}{ROWS}{}", Code::ALL.map(row).concat());
    if std::env::var_os("UPDATE").is_some() {
        return std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ERRORS.md"), renewed).unwrap();
    }
    assert!(renewed == ERRORS, "docs/ERRORS.md is out of date; `make errors` renews it");
}
