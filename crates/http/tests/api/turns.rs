//! Waiting work is served in turn: however many requests other networks queue, each gets one place before it is
//! somebody else's turn.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use actix_web::http::Method;
use actix_web::rt;
use chit_chat_domain::stores::Stores;
use chit_chat_domain::user::{HasherBusy, MockUserRepository, PasswordHash, PasswordHasher};
use chit_chat_http::Proxies;
use serde_json::json;

use crate::app::{PASSWORD_THREADS, TestApp, TestConfig};
use crate::mocks;

const PROXY: &str = "10.0.0.1";
const NETWORKS: usize = 10;
const ATTEMPTS_OF_EACH: usize = 12;
const CROWD: &str = "a wrong password";
const NEWCOMER: &str = "another wrong password";
/// The passwords of the crowd that are checked or next when the newcomer comes.
const AHEAD: usize = 2 * PASSWORD_THREADS;
const TIMEOUT: Duration = Duration::from_secs(20);

/// A hasher that lets one check after the other end, and records in which order they began.
#[derive(Clone, Default)]
struct Turnstile(Arc<(Mutex<Checks>, Condvar)>);

#[derive(Default)]
struct Checks {
    begun: Vec<String>,
    may_end: usize,
    ended: usize,
}

impl PasswordHasher for Turnstile {
    fn hash(&self, password: &str) -> Result<PasswordHash, HasherBusy> {
        Ok(PasswordHash::new(password.to_owned()))
    }

    fn verify(&self, password: &str, _: Option<&PasswordHash>) -> Result<bool, HasherBusy> {
        let (checks, turned) = &*self.0;
        let mut checks = checks.lock().unwrap();
        checks.begun.push(password.to_owned());
        let mut checks = turned.wait_while(checks, |checks| checks.ended == checks.may_end).unwrap();
        checks.ended += 1;
        Ok(false)
    }
}

impl Turnstile {
    fn let_end(&self, count: usize) {
        let (checks, turned) = &*self.0;
        let mut checks = checks.lock().unwrap();
        checks.may_end = checks.may_end.saturating_add(count);
        turned.notify_all();
    }

    fn begun(&self) -> usize {
        self.0.0.lock().unwrap().begun.len()
    }

    /// The number of checks that began before the newcomer's.
    fn before_newcomer(&self) -> Option<usize> {
        self.0.0.lock().unwrap().begun.iter().position(|password| password == NEWCOMER)
    }
}

struct EndOnDrop(Turnstile);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.let_end(usize::MAX);
    }
}

async fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < TIMEOUT, "{what}");
        rt::time::sleep(Duration::from_millis(1)).await;
    }
}

#[actix_web::test]
async fn newcomer_waits_for_one_turn_of_each_network() {
    let turnstile = Turnstile::default();
    let mut users = MockUserRepository::new();
    users.expect_credentials().returning(|_| Ok(None));
    let stores = Stores { users: Arc::new(users), ..mocks::silent() };
    let proxies = Proxies::new(vec![PROXY.parse::<std::net::IpAddr>().unwrap().into()]);
    let config = TestConfig { proxies, ..TestConfig::default() };
    let app = TestApp::with_hasher_and_config(stores, turnstile.clone(), config).await;
    let _ends = EndOnDrop(turnstile.clone());
    let sign_in = |address: String, name: String, password: &'static str| {
        let request = app.nobody().at(PROXY).request(Method::POST, "/api/auth/session");
        let request = request.header("X-Forwarded-For", address);
        let request = request.json(json!({"username": name, "password": password}));
        rt::spawn(async move { request.send().await.status.as_u16() })
    };
    let crowd: Vec<_> = (0..ATTEMPTS_OF_EACH * NETWORKS)
        .map(|number| sign_in(format!("203.0.{}.7", number % NETWORKS), format!("crowd{number}"), CROWD))
        .collect();
    wait_until("the crowd takes all places", || turnstile.begun() >= AHEAD).await;
    let newcomer = sign_in("198.51.100.1".to_owned(), "newcomer".to_owned(), NEWCOMER);
    for _ in 0..10 {
        rt::task::yield_now().await;
    }
    while turnstile.before_newcomer().is_none() {
        let begun = turnstile.begun();
        turnstile.let_end(1);
        wait_until("a place goes to the next", || turnstile.begun() > begun).await;
    }
    let before = turnstile.before_newcomer().unwrap();
    assert!(before <= AHEAD + NETWORKS, "{before} before the newcomer");
    turnstile.let_end(usize::MAX);
    assert_eq!(newcomer.await.unwrap(), 401);
    for attempt in crowd {
        assert_eq!(attempt.await.unwrap(), 401);
    }
}
