//! Shares of the work that runs at once: nobody's use shuts others out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::rt;
use chit_chat_contract::{Engine, TestStore};
use chit_chat_domain::clock::Clock;
use chit_chat_domain::id::{ChatroomId, MessageId, SessionId, UserId};
use chit_chat_domain::mention::MentionRepository;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::session::AccessTokens;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::stores::Stores;
use chit_chat_domain::user::{HasherBusy, MockUserRepository, PasswordHash, PasswordHasher};
use chit_chat_http::AtOnce;
use serde_json::json;
use uuid::Uuid;

use crate::answer::Answer;
use crate::app::{PASSWORD, TestApp, TestConfig, tokens};
use crate::client::Client;
use crate::mocks;

const HERE: &str = "192.0.2.1";
const THERE: &str = "192.0.2.2";
const SLOW: &str = "slow to check";

/// The time limit for anything that a test waits for.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Calls that hang until the gate opens, at the latest when the test ends or fails.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<State>, Condvar)>);

pub(crate) struct OpenOnDrop(pub(crate) Gate);

impl Drop for OpenOnDrop {
    fn drop(&mut self) {
        self.0.open();
    }
}

#[derive(Default)]
struct State {
    callers: usize,
    is_open: bool,
}

impl Gate {
    pub(crate) fn pass(&self) {
        let (state, opened) = &*self.0;
        let mut state = state.lock().unwrap();
        state.callers += 1;
        drop(opened.wait_while(state, |state| !state.is_open).unwrap());
    }

    pub(crate) fn open(&self) {
        self.0.0.lock().unwrap().is_open = true;
        self.0.1.notify_all();
    }

    fn callers(&self) -> usize {
        self.0.0.lock().unwrap().callers
    }

