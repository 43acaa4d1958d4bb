//! Users, chatrooms and messages in a fresh database, one line each.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use chit_chat_domain::clock::{Clock, Timestamp};
use chit_chat_domain::id::{IdSource, SessionId, UserId};
use chit_chat_domain::session::{EndedSession, NewSession, SecretHash};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::user::{AccountDeletion, NewUser, OwnMessages, PasswordHash, SignedUp, Username};

use crate::{Engine, TestClock, TestIds, TestStore};

const PASSWORD_HASH: &str = "the hash of a password";

/// A fresh database with a clock and ids; dereferences to the ports.
pub struct World {
    pub store: TestStore,
    pub clock: Arc<TestClock>,
    pub ids: Arc<TestIds>,
}

impl World {
    pub fn new(engine: Engine) -> Self {
        Self { store: TestStore::new(engine), clock: Arc::default(), ids: Arc::default() }
    }

    /// Advances the clock, and returns an instant later than all earlier ones.
    pub fn tick(&self) -> Timestamp {
        self.clock.advance(Duration::from_micros(1_000_001))
    }

    /// A draft of a user.
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

    /// Signs up a user.
    pub fn user(&self, username: &str) -> UserId {
        self.sign_up(self.draft_user(username))
    }

    pub fn sign_up(&self, draft: NewUser) -> UserId {
        let id = draft.id;
        assert_eq!(self.users.insert(draft), Ok(SignedUp::Created));
        id
    }

    /// Deletes the account of a user with the default password; returns the sessions that it ended.
    pub fn delete_account(&self, user: UserId) -> Vec<EndedSession> {
        self.try_delete_account(user).unwrap().unwrap()
    }

    /// Deletes the account of a user if it has the default password; returns the sessions that it ended, except for
    /// one that is opened for this.
    pub fn try_delete_account(&self, user: UserId) -> Result<Option<Vec<EndedSession>>, StoreError> {
        self.try_delete(user, OwnMessages::Keep)
    }

    fn try_delete(&self, user: UserId, messages: OwnMessages) -> Result<Option<Vec<EndedSession>>, StoreError> {
        let draft = self.draft_session(user, 0);
        let (opened, before) = (draft.id, self.open_sessions(user));
        if before.is_empty() {
            // Refused if the account is disabled or has another password.
            self.sessions.create(draft, 1)?;
        }
        let session = before.first().copied().unwrap_or(opened);
        let deletion = AccountDeletion { checked: self.password_hash(), session, messages };
        let mut ended = self.users.delete(user, deletion, self.tick())?;
        if let Some(ended) = &mut ended {
            ended.retain(|ended| ended.id != opened);
        }
        Ok(ended)
    }

    /// Deletes the account of a user together with their messages, which [`Upkeep`] then has to erase.
    ///
    /// [`Upkeep`]: chit_chat_domain::upkeep::Upkeep
    pub fn delete_account_with_messages(&self, user: UserId) {
        assert!(self.try_delete(user, OwnMessages::Delete).unwrap().is_some());
    }

    /// The default hash, which each user's password is checked against.
    pub fn password_hash(&self) -> PasswordHash {
        PasswordHash::new(PASSWORD_HASH.into())
    }

    /// A draft of a session, whose token hashes derive from `secret`.
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

    /// Opens a session for the user, and returns the sessions that it ended to keep at most `most`.
    pub fn session(&self, user: UserId, most: usize) -> (SessionId, Vec<EndedSession>) {
        let draft = self.draft_session(user, 0);
        let id = draft.id;
        (id, self.sessions.create(draft, most).unwrap().unwrap())
    }

    /// The user's open sessions, newest first.
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
