//! The app under test: everything that the server wires, except the sockets.

use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::App;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::Data;
use chit_chat_contract::{Engine, Raw, TestStore};
use chit_chat_domain::clock::Clock;
use chit_chat_domain::id::{SessionId, UserId};
use chit_chat_domain::key::{CreateKey, KeyKind, KeyOwner};
use chit_chat_domain::message::BodyLimit;
use chit_chat_domain::policy::MessagePolicies;
use chit_chat_domain::scope::Scopes;
use chit_chat_domain::services::{Policies, Services, System};
use chit_chat_domain::session::AccessTokens;
use chit_chat_domain::stores::Stores;
use chit_chat_domain::user::{PasswordHasher, SignUps};
use chit_chat_http::{
    AllowedOrigins, AtOnce, Environment, Limits, Proxies, State, StoreConnections, answer, configure, cors,
    limited,
};
use chit_chat_system::{BcryptPool, JwtAccessTokens, RandomIds, SigningKeys, SystemSecrets};
use serde_json::json;
use uuid::Uuid;

use crate::answer::Answer;
use crate::client::Client;
use crate::clock::ShiftedClock;
use crate::documented;
use crate::people::Person;
use crate::server::{Answered, Server};
use crate::session::Session;
use crate::wire::Wire;

pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const SIGNING_KEY: &str = "a key that has 32 bytes or more and digits";
/// The lowest cost that bcrypt accepts.
const LOWEST_COST: u32 = 4;
/// The number of threads for which the API lets passwords in, so that tests do not depend on the machine.
pub(crate) const PASSWORD_THREADS: usize = 4;

/// The configuration of an app; empty by default.
#[derive(Default)]
pub(crate) struct TestConfig {
    pub(crate) limits: Option<Limits>,
    pub(crate) proxies: Proxies,
    pub(crate) at_once: AtOnce,
    pub(crate) origins: AllowedOrigins,
    pub(crate) sign_ups: SignUps,
    pub(crate) storage_quota: Option<u64>,
    pub(crate) body_limit: BodyLimit,
    pub(crate) policies: MessagePolicies,
}

/// The API on its own store. Clones share the app.
#[derive(Clone)]
pub(crate) struct TestApp(Rc<Server>);

impl TestApp {
    /// A connection to the database that bypasses the ports.
    pub(crate) fn database(&self) -> Raw {
        self.0.database.as_ref().expect("a real store").raw()
    }

    /// Starts an app on an empty database.
    pub(crate) async fn new(engine: Engine) -> Self {
        Self::with_config(engine, TestConfig::default()).await
    }

    /// Starts an app on an empty database, with this configuration.
    pub(crate) async fn with_config(engine: Engine, config: TestConfig) -> Self {
        let database = TestStore::new(engine);
        Self::start(database.clone(), bcrypt(), Some(Rc::new(database)), config).await
    }

    /// Serves the same app on a listening socket; `stop` it at the end.
    pub(crate) fn listening(&self) -> Self {
        let Server { clock, state, stores, database, limits, origins, .. } = &**self;
        let wire = Wire::listen(state);
        let called = wire.clone();
        Self(Rc::new(Server {
            call: Box::new(move |request| Box::pin(called.clone().call(request))),
            clock: clock.clone(),
            state: state.clone(),
            limits: limits.clone(),
            origins: origins.clone(),
            stores: stores.clone(),
            wire: Some(wire),
            database: database.clone(),
        }))
    }

    /// Stops the server, so that nothing uses the database any longer.
    pub(crate) async fn stop(self) {
        if let Some(wire) = &self.wire {
            wire.server.stop(true).await;
        }
    }

    /// Starts another instance on the same database.
    pub(crate) async fn another_instance(&self) -> Self {
        self.another_instance_with(TestConfig::default()).await
    }

    /// Starts another instance on the same database, with this configuration.
    pub(crate) async fn another_instance_with(&self, config: TestConfig) -> Self {
        let database = self.database.clone().expect("a store and not a mock");
        Self::start(database.open_another(), bcrypt(), Some(database), config).await
    }

    /// Starts an app on which sign-up is closed.
    pub(crate) async fn with_sign_ups_closed(engine: Engine) -> Self {
        Self::with_config(engine, TestConfig { sign_ups: SignUps::Closed, ..TestConfig::default() }).await
    }

    /// Starts an app on these stores, usually mocks.
    pub(crate) async fn with_stores(stores: Stores) -> Self {
        Self::with_stores_and_config(stores, TestConfig::default()).await
    }

    pub(crate) async fn with_stores_and_config(stores: Stores, config: TestConfig) -> Self {
        Self::start(stores, bcrypt(), None, config).await
    }

    /// Starts an app on these stores and this hasher, usually mocks.
    pub(crate) async fn with_hasher(stores: Stores, hasher: impl PasswordHasher + 'static) -> Self {
        Self::with_hasher_and_config(stores, hasher, TestConfig::default()).await
    }

    /// Starts an app on these stores and this hasher, with this configuration.
    pub(crate) async fn with_hasher_and_config(
        stores: Stores,
        hasher: impl PasswordHasher + 'static,
        config: TestConfig,
    ) -> Self {
        Self::start(stores, Arc::new(hasher), None, config).await
    }

