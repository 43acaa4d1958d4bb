//! Sessions of users.

use std::ops::Deref;

use crate::client::Client;

/// A session of a user.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) refresh_token: String,
    pub(crate) username: String,
}

impl Deref for Session {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}
