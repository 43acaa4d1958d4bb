//! Signed-in users, and the chatrooms that they create.

use std::ops::Deref;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::app::TestApp;
use crate::client::Client;
use crate::session::Session;

/// A user with a session.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) session: Session,
}

/// A chatroom, by its id.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    pub(crate) id: String,
}

impl Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.session.client
    }
}

impl Session {
    pub(crate) fn into_person(self, id: String) -> Person {
        Person { id, session: self }
    }
}

/// A personal token.
pub(crate) struct Token {
    pub(crate) id: String,
    pub(crate) client: Client,
}

impl Person {
    /// Creates a personal token.
    pub(crate) async fn token(&self, app: &TestApp, entered: Value) -> Token {
        let made = self.post("/api/users/me/tokens", entered).await.expect_status(201);
        Token { id: made.id(), client: app.bearer(made.str("secret")) }
    }

    pub(crate) fn username(&self) -> &str {
        &self.session.username
    }

    pub(crate) async fn create_room(&self, name: &str, visibility: &str, members: &[&Self]) -> Room {
        let member_ids: Vec<&str> = members.iter().map(|person| person.id.as_str()).collect();
        let room = json!({"name": name, "visibility": visibility, "member_ids": member_ids});
        Room { id: self.post("/api/chatrooms", room).await.expect_status(201).id() }
    }

    /// Creates the direct chatroom with another user.
    pub(crate) async fn open(&self, other: &Self) -> Room {
        Room { id: self.put(format!("/api/direct/{}", other.id)).await.expect_status(201).id() }
    }

    /// Sends a message, and returns it as stored.
    pub(crate) async fn say(&self, room: &Room, text: &str) -> Value {
        self.post(room.messages(), json!({"body": text})).await.expect_status(201).body
    }

    pub(crate) async fn say_each(&self, room: &Room, texts: &[&str]) {
        for text in texts {
            self.say(room, text).await;
        }
    }

    pub(crate) async fn edit(&self, message: &Value, text: &str) -> Value {
        self.patch(path_of(message), json!({"body": text})).await.expect_status(200).body
    }

    pub(crate) async fn erase(&self, message: &Value) {
        self.delete(path_of(message)).await.expect_status(204);
    }

    /// Adds a reaction to a message.
    pub(crate) async fn react(&self, message: &Value, by: &str) {
        self.put(reaction_path(message, by)).await.expect_status(204);
    }

    /// Removes a reaction from a message.
    pub(crate) async fn take_back(&self, message: &Value, by: &str) {
        self.delete(reaction_path(message, by)).await.expect_status(204);
    }

    pub(crate) async fn join(&self, room: &Room) {
        self.put(room.membership("me")).await.expect_status(201);
    }

    pub(crate) async fn leave(&self, room: &Room) {
        self.delete(room.membership("me")).await.expect_status(204);
    }

    pub(crate) async fn add(&self, room: &Room, person: &Self) {
        self.put(room.membership(&person.id)).await.expect_status(201);
    }

    pub(crate) async fn remove(&self, room: &Room, person: &Self) {
        self.delete(room.membership(&person.id)).await.expect_status(204);
    }

    pub(crate) async fn ban(&self, room: &Room, person: &Self) {
        self.put(room.ban(&person.id)).await.expect_status(201);
    }

    /// Creates an invitation, and returns it.
    pub(crate) async fn invite(&self, room: &Room, bounds: Value) -> Value {
        self.post(room.path("invitations"), bounds).await.expect_status(201).body
    }

    /// Accepts an invitation by its code.
    pub(crate) async fn accept(&self, invitation: &Value) -> Answer {
        let code = invitation["code"].as_str().unwrap();
        self.request(Method::POST, format!("/api/invitations/{code}/accept")).send().await
    }

    pub(crate) async fn promote(&self, room: &Room, person: &Self) {
        self.make("owner", room, person).await;
    }

    pub(crate) async fn make(&self, role: &str, room: &Room, person: &Self) {
        self.patch(room.membership(&person.id), json!({"role": role})).await.expect_status(200);
    }

    /// The bodies of the newest messages, oldest first.
    pub(crate) async fn read(&self, room: &Room) -> Vec<Value> {
        self.get(room.messages()).await.expect_status(200).each("body")
    }

    /// The types of all events in the log.
    pub(crate) async fn log(&self, room: &Room) -> Vec<Value> {
        self.get(room.path("events?limit=200")).await.expect_status(200).each("type")
    }
}

impl Room {
    pub(crate) fn own_path(&self) -> String {
        format!("/api/chatrooms/{}", self.id)
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/chatrooms/{}/{rest}", self.id)
    }

    pub(crate) fn messages(&self) -> String {
        self.path("messages")
    }

    pub(crate) fn pins(&self) -> String {
        self.path("pins")
    }

    pub(crate) fn pin(&self, message: &Value) -> String {
        format!("{}/{}", self.pins(), message["id"].as_str().unwrap())
    }

    pub(crate) fn memberships(&self) -> String {
        self.path("memberships")
    }

    pub(crate) fn membership(&self, user: &str) -> String {
        format!("{}/{user}", self.memberships())
    }

    pub(crate) fn ban(&self, user: &str) -> String {
        self.path(&format!("bans/{user}"))
    }
}

/// The path of a message.
pub(crate) fn path_of(message: &Value) -> String {
    let text = |name: &str| message[name].as_str().unwrap();
    format!("/api/chatrooms/{}/messages/{}", text("chatroom_id"), text("id"))
}

/// The path of one's own reaction to a message.
pub(crate) fn reaction_path(message: &Value, by: &str) -> String {
    format!("{}/reactions/{}", path_of(message), percent_encoded(by))
}

pub(crate) fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}