    async fn start(
        stores: Stores,
        hasher: Arc<dyn PasswordHasher>,
        database: Option<Rc<TestStore>>,
        TestConfig { limits, proxies, at_once, origins, sign_ups, storage_quota, body_limit, policies }: TestConfig,
    ) -> Self {
        let clock = Arc::new(ShiftedClock::default());
        let system = System {
            clock: clock.clone(),
            ids: Arc::new(RandomIds),
            secrets: Arc::new(SystemSecrets::new(&signing_keys())),
            hasher,
        };
        let mut all = Policies::default().with_body_limit(body_limit);
        all.of_messages = policies;
        let services = Services::over(&stores, &system, all).with_sign_ups(sign_ups);
        let services = services.with_storage_quota(storage_quota);
        let limits = limits.map(Data::new);
        let environment = Environment {
            clock: clock.clone(),
            tokens: Arc::new(tokens()),
            at_once,
            limits: limits.clone(),
            connections: StoreConnections { reads: 8, writes: 4 },
            password_threads: PASSWORD_THREADS,
        };
        let state = Data::new(State::start(services, stores.clone(), environment).unwrap());
        let app = App::new()
            .app_data(state.clone())
            .app_data(Data::new(origins.clone()))
            .app_data(Data::new(proxies))
            .wrap(cors(&origins))
            .wrap(from_fn(answer));
        let app = app.configure(configure).configure(limited(limits.clone()));
        let service = Rc::new(init_service(app).await);
        let call = move |request: TestRequest| -> Answered {
            let service = service.clone();
            Box::pin(async move { documented::read(call_service(&*service, request.to_request()).await).await })
        };
        Self(Rc::new(Server { call: Box::new(call), clock, state, limits, origins, stores, wire: None, database }))
    }

    /// A client without an access token.
    pub(crate) fn nobody(&self) -> Client {
        self.client_with(None)
    }

    /// A client with this access token, or without one.
    pub(crate) fn client_with(&self, token: Option<String>) -> Client {
        Client::new(self.0.clone(), token)
    }

    /// A client with this access token.
    pub(crate) fn bearer(&self, token: &str) -> Client {
        self.client_with(Some(token.to_owned()))
    }

    /// Signs up a user and signs them in.
    pub(crate) async fn sign_up(&self, username: &str) -> Person {
        let account = json!({"username": username, "password": PASSWORD});
        let user = self.nobody().post("/api/users", account).await.expect_status(201);
        self.sign_in(username).await.into_person(user.id())
    }

    /// Opens a session for a user with the default password.
    pub(crate) async fn sign_in(&self, username: &str) -> Session {
        let session = self.try_sign_in(username, PASSWORD).await.expect_status(200);
        let text = |name: &str| session[name].as_str().unwrap().to_owned();
        let (refresh_token, username) = (text("refresh_token"), text("username"));
        Session { client: self.bearer(&text("access_token")), refresh_token, username }
    }

    pub(crate) async fn try_sign_in(&self, username: &str, password: &str) -> Answer {
        let credentials = json!({"username": username, "password": password});
        self.nobody().post("/api/auth/session", credentials).await
    }

    pub(crate) async fn refresh(&self, refresh_token: &str) -> Answer {
        self.nobody().post("/api/auth/refresh", json!({"refresh_token": refresh_token})).await
    }

    /// Reads changes made through other instances, as the server does in the background.
    pub(crate) fn follow(&self) {
        self.state.follow().unwrap();
    }

    /// Deletes the messages of deleted accounts, as the server does in the background.
    pub(crate) fn erase_messages(&self) {
        while self.stores.upkeep.erase_messages(self.clock.now(), 1).unwrap() {}
    }

    /// A client with a new server key, which the operator's command creates.
    pub(crate) fn server_key(&self, scopes: &[&str]) -> Client {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let entered = CreateKey { name: "backend".to_owned(), scopes, ..CreateKey::default() };
        let keys = &self.state.services.keys;
        let issued =
            keys.create(KeyOwner::Application, KeyKind::Server, &entered, Scopes::OF_APPLICATION).unwrap();
        self.bearer(issued.text.reveal())
    }

    /// Disables an account without the API, as the operator's command does.
    pub(crate) fn disable(&self, user: &str) {
        self.stores.administration.disable(user.parse().unwrap(), self.clock.now()).unwrap().unwrap();
    }

    /// Enables an account without the API, as the operator's command does.
    pub(crate) fn enable(&self, user: &str) {
        self.stores.administration.enable(user.parse().unwrap()).unwrap().unwrap();
    }

    /// A client with a valid token of a user that the store does not have.
    pub(crate) fn stranger(&self) -> Client {
        let (user, session) = (UserId::from(Uuid::now_v7()), SessionId::from(Uuid::now_v7()));
        self.bearer(&tokens().issue(user, session, self.clock.now()))
    }
}

impl Deref for TestApp {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.0
    }
}

/// The issuer of the server's access tokens.
pub(crate) fn tokens() -> JwtAccessTokens {
    JwtAccessTokens::new(&signing_keys())
}

fn signing_keys() -> SigningKeys {
    SigningKeys::parse(SIGNING_KEY).unwrap_or_else(|_| panic!("a weak key"))
}

fn bcrypt() -> Arc<dyn PasswordHasher> {
    Arc::new(BcryptPool::start(LOWEST_COST).unwrap())
}
