//! Every operation, requested in every role on a running server, and compared with the table of rights.

use chit_chat_contract::{Engine, both_engines};
use chit_chat_domain::scope::{Scope, Scopes};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::client::Client;
use crate::people::{Person, Room};
use crate::rights::{self, ROLES, Row};

#[both_engines]
async fn rights_in_private_chatrooms_match_table(engine: Engine) {
    run_each_row(engine, "private").await;
}

#[both_engines]
async fn rights_in_public_chatrooms_match_table(engine: Engine) {
    run_each_row(engine, "public").await;
}

#[both_engines]
async fn rights_of_keys_match_both_tables(engine: Engine) {
    run_each_row_with(engine, "private", Credential::Key).await;
}

/// The credential of the attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Credential {
    AccessToken,
    /// A personal token: first one without the scope, then one with no other.
    Key,
}

async fn run_each_row(engine: Engine, visibility: &'static str) {
    run_each_row_with(engine, visibility, Credential::AccessToken).await;
}

async fn run_each_row_with(engine: Engine, visibility: &'static str, credential: Credential) {
    let app = TestApp::new(engine).await;
    let running = app.listening();
    let mut scene = Scene::set(&app, &running, visibility).await;
    let mut are_people_changed = false;
    for row in &rights::rows() {
        let changes_people = row.changes() && !row.is_of_chatroom();
        if are_people_changed || changes_people {
            scene.renew_people().await;
        }
        for (role, name) in ROLES.iter().enumerate() {
            match credential {
                Credential::AccessToken => scene.play(row, role).await,
                // Keys have the rights of their users, so few roles tell.
                Credential::Key if !["outsider", "member", "owner"].contains(name) => {}
                Credential::Key => scene.play_with_key(row, role).await,
            }
        }
        are_people_changed = changes_people;
    }
    drop(scene);
    running.stop().await;
}

/// Users and a chatroom with all of them. Both are replaced after an attempt that was allowed to change them, so
/// that no attempt affects another.
struct Scene {
    /// The app called in this process, which is faster; creates users and chatrooms.
    app: TestApp,
    /// The app called through its socket; answers the attempts of the table.
    running: TestApp,
    visibility: &'static str,
    people: People,
    stage: Stage,
    picture: [Value; 3],
    /// A counter that makes names unique.
    names: usize,
}

struct People {
    outsider: Person,
    former: Person,
    member: Person,
    author: Person,
    moderator: Person,
    owner: Person,
    other_owner: Person,
    other_moderator: Person,
    other_member: Person,
    /// A second outsider.
    stranger: Person,
    session_of_other: String,
    token_of_other: String,
}

struct Stage {
    room: Room,
    message: Value,
    message_of_former: Value,
    invitation: Value,
    fresh_name: String,
}

impl Scene {
    async fn set(app: &TestApp, running: &TestApp, visibility: &'static str) -> Self {
        let people = People::sign_up(app, 0).await;
        let stage = people.stage(visibility, "fresh0".to_owned()).await;
        let picture = people.picture(&stage).await;
        Self { app: app.clone(), running: running.clone(), visibility, people, stage, picture, names: 1 }
    }

    async fn renew_people(&mut self) {
        self.people = People::sign_up(&self.app, self.names).await;
        self.renew_stage().await;
    }

    async fn renew_stage(&mut self) {
        self.stage = self.people.stage(self.visibility, format!("fresh{}", self.names)).await;
        self.picture = self.people.picture(&self.stage).await;
        self.names += 1;
    }

    /// Sends the row's request with keys of a user in a role.
    async fn play_with_key(&mut self, row: &Row, role: usize) {
        let Some(actor) = self.people.actor(role) else { return };
        let needed = row.scope();
        let lacking: Vec<&str> =
            Scopes::OF_USERS.iter().map(Scope::as_str).filter(|it| Some(*it) != needed).collect();
        if row.needs() != "any" {
            let key = actor.token(&self.running, json!({"name": "lacking", "scopes": lacking})).await;
            let answer = self.try_as(row, actor, &key.client).await;
            assert_eq!(answer, 403, "{} without scope: {}", ROLES[role], row.path);
            assert_eq!(self.people.picture(&self.stage).await, self.picture, "a key changed it: {}", row.path);
            actor.delete(format!("/api/users/me/tokens/{}", key.id)).await.expect_status(204);
        }
        if row.is_of_application() {
            return;
        }
        let scopes = [needed.unwrap_or("users:read")];
        let key = actor.token(&self.running, json!({"name": "holding", "scopes": scopes})).await;
        let answer = self.try_as(row, actor, &key.client).await;
        let expected = if row.needs_session() { 403 } else { row.status(role, self.visibility) };
        assert_eq!(answer, expected, "{} with scope: {} {} {}", ROLES[role], row.method, row.path, row.body);
        actor.delete(format!("/api/users/me/tokens/{}", key.id)).await;
        self.clean_up(row, role, answer).await;
    }

    async fn try_as(&self, row: &Row, actor: &Person, client: &Client) -> u16 {
        let own_session = session_of(actor).await;
        let fill = |text: &str| self.fill(text, &self.stage, actor).replace("{my session}", &own_session);
        attempt(client, row, fill).await
    }

