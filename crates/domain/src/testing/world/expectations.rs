//! Expectations that many tests share.

use std::sync::Arc;

use mockall::TimesRange;
use mockall::predicate::eq;

use super::World;
use crate::chatroom::{Access, Settings, Visibility};
use crate::membership::Role;
use crate::testing::{FixedClock, access, chatroom, me, password_hash, room};
use crate::user::{Credentials, User};

impl World {
    /// The same world at another time, written like `2026-01-01T23:00:00Z`.
    #[must_use]
    #[track_caller]
    pub fn at(self, now: &str) -> Self {
        Self { clock: Arc::new(FixedClock::at(now)), ..self }
    }

    /// The chatroom has this visibility and I have this role in it, or none, however often a rule asks; it must ask.
    pub fn where_i_am(visibility: Visibility, role: Option<Role>) -> Self {
        let mut world = Self::default();
        world.then_i_am(visibility, role);
        world
    }

    /// I have this role in a private chatroom with these settings, however often a rule asks; it must ask.
    pub fn where_the_room_is(settings: Settings, role: Role) -> Self {
        let mut world = Self::default();
        world.expect_access(1.., Some(access(chatroom().with_settings(settings), Some(role))));
        world
    }

    /// The same as [`where_i_am`](Self::where_i_am), but only for the first time that a rule asks.
    pub fn where_i_was(visibility: Visibility, role: Option<Role>) -> Self {
        let mut world = Self::default();
        world.expect_access(1, Some(access(chatroom().with_visibility(visibility), role)));
        world
    }

    /// The answer after that of [`where_i_was`](Self::where_i_was): what a rule finds that has to decide again.
    pub fn then_i_am(&mut self, visibility: Visibility, role: Option<Role>) {
        self.expect_access(1.., Some(access(chatroom().with_visibility(visibility), role)));
    }

    /// There is no such chatroom.
    pub fn without_the_room() -> Self {
        let mut world = Self::default();
        world.expect_access(1.., None);
        world
    }

    /// A rule asks so many times what I am to the chatroom, and finds this.
    pub fn expect_access(&mut self, times: impl Into<TimesRange>, found: Option<Access>) {
        self.chatrooms.expect_access().with(eq(room()), eq(me())).times(times).return_const(Ok(found));
    }

    /// My account is looked up and found like this.
    pub fn user_is(&mut self, user: User) {
        self.users.expect_find().with(eq(me())).return_const(Ok(Some(user)));
    }

    /// The account with the username `matt` is looked up once, with this result.
    pub fn credentials_are(&mut self, credentials: Option<Credentials>) {
        self.users.expect_credentials().with(eq("matt".to_owned())).times(1).return_const(Ok(credentials));
    }

    /// One password is checked, against [`password_hash`]; only this one is right.
    pub fn password_is(&mut self, right: &'static str) {
        self.hasher
            .expect_verify()
            .withf(|_, hash| *hash == Some(&password_hash()))
            .times(1)
            .returning(move |entered, _| Ok(entered == right));
    }
}