    pub(crate) async fn wait_for_callers(&self, count: usize) {
        let start = Instant::now();
        while self.callers() < count {
            assert!(start.elapsed() < TIMEOUT, "{} callers", self.callers());
            rt::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

/// Mentions whose reads hang for one user. A mock would let one call in at a time.
struct SlowMentions {
    of: UserId,
    gate: Gate,
}

impl MentionRepository for SlowMentions {
    fn resolve(&self, _: ChatroomId, _: &[String]) -> Result<Vec<UserId>, StoreError> {
        Ok(Vec::new())
    }

    fn of_user(&self, user: UserId, _: Option<MessageId>, _: Limit) -> Result<Vec<Message>, StoreError> {
        if user == self.of {
            self.gate.pass();
        }
        Ok(Vec::new())
    }

    fn unread(&self, _: UserId, _: Vec<MessageId>) -> Result<Vec<MessageId>, StoreError> {
        Ok(Vec::new())
    }
}

/// A hasher that hangs on one password, and keeps the others as they are.
struct SlowHasher(Gate);

impl PasswordHasher for SlowHasher {
    fn hash(&self, password: &str) -> Result<PasswordHash, HasherBusy> {
        Ok(PasswordHash::new(password.to_owned()))
    }

    fn verify(&self, password: &str, hash: Option<&PasswordHash>) -> Result<bool, HasherBusy> {
        if password == SLOW {
            self.0.pass();
        }
        Ok(hash.is_some_and(|hash| hash.as_str() == password))
    }
}

fn signed_in(app: &TestApp, user: UserId) -> Client {
    let session = SessionId::from(Uuid::now_v7());
    app.bearer(&tokens().issue(user, session, app.clock.now()))
}

/// Sends this many requests at the same time, without waiting for their answers.
pub(crate) fn send_at_once<F: Future<Output = Answer> + 'static>(
    count: usize,
    request: impl Fn() -> F,
) -> Vec<rt::task::JoinHandle<StatusCode>> {
    let send = |_| {
        let request = request();
        rt::spawn(async move { request.await.status })
    };
    (0..count).map(send).collect()
}

/// An app on which reads of this user's mentions hang.
async fn with_slow_mentions_of(user: UserId, at_once: AtOnce) -> (TestApp, Gate) {
    let gate = Gate::default();
    let mentions = SlowMentions { of: user, gate: gate.clone() };
    let stores = Stores { mentions: Arc::new(mentions), ..mocks::silent() };
    let config = TestConfig { at_once, ..TestConfig::default() };
    (TestApp::with_stores_and_config(stores, config).await, gate)
}

pub(crate) fn mentions_of(client: &Client) -> impl Future<Output = Answer> + use<> {
    let client = client.clone();
    async move { client.get("/api/users/me/mentions").await }
}

#[actix_web::test]
async fn slow_reads_of_one_user_leave_places_to_others() {
    let (ann, bob) = (UserId::from(Uuid::now_v7()), UserId::from(Uuid::now_v7()));
    let (app, gate) = with_slow_mentions_of(ann, AtOnce::default()).await;
    let (ann, bob) = (signed_in(&app, ann), signed_in(&app, bob));
    let slow = send_at_once(40, || mentions_of(&ann));
    let _opens = OpenOnDrop(gate.clone());
    gate.wait_for_callers(4).await;
    mentions_of(&bob).await.expect_status(200);
    let refused = mentions_of(&ann).await.expect_problem(429, "too_many_requests");
    assert_eq!(refused.header("Retry-After"), Some("1"));
    assert_eq!(gate.callers(), 4, "the share of a user");
    gate.open();
    for answer in slow {
        let status = answer.await.unwrap().as_u16();
        assert!(matches!(status, 200 | 429), "{status}");
    }
}

/// The answer to a user whose queue is full.
pub(crate) async fn too_many_requests() -> Answer {
    let ann = UserId::from(Uuid::now_v7());
    let (app, gate) = with_slow_mentions_of(ann, AtOnce { per_user: 1, ..AtOnce::default() }).await;
    let ann = signed_in(&app, ann);
    let _opens = OpenOnDrop(gate.clone());
    let slow = send_at_once(1 + 64 + 1, || mentions_of(&ann));
    gate.wait_for_callers(1).await;
    let start = Instant::now();
    while !slow.iter().any(rt::task::JoinHandle::is_finished) {
        assert!(start.elapsed() < TIMEOUT, "none was refused");
        rt::time::sleep(Duration::from_millis(1)).await;
    }
    let refused = mentions_of(&ann).await;
    assert!(start.elapsed() < Duration::from_secs(2), "it was refused only after waiting");
    gate.open();
    refused
}

#[actix_web::test]
async fn requests_beyond_the_queue_of_a_user_are_refused_at_once() {
    too_many_requests().await.expect_problem(429, "too_many_requests");
}

#[actix_web::test]
async fn passwords_of_one_address_leave_places_to_others() {
    let gate = Gate::default();
    let mut users = MockUserRepository::new();
    users.expect_credentials().returning(|_| Ok(None));
    let stores = Stores { users: Arc::new(users), ..mocks::silent() };
    let app = TestApp::with_hasher(stores, SlowHasher(gate.clone())).await;
    let sign_in = |address: &str, name: String, password: &'static str| {
        let client = app.nobody().at(address);
        async move { client.post("/api/auth/session", json!({"username": name, "password": password})).await }
    };
    let next = AtomicUsize::new(0);
    let slow = send_at_once(40, || {
        let name = format!("ann{}", next.fetch_add(1, Ordering::SeqCst) % 6);
        sign_in(HERE, name, SLOW)
    });
    let _opens = OpenOnDrop(gate.clone());
    gate.wait_for_callers(4).await;
    // Attempts for one of the names wait too; its user signs in elsewhere.
    for name in ["bob", "ann0"] {
        sign_in(THERE, name.to_owned(), "wrong").await.expect_problem(401, "invalid_credentials");
    }
    assert_eq!(gate.callers(), 4, "the share of an address");
    gate.open();
    for answer in slow {
        assert_eq!(answer.await.unwrap().as_u16(), 401);
    }
}

#[actix_web::test]
async fn password_is_kept_if_the_session_ends_while_its_change_waits() {
    let (gate, store) = (Gate::default(), TestStore::new(Engine::Sqlite));
    let app = TestApp::with_hasher(store.clone(), SlowHasher(gate.clone())).await;
    let _opens = OpenOnDrop(gate.clone());
    let ann = app.sign_up("ann").await;
    let here = ann.at(HERE);
    let next = AtomicUsize::new(0);
    let slow = send_at_once(4, || {
        let name = format!("bob{}", next.fetch_add(1, Ordering::SeqCst));
        let client = app.nobody().at(HERE);
        async move { client.post("/api/auth/session", json!({"username": name, "password": SLOW})).await }
    });
    gate.wait_for_callers(4).await;
    let change = json!({"password": "another horse", "current_password": PASSWORD});
    let changed = rt::spawn(async move { here.patch("/api/users/me", change).await });
    rt::task::yield_now().await;
    ann.delete("/api/auth/session").await.expect_status(204);
    assert!(!changed.is_finished());
    gate.open();
    changed.await.unwrap().expect_problem(401, "invalid_token");
    app.try_sign_in("ann", PASSWORD).await.expect_status(200);
    for answer in slow {
        assert_eq!(answer.await.unwrap().as_u16(), 401);
    }
}
