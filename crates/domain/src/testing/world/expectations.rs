//! Expectations that many tests share.

use std::sync::Arc;

use mockall::TimesRange;
use mockall::predicate::eq;

use super::World;
use crate::chatroom::{Access, Settings, Visibility};
use crate::membership::Role;
use crate::policy::MessagePolicy;
use crate::testing::{FixedClock, access, chatroom, me, password_hash, room};
use crate::user::{Credentials, User};

impl World {
    /// Sets the time, in RFC 3339, such as `2026-01-01T23:00:00Z`.
    #[must_use]
    #[track_caller]
    pub fn at(self, now: &str) -> Self {
        Self { clock: Arc::new(FixedClock::at(now)), ..self }
    }

    /// Adds a policy for the texts of messages.
    #[must_use]
    pub fn with_message_policy(self, policy: impl MessagePolicy + 'static) -> Self {
        Self { policies: self.policies.clone().with_message_policy(policy), ..self }
    }

    /// Expects at least one look-up of my access: the chatroom has this visibility, and I this role or none.
    pub fn with_access(visibility: Visibility, role: Option<Role>) -> Self {
        let mut world = Self::default();
        world.expect_later_access(visibility, role);
        world
    }

    /// Expects at least one look-up of my access: the private chatroom has these settings, and I this role.
    pub fn with_room(settings: Settings, role: Role) -> Self {
        let mut world = Self::default();
        world.expect_access(1.., Some(access(chatroom().with_settings(settings), Some(role))));
        world
    }

    /// Expects the first look-up of my access, as [`with_access`](Self::with_access) does for all.
    pub fn with_first_access(visibility: Visibility, role: Option<Role>) -> Self {
        let mut world = Self::default();
        world.expect_access(1, Some(access(chatroom().with_visibility(visibility), role)));
        world
    }

    /// Expects further look-ups after [`with_first_access`](Self::with_first_access), by a rule that
    /// has to decide again.
    pub fn expect_later_access(&mut self, visibility: Visibility, role: Option<Role>) {
        self.expect_access(1.., Some(access(chatroom().with_visibility(visibility), role)));
    }

    /// Expects at least one look-up of my access to a chatroom that does not exist.
    pub fn without_room() -> Self {
        let mut world = Self::default();
        world.expect_access(1.., None);
        world
    }

    /// Expects this number of look-ups of my access to the chatroom, with this result.
    pub fn expect_access(&mut self, times: impl Into<TimesRange>, found: Option<Access>) {
        self.chatrooms.expect_access().with(eq(room()), eq(me())).times(times).return_const(Ok(found));
    }

    /// Expects look-ups of my account, which is found in this state.
    pub fn user_is(&mut self, user: User) {
        self.users.expect_find().with(eq(me())).return_const(Ok(Some(user)));
    }

    /// Expects one look-up of the account with the username `matt`, with this result.
    pub fn credentials_are(&mut self, credentials: Option<Credentials>) {
        self.users.expect_credentials().with(eq("matt".to_owned())).times(1).return_const(Ok(credentials));
    }

    /// Expects one check of a password against [`password_hash`]; only this one is right.
    pub fn password_is(&mut self, right: &'static str) {
        self.hasher
            .expect_verify()
            .withf(|_, hash| *hash == Some(&password_hash()))
            .times(1)
            .returning(move |entered, _| Ok(entered == right));
    }
}
