//! Limits on guesses of passwords and refresh tokens, and on sign-ups.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::rt;
use chit_chat_contract::{Engine, both_engines};
use chit_chat_domain::stores::Stores;
use chit_chat_domain::user::{HasherBusy, MockPasswordHasher, MockUserRepository};
use chit_chat_http::{Limits, Rates};
use serde_json::json;

use crate::answer::Answer;
use crate::app::{PASSWORD, TestApp, TestConfig};
use crate::client::Client;
use crate::mocks;

pub(crate) const HERE: &str = "192.0.2.1";
pub(crate) const THERE: &str = "192.0.2.2";

/// Limits that no test reaches by accident.
pub(crate) fn rates() -> Rates {
    let plenty = "1000/1h".parse().unwrap();
    Rates {
        login_failures_per_name: plenty,
        login_failures_per_address: plenty,
        password_checks_per_name: plenty,
        password_checks_per_address: plenty,
        refreshes_per_user: plenty,
        sign_ups_per_address: plenty,
        reads_per_user: plenty,
        time_of_a_read: Duration::from_secs(3_600),
        writes_per_user: plenty,
    }
}

pub(crate) fn limited(rates: Rates) -> TestConfig {
    TestConfig { limits: Some(Limits::new(rates)), ..TestConfig::default() }
}

fn per_name(rate: &str) -> TestConfig {
    limited(Rates { login_failures_per_name: rate.parse().unwrap(), ..rates() })
}

fn per_address(rate: &str) -> TestConfig {
    limited(Rates { login_failures_per_address: rate.parse().unwrap(), ..rates() })
}

async fn sign_in(client: &Client, username: &str, password: &str) -> Answer {
    client.post("/api/auth/session", json!({"username": username, "password": password})).await
}

/// Asserts that the request is refused for this many seconds, minus those that the test has taken.
#[track_caller]
pub(crate) fn expect_limited(answer: Answer, seconds: u64) -> Answer {
    const SLOWEST_TEST: u64 = 60;
    let answer = answer.expect_problem(429, "rate_limited");
    let wait: u64 = answer.header("Retry-After").unwrap().parse().unwrap();
    assert!((seconds - SLOWEST_TEST..=seconds).contains(&wait), "{wait} and not {seconds}");
    assert!(answer.header("RateLimit").unwrap().ends_with(&format!("\";r=0;t={wait}")));
    answer
}

#[both_engines]
async fn failed_sign_ins_are_limited_by_address_and_name(engine: Engine) {
    let app = TestApp::with_config(engine, per_name("3/1h")).await;
    app.sign_up("ann").await;
    app.sign_up("bob").await;
    let (here, there) = (app.nobody().at(HERE), app.nobody().at(THERE));
    for (username, state) in
        [("ann", "\"login\";r=2;t=1200"), (" ANN", "\"login\";r=1;t=2400"), ("Ann  ", "\"login\";r=0;t=1200")]
    {
        let wrong = sign_in(&here, username, "wrong").await.expect_problem(401, "invalid_credentials");
        assert_eq!(wrong.header("RateLimit"), Some(state));
        assert_eq!(wrong.header("RateLimit-Policy"), Some("\"login\";q=3;w=3600"));
    }
    for (username, password) in [("ann", "wrong"), ("ann", PASSWORD), ("ann\t", PASSWORD)] {
        let refused = expect_limited(sign_in(&here, username, password).await, 1_200);
        assert_eq!(refused.header("RateLimit-Policy"), Some("\"login\";q=3;w=3600"));
    }
    sign_in(&here, "bob", PASSWORD).await.expect_status(200);
    sign_in(&there, "ann", "wrong").await.expect_problem(401, "invalid_credentials");
    sign_in(&there, "ann ", PASSWORD).await.expect_status(200);
}