    /// Sends the row's request in a role.
    async fn play(&mut self, row: &Row, role: usize) {
        let actor = self.people.actor(role);
        let token = actor.and_then(|person| person.session.client.token.as_deref());
        let client = token.map_or_else(|| self.running.nobody(), |token| self.running.bearer(token));
        let person = actor.unwrap_or(&self.people.other_member);
        let answer = self.try_as(row, person, &client).await;
        let (who, what) = (ROLES[role], format!("{} {} {}", row.operation, row.path, row.body));
        assert_eq!(answer, row.status(role, self.visibility), "{who}: {what}");
        self.clean_up(row, role, answer).await;
    }

    /// Replaces what an attempt changed. Refused attempts and GETs must have changed nothing.
    async fn clean_up(&mut self, row: &Row, role: usize, answer: u16) {
        if answer >= 400 || !row.changes() {
            assert_eq!(
                self.people.picture(&self.stage).await,
                self.picture,
                "{} changed it: {}",
                ROLES[role],
                row.path
            );
        } else if row.is_of_chatroom() {
            self.renew_stage().await;
        } else {
            self.stage.fresh_name = format!("fresh{}_{role}", self.names);
            self.picture = self.people.picture(&self.stage).await;
        }
    }

    fn fill(&self, text: &str, stage: &Stage, actor: &Person) -> String {
        let People {
            stranger, other_member, other_moderator, other_owner, session_of_other, token_of_other, ..
        } = &self.people;
        let id = |message: &Value| message["id"].as_str().unwrap().to_owned();
        [
            ("{room}", stage.room.id.as_str()),
            ("{other visibility}", if self.visibility == "public" { "private" } else { "public" }),
            ("{message}", &id(&stage.message)),
            ("{former's message}", &id(&stage.message_of_former)),
            ("{invitation}", &id(&stage.invitation)),
            ("{code}", stage.invitation["code"].as_str().unwrap()),
            ("{emoji}", "%F0%9F%91%8D"),
            ("{fresh}", &stage.fresh_name),
            ("{stranger}", &stranger.id),
            ("{other member}", &other_member.id),
            ("{other moderator}", &other_moderator.id),
            ("{other owner}", &other_owner.id),
            ("{other's session}", session_of_other),
            ("{other's token}", token_of_other),
            ("{my name}", actor.username()),
            ("{my refresh token}", &actor.session.refresh_token),
        ]
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

impl People {
    async fn sign_up(app: &TestApp, number: usize) -> Self {
        let person = |name: &str| {
            let name = format!("{name}{number}");
            async move { app.sign_up(&name).await }
        };
        let other_member = person("other_member").await;
        let session_of_other = session_of(&other_member).await;
        let token_of_other = other_member.token(app, json!({"name": "ci", "scopes": ["users:read"]})).await.id;
        Self {
            outsider: person("outsider").await,
            former: person("former").await,
            member: person("member").await,
            author: person("author").await,
            moderator: person("moderator").await,
            owner: person("owner").await,
            other_owner: person("other_owner").await,
            other_moderator: person("other_moderator").await,
            other_member,
            stranger: person("stranger").await,
            session_of_other,
            token_of_other,
        }
    }

    /// The user in this role; `None` for nobody.
    fn actor(&self, role: usize) -> Option<&Person> {
        let Self { outsider, former, member, author, moderator, owner, .. } = self;
        [None, Some(outsider), Some(former), Some(member), Some(author), Some(moderator), Some(owner)][role]
    }

    async fn stage(&self, visibility: &str, fresh_name: String) -> Stage {
        let Self { former, member, author, moderator, owner, other_owner, other_moderator, other_member, .. } =
            self;
        let others = [former, member, author, moderator, other_owner, other_moderator, other_member];
        let room = owner.create_room("Plans", visibility, &others).await;
        owner.promote(&room, other_owner).await;
        for person in [moderator, other_moderator] {
            owner.make("moderator", &room, person).await;
        }
        let message = author.say(&room, "by the author").await;
        let message_of_former = former.say(&room, "by the former member").await;
        former.leave(&room).await;
        let invitation = owner.invite(&room, json!({})).await;
        Stage { room, message, message_of_former, invitation, fresh_name }
    }

    /// The chatroom, its members and its log.
    async fn picture(&self, stage: &Stage) -> [Value; 3] {
        let room = self.other_owner.get(stage.room.own_path()).await.body;
        let members = self.other_owner.get(stage.room.memberships()).await.body;
        [room, members, self.other_owner.get(stage.room.path("events?limit=200")).await.body]
    }
}

async fn session_of(person: &Person) -> String {
    person.get("/api/auth/sessions").await.items()[0]["id"].as_str().unwrap().to_owned()
}

async fn attempt(client: &Client, row: &Row, fill: impl Fn(&str) -> String) -> u16 {
    let call = client.request(row.method.clone(), fill(row.path));
    let call = if row.body.is_empty() { call } else { call.bytes("application/json", fill(row.body)) };
    call.send().await.status.as_u16()
}
