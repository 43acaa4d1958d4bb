//! Users, chatrooms and messages in a fresh database, made in one line each.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use chit_chat_domain::clock::{Clock, Timestamp};
use chit_chat_domain::id::{IdSource, SessionId, UserId};
use chit_chat_domain::session::{EndedSession, NewSession, SecretHash};
use chit_chat_domain::user::{NewUser, PasswordHash, SignedUp, Username};

use crate::{Engine, TestClock, TestIds, TestStore};

const PASSWORD_HASH: &str = "the hash of a password";

/// A fresh database with a clock and ids; the ports are reached through it.
pub struct World {
    pub store: TestStore,
    pub clock: Arc<TestClock>,
    pub ids: Arc<TestIds>,
}

impl World {
    pub fn new(engine: Engine) -> Self {
        Self { store: TestStore::new(engine), clock: Arc::default(), ids: Arc::default() }
    }

    /// An instant later than all before.
    pub fn tick(&self) -> Timestamp {
        self.clock.advance(Duration::from_micros(1_000_001))
    }

    /// A user about to sign up.
    pub fn draft_user(&self, username: &str) -> NewUser {
        let username = Username::parse(username).unwrap();
        NewUser {
            id: UserId::from(self.ids.next()),
            reservation: format!("reserved: {}", username.folded()),
            username,
            display_name: None,
            email: None,
            password_hash: self.password_hash(),
            created_at: self.tick(),
        }
    }

    /// A user who signed up.
    pub fn user(&self, username: &str) -> UserId {
        self.sign_up(self.draft_user(username))
    }

    pub fn sign_up(&self, draft: NewUser) -> UserId {
        let id = draft.id;
        assert_eq!(self.users.insert(draft), Ok(SignedUp::Created));
        id
    }

    /// Deletes the account of a user who still has the usual password; answers the sessions that it ended.
    pub fn delete_account(&self, user: UserId) -> Vec<EndedSession> {
        self.users.delete(user, self.password_hash(), self.tick()).unwrap().unwrap()
    }

    /// What every user's password is checked against, unless it was changed.
    pub fn password_hash(&self) -> PasswordHash {
        PasswordHash::new(PASSWORD_HASH.into())
    }

    /// A session about to be opened, with hashes that are told apart by `secret`.
    pub fn draft_session(&self, user: UserId, secret: u8) -> NewSession {
        NewSession {
            id: SessionId::from(self.ids.next()),
            user_id: user,
            created_at: self.tick(),
            user_agent: Some("curl/8".into()),
            family: SecretHash::new([secret; 32]),
            current: SecretHash::new([secret.wrapping_add(1); 32]),
            checked: self.password_hash(),
        }
    }

    /// A session of the user, and which others it ended, of at most `most`.
    pub fn session(&self, user: UserId, most: usize) -> (SessionId, Vec<EndedSession>) {
        let draft = self.draft_session(user, 0);
        let id = draft.id;
        (id, self.sessions.create(draft, most).unwrap().unwrap())
    }

    /// The user's sessions that are open now, newest first.
    pub fn open_sessions(&self, user: UserId) -> Vec<SessionId> {
        self.sessions.list(user, self.clock.now()).unwrap().into_iter().map(|session| session.id).collect()
    }
}

impl Deref for World {
    type Target = TestStore;

    fn deref(&self) -> &TestStore {
        &self.store
    }
}