#[both_engines]
async fn unknown_names_are_limited_alike(engine: Engine) {
    let app = TestApp::with_config(engine, per_name("3/1h")).await;
    app.sign_up("ann").await;
    let here = app.nobody().at(HERE);
    for _ in 0..5 {
        let (known, unknown) = (sign_in(&here, "ann", "wrong").await, sign_in(&here, "nobody", "wrong").await);
        assert_eq!((known.status, &known["code"]), (unknown.status, &unknown["code"]));
        let left = |answer: &Answer| answer.header("RateLimit").unwrap().split(";t=").next().map(str::to_owned);
        assert_eq!(left(&known), left(&unknown));
        for header in ["RateLimit-Policy", "Retry-After"] {
            assert_eq!(known.header(header).is_some(), unknown.header(header).is_some());
        }
    }
}

#[both_engines]
async fn successful_sign_in_neither_counts_nor_resets(engine: Engine) {
    let app = TestApp::with_config(engine, per_name("10/1h")).await;
    app.sign_up("ann").await;
    let here = app.nobody().at(HERE);
    for _ in 0..30 {
        let right = sign_in(&here, "ann", PASSWORD).await.expect_status(200);
        assert_eq!(right.header("RateLimit"), Some("\"login\";r=10;t=0"));
    }
    for _ in 0..9 {
        sign_in(&here, "ann", "wrong").await.expect_status(401);
    }
    let right = sign_in(&here, "ann", PASSWORD).await.expect_status(200);
    assert_eq!(right.header("RateLimit"), Some("\"login\";r=1;t=3240"));
    sign_in(&here, "ann", "wrong").await.expect_status(401);
    expect_limited(sign_in(&here, "ann", PASSWORD).await, 360);
}

#[both_engines]
async fn failed_sign_ins_are_limited_by_address(engine: Engine) {
    let app = TestApp::with_config(engine, per_address("5/1h")).await;
    app.sign_up("ann").await;
    let (here, there) = (app.nobody().at(HERE), app.nobody().at(THERE));
    for number in 0..5 {
        sign_in(&here, &format!("guess{number}"), "wrong").await.expect_status(401);
    }
    expect_limited(sign_in(&here, "ann", PASSWORD).await, 720);
    sign_in(&there, "ann", PASSWORD).await.expect_status(200);
}

#[both_engines]
async fn sign_in_refused_for_name_does_not_count_for_address(engine: Engine) {
    let name = "1/1h".parse().unwrap();
    let config =
        Rates { login_failures_per_name: name, login_failures_per_address: "2/1h".parse().unwrap(), ..rates() };
    let app = TestApp::with_config(engine, limited(config)).await;
    app.sign_up("ann").await;
    let here = app.nobody().at(HERE);
    sign_in(&here, "bob", "wrong").await.expect_status(401);
    for _ in 0..5 {
        expect_limited(sign_in(&here, "bob", "wrong").await, 3_600);
    }
    sign_in(&here, "ann", PASSWORD).await.expect_status(200);
}

#[both_engines]
async fn ipv6_addresses_are_limited_by_network(engine: Engine) {
    let app = TestApp::with_config(engine, per_name("3/1h")).await;
    app.sign_up("ann").await;
    for host in 1..=3 {
        let neighbour = app.nobody().at(&format!("2001:db8:0:1::{host}"));
        sign_in(&neighbour, "ann", "wrong").await.expect_status(401);
    }
    expect_limited(sign_in(&app.nobody().at("2001:db8:0:1:ffff::"), "ann", PASSWORD).await, 1_200);
    sign_in(&app.nobody().at("2001:db8:0:2::1"), "ann", PASSWORD).await.expect_status(200);
}

/// An app without users, and the number of calls to its hasher.
async fn counting(config: TestConfig) -> (TestApp, Arc<AtomicUsize>) {
    let mut users = MockUserRepository::new();
    users.expect_credentials().return_const(Ok(None));
    let (mut hasher, checked) = (MockPasswordHasher::new(), Arc::new(AtomicUsize::new(0)));
    let count = checked.clone();
    hasher.expect_verify().returning(move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
        // Slow enough that the other requests arrive meanwhile.
        thread::sleep(Duration::from_millis(20));
        Ok(false)
    });
    let stores = Stores { users: Arc::new(users), ..mocks::silent() };
    (TestApp::with_hasher_and_config(stores, hasher, config).await, checked)
}

