//! The users of a trial.

use anyhow::Result;
use chit_chat_client::Client;
use fastrand::Rng;
use serde_json::json;

use super::secrets::MARK;

/// A signed-in user.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) client: Client,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) refresh_token: String,
}

/// A random password, with the mark that logs are searched for.
pub(crate) fn password(rng: &mut Rng) -> String {
    format!("{MARK} {:016x}", rng.u64(..))
}

impl Person {
    /// Signs up and signs in.
    pub(crate) fn new(nobody: &Client, name: &str, rng: &mut Rng) -> Result<Self> {
        let password = password(rng);
        let made = nobody.post("/api/users", &json!({"username": name, "password": password}))?.expect(201)?;
        let id = made.text_of("id")?.to_owned();
        Self::sign_in(nobody, &id, name, &password)
    }

    /// Opens another session of the user.
    pub(crate) fn again(&self) -> Result<Self> {
        Self::sign_in(&self.client.anonymous(), &self.id, &self.name, &self.password)
    }

    fn sign_in(nobody: &Client, id: &str, name: &str, password: &str) -> Result<Self> {
        let session = nobody.post("/api/auth/session", &json!({"username": name, "password": password}))?;
        let session = session.expect(200)?;
        Ok(Self {
            client: nobody.with_token(session.text_of("access_token")?),
            id: id.to_owned(),
            name: name.to_owned(),
            password: password.to_owned(),
            refresh_token: session.text_of("refresh_token")?.to_owned(),
        })
    }

    /// Creates a public chatroom of the user, and returns its path.
    pub(crate) fn make_room(&self, members: &[&Self]) -> Result<String> {
        let ids: Vec<&str> = members.iter().map(|member| member.id.as_str()).collect();
        let room = json!({"name": format!("Room of {}", self.name), "visibility": "public", "member_ids": ids});
        let made = self.client.post("/api/chatrooms", &room)?.expect(201)?;
        Ok(format!("/api/chatrooms/{}", made.text_of("id")?))
    }
}
