//! Use cases of a user's own account.

use std::sync::Arc;

use super::{
    AccountDeletion, DisplayName, Email, HasherBusy, NewPassword, NewUser, OwnMessages, PasswordChange,
    PasswordHash, PasswordHasher, PasswordPolicy, SignedUp, Updated, User, UserChanges, UserRepository, Username,
    UsernameChange, WhoCanAddMe,
};
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::form::{Form, patched};
use crate::id::{ChatroomId, IdSource, SessionId, UserId};
use crate::membership::{LeaveReason, MembershipRepository};
use crate::secrets::Secrets;
use crate::store_error::StoreError;

/// The number of chatrooms that a deleted account leaves in one batch, each in a transaction of its own.
const LEFT_AT_ONCE: usize = 10;

/// The input for signing up.
#[derive(Clone)]
pub struct SignUp {
    pub username: String,
    pub password: String,
    pub email: Option<String>,
    pub display_name: Option<String>,
}

/// The state of sign-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignUps {
    #[default]
    Open,
    /// Only operators create accounts.
    Closed,
}

/// The input for changing an account; the outer `None` keeps the current value.
#[derive(Clone, Default)]
pub struct ProfileChange {
    pub username: Option<String>,
    /// The display name; `Some(None)` removes it.
    pub display_name: Option<Option<String>>,
    /// The email address; `Some(None)` removes it.
    pub email: Option<Option<String>>,
    pub who_can_add_me: Option<String>,
    pub password: Option<String>,
    /// The current password, required for a new one.
    pub current_password: Option<String>,
}

impl ProfileChange {
    /// Returns whether the change is about how the user signs in or is reached, and not only about the profile.
    pub fn is_of_account(&self) -> bool {
        self.username.is_some() || self.email.is_some() || self.password.is_some()
    }
}

/// Creates, changes and deletes accounts.
pub struct AccountService {
    pub policy: PasswordPolicy,
    pub sign_ups: SignUps,
    pub users: Arc<dyn UserRepository>,
    /// Memberships, which end when an account is deleted.
    pub memberships: Arc<dyn MembershipRepository>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub secrets: Arc<dyn Secrets>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
}

impl AccountService {
    /// Checks whether sign-up is open.
    ///
    /// Asks no port.
    pub fn may_sign_up(&self) -> Result<(), Denial> {
        match self.sign_ups {
            SignUps::Open => Ok(()),
            SignUps::Closed => Err(Denial::SignUpClosed),
        }
    }

    /// Creates an account.
    ///
    /// Asks [`Secrets::username_reservation`], [`PasswordHasher::hash`], then [`UserRepository::insert`].
    pub fn sign_up(&self, entered: &SignUp) -> Result<User, Failure> {
        self.may_sign_up()?;
        let mut form = Form::default();
        let username = form.check("username", Username::parse(&entered.username));
        let password = form.check("password", NewPassword::parse(&entered.password, self.policy));
        let email = form.check("email", entered.email.as_deref().map(Email::parse).transpose());
        let display_name =
            form.check("display_name", entered.display_name.as_deref().map(DisplayName::parse).transpose());
        let (Some(username), Some(password), Some(email), Some(display_name)) =
            (username, password, email, display_name)
        else {
            return Err(form.into_failure());
        };
        let user = NewUser {
            id: UserId::from(self.ids.next()),
            reservation: self.secrets.username_reservation(&username),
            username,
            display_name,
            email,
            password_hash: self.hasher.hash(password.reveal())?,
            created_at: self.clock.now(),
        };
        let profile = super::Profile {
            username: user.username.clone(),
            display_name: user.display_name.clone(),
            email: user.email.clone(),
            who_can_add_me: WhoCanAddMe::default(),
        };
        let stored = User { id: user.id, created_at: user.created_at, profile: Some(profile) };
        match self.users.insert(user)? {
            SignedUp::Created => Ok(stored),
            SignedUp::UsernameTaken => Err(Denial::UsernameTaken.into()),
        }
    }