#[actix_web::test]
async fn parallel_guesses_respect_limit_of_name() {
    guess_in_parallel(true).await;
}

#[actix_web::test]
async fn parallel_guesses_respect_limit_of_address() {
    guess_in_parallel(false).await;
}

async fn guess_in_parallel(at_one_name: bool) {
    let config = if at_one_name { per_name("10/1h") } else { per_address("10/1h") };
    let (app, checked) = counting(config).await;
    let guesses: Vec<_> = (0..64)
        .map(|number| {
            let (here, number) = (app.nobody().at(HERE), if at_one_name { 0 } else { number });
            rt::spawn(async move { sign_in(&here, &format!("ann{number}"), "wrong").await.status.as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for guess in guesses {
        statuses.push(guess.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 10);
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 54);
    assert_eq!(checked.load(Ordering::SeqCst), 10);
}

#[actix_web::test]
async fn overloaded_hasher_does_not_count_as_failure() {
    let mut users = MockUserRepository::new();
    users.expect_credentials().return_const(Ok(None));
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_verify().return_const(Err(HasherBusy));
    hasher.expect_hash().return_const(Err(HasherBusy));
    let stores = Stores { users: Arc::new(users), ..mocks::silent() };
    let rates = Rates { sign_ups_per_address: "3/1h".parse().unwrap(), ..rates() };
    let config = limited(Rates { login_failures_per_name: "3/1h".parse().unwrap(), ..rates });
    let app = TestApp::with_hasher_and_config(stores, hasher, config).await;
    let account = json!({"username": "ann", "password": PASSWORD});
    for _ in 0..10 {
        sign_in(&app.nobody(), "ann", "wrong").await.expect_problem(503, "overloaded");
        app.nobody().post("/api/users", account.clone()).await.expect_problem(503, "overloaded");
    }
}

#[both_engines]
async fn password_guesses_with_token_are_limited(engine: Engine) {
    let app = TestApp::with_config(engine, per_name("3/1h")).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let (here, there) = (ann.at(HERE), ann.at(THERE));
    let change = |client: &Client, current: &str| {
        let patch = json!({"password": "battery staple", "current_password": current});
        client.request(Method::PATCH, "/api/users/me").json(patch).send()
    };
    let delete = |client: &Client, password: &str| {
        client.request(Method::DELETE, "/api/users/me").json(json!({"password": password})).send()
    };
    change(&here, "wrong").await.expect_problem(401, "invalid_credentials");
    delete(&here, "wrong").await.expect_problem(401, "invalid_credentials");
    change(&here, "wrong").await.expect_problem(401, "invalid_credentials");
    expect_limited(change(&here, PASSWORD).await, 1_200);
    expect_limited(delete(&here, PASSWORD).await, 1_200);
    here.patch("/api/users/me", json!({"display_name": "Ann"})).await.expect_status(200);
    change(&bob.at(HERE), PASSWORD).await.expect_status(200);
    change(&there, PASSWORD).await.expect_status(200);
    delete(&there, "battery staple").await.expect_status(204);
}

#[both_engines]
async fn failed_refreshes_are_limited_by_address(engine: Engine) {
    let app = TestApp::with_config(engine, per_address("3/1h")).await;
    let mut good = app.sign_up("ann").await.session.refresh_token.clone();
    let refresh = |client: Client, token: &str| {
        let body = json!({"refresh_token": token});
        async move { client.post("/api/auth/refresh", body).await }
    };
    let (here, there) = (|| app.nobody().at(HERE), || app.nobody().at(THERE));
    for _ in 0..10 {
        let next = refresh(here(), &good).await.expect_status(200);
        assert_eq!(next.header("RateLimit"), Some("\"login\";r=3;t=0"));
        next.str("refresh_token").clone_into(&mut good);
    }
    for bad in ["x", "", &"A".repeat(128)] {
        refresh(here(), bad).await.expect_problem(401, "invalid_refresh_token");
    }
    expect_limited(refresh(here(), &good).await, 1_200);
    expect_limited(here().post("/api/auth/revoke", json!({"token": good})).await, 1_200);
    refresh(there(), &good).await.expect_status(200);
}

#[both_engines]
async fn revocations_of_unknown_tokens_are_limited_by_address(engine: Engine) {
    let app = TestApp::with_config(engine, per_address("3/1h")).await;
    let good = app.sign_up("ann").await.session.refresh_token.clone();
    let revoke =
        async |client: Client, token: &str| client.post("/api/auth/revoke", json!({"token": token})).await;
    let (here, there) = (app.nobody().at(HERE), app.nobody().at(THERE));
    for _ in 0..5 {
        revoke(there.clone(), &good).await.expect_status(200);
    }
    for bad in ["x", "", &"A".repeat(128)] {
        revoke(here.clone(), bad).await.expect_status(200);
    }
    expect_limited(revoke(here, &good).await, 1_200);
}

#[both_engines]
async fn sign_ups_are_limited_by_address(engine: Engine) {
    let config = limited(Rates { sign_ups_per_address: "3/1h".parse().unwrap(), ..rates() });
    let app = TestApp::with_config(engine, config).await;
    let sign_up = |address: &str, name: &str| {
        let client = app.nobody().at(address);
        let account = json!({"username": name, "password": PASSWORD});
        async move { client.post("/api/users", account).await }
    };
    let first = sign_up(HERE, "ann").await.expect_status(201);
    assert_eq!(first.header("RateLimit-Policy"), Some("\"sign-up\";q=3;w=3600"));
    assert_eq!(first.header("RateLimit"), Some("\"sign-up\";r=2;t=1200"));
    for _ in 0..5 {
        sign_up(HERE, "not a name").await.expect_problem(422, "invalid_value");
    }
    let taken = sign_up(HERE, "ANN").await.expect_problem(409, "username_taken");
    assert_eq!(taken.header("RateLimit"), Some("\"sign-up\";r=1;t=2400"));
    sign_up(HERE, "bob").await.expect_status(201);
    for name in ["cem", "ann", "not a name"] {
        expect_limited(sign_up(HERE, name).await, 1_200);
    }
    sign_up(THERE, "cem").await.expect_status(201);
}

#[both_engines]
async fn everything_is_allowed_without_limits(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    for _ in 0..30 {
        let wrong = sign_in(&app.nobody().at(HERE), "ann", "wrong").await.expect_status(401);
        assert_eq!((wrong.header("RateLimit"), wrong.header("RateLimit-Policy")), (None, None));
        let made = ann.post("/api/chatrooms", json!({"name": "x"})).await.expect_status(201);
        assert_eq!(made.header("RateLimit"), None);
    }
}

#[both_engines]
async fn right_passwords_and_refreshes_are_limited(engine: Engine) {
    let (checks, refreshes) = ("3/1h".parse().unwrap(), "2/1h".parse().unwrap());
    let rates = Rates { password_checks_per_name: checks, refreshes_per_user: refreshes, ..rates() };
    let app = TestApp::with_config(engine, limited(rates)).await;
    app.sign_up("ann").await;
    app.sign_up("bob").await;
    let here = app.nobody().at(HERE);
    for _ in 0..3 {
        sign_in(&here, "ann", PASSWORD).await.expect_status(200);
    }
    expect_limited(sign_in(&here, "ann", PASSWORD).await, 1_200);
    sign_in(&here, "bob", PASSWORD).await.expect_status(200);
    let session = sign_in(&app.nobody().at(THERE), "ann", PASSWORD).await.expect_status(200);
    let mut token = session.str("refresh_token").to_owned();
    for _ in 0..2 {
        let next = here.post("/api/auth/refresh", json!({"refresh_token": token})).await.expect_status(200);
        next.str("refresh_token").clone_into(&mut token);
    }
    expect_limited(here.post("/api/auth/refresh", json!({"refresh_token": token})).await, 1_800);
}