    /// Changes profile and password; a new password ends the user's other sessions.
    ///
    /// Asks [`UserRepository::update`]; for a new password first
    /// [`UserRepository::find`], [`UserRepository::credentials`], [`PasswordHasher::verify`] and
    /// [`PasswordHasher::hash`], and for a new username [`Secrets::username_reservation`].
    pub fn change(&self, user: UserId, session: SessionId, change: &ProfileChange) -> Result<User, Failure> {
        let mut form = Form::default();
        let username = form.check("username", change.username.as_deref().map(Username::parse).transpose());
        let display_name = form.check("display_name", patched(change.display_name.as_ref(), DisplayName::parse));
        let email = form.check("email", patched(change.email.as_ref(), Email::parse));
        let who_can_add_me = change.who_can_add_me.as_deref().map(WhoCanAddMe::parse).transpose();
        let who_can_add_me = form.check("who_can_add_me", who_can_add_me);
        let password = change.password.as_deref();
        let password =
            form.check("password", password.map(|text| NewPassword::parse(text, self.policy)).transpose());
        let (Some(username), Some(display_name), Some(email), Some(who_can_add_me), Some(password)) =
            (username, display_name, email, who_can_add_me, password)
        else {
            return Err(form.into_failure());
        };
        let password = match password {
            Some(password) => {
                let checked = self.check_password(user, change.current_password.as_deref().unwrap_or_default())?;
                Some(PasswordChange { new: self.hasher.hash(password.reveal())?, checked, session })
            }
            None => None,
        };
        let outdated = if password.is_some() { Denial::InvalidCredentials } else { Denial::UserNotFound };
        let username =
            username.map(|new| UsernameChange { reservation: self.secrets.username_reservation(&new), new });
        let changes = UserChanges { username, display_name, email, who_can_add_me, password };
        match self.users.update(user, changes, self.clock.now())?.ok_or(outdated)? {
            Updated::Changed(user, _) => Ok(user),
            Updated::UsernameTaken => Err(Denial::UsernameTaken.into()),
            Updated::RenamedTooOften => Err(Denial::RenamedTooOften.into()),
        }
    }

    /// Checks a user's password for the deletion of their account.
    ///
    /// Asks [`UserRepository::find`], [`UserRepository::credentials`], then [`PasswordHasher::verify`].
    pub fn check_deletion(
        &self,
        user: UserId,
        session: SessionId,
        password: &str,
        messages: Option<&str>,
    ) -> Result<AccountDeletion, Failure> {
        let messages = messages.map(OwnMessages::parse).transpose();
        let messages = messages.map_err(|violation| Failure::invalid("messages", violation))?.unwrap_or_default();
        Ok(AccountDeletion { checked: self.check_password(user, password)?, session, messages })
    }

    /// Deletes an account: first the account itself, then its memberships one by one if they are few. The others
    /// follow later, in batches, and so do messages that are to go too.
    ///
    /// Asks [`UserRepository::delete`], [`MembershipRepository::chatrooms_of`], then
    /// [`MembershipRepository::leave`] for each chatroom.
    pub fn delete(&self, user: UserId, deletion: AccountDeletion) -> Result<(), Failure> {
        self.users.delete(user, deletion, self.clock.now())?.ok_or(Denial::InvalidCredentials)?;
        // The account is deleted even if this fails; `continue_deletions` completes it.
        let _incomplete = self.leave_few_chatrooms(user);
        Ok(())
    }

    fn leave_few_chatrooms(&self, user: UserId) -> Result<(), StoreError> {
        let chatrooms = self.memberships.chatrooms_of(user, AccountDeletion::FEW_CHATROOMS + 1)?;
        if chatrooms.len() > AccountDeletion::FEW_CHATROOMS {
            return Ok(());
        }
        self.leave_chatrooms(user, chatrooms)
    }

    /// Lets one deleted user leave some chatrooms, and returns whether there was such a user.
    ///
    /// Asks [`UserRepository::departing`] and [`MembershipRepository::chatrooms_of`]; then
    /// [`MembershipRepository::leave`] for each chatroom, or if there is none, [`UserRepository::departed`].
    pub fn continue_deletions(&self) -> Result<bool, StoreError> {
        let Some(user) = self.users.departing()? else {
            return Ok(false);
        };
        let chatrooms = self.memberships.chatrooms_of(user, LEFT_AT_ONCE)?;
        if chatrooms.is_empty() {
            self.users.departed(user)?;
        }
        self.leave_chatrooms(user, chatrooms)?;
        Ok(true)
    }

    fn leave_chatrooms(&self, user: UserId, chatrooms: Vec<ChatroomId>) -> Result<(), StoreError> {
        for chatroom in chatrooms {
            self.memberships.leave(chatroom, user, LeaveReason::AccountDeleted, self.clock.now())?;
        }
        Ok(())
    }

    /// Checks the password, and returns the hash that it was checked against.
    fn check_password(&self, user: UserId, password: &str) -> Result<PasswordHash, Failure> {
        let user = self.users.find(user)?.and_then(|user| user.profile);
        let credentials = match user {
            Some(profile) => self.users.credentials(profile.username.folded())?,
            None => None,
        };
        let hash = credentials.map(|credentials| credentials.password_hash);
        let matches = self.hasher.verify(password, hash.as_ref())?;
        Ok(hash.filter(|_| matches).ok_or(Denial::InvalidCredentials)?)
    }
}

impl From<HasherBusy> for Failure {
    fn from(_: HasherBusy) -> Self {
        Self::Busy
    }
}
