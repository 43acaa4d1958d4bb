//! Every operation, tried by everybody: who may do what in a private and in a public chatroom.

use std::collections::BTreeSet;

use actix_web::http::Method;
use chit_chat_contract::Engine;
use rstest::rstest;
use serde_json::Value;

use crate::app::TestApp;
use crate::client::Client;
use crate::people::{Person, Room, path_of};
use crate::routes;

/// Method and path, body, and the statuses in a private and in a public chatroom.
type Row = (&'static str, &'static str, Statuses, Statuses);
/// As the roles are ordered.
type Statuses = [u16; 6];
const ROLES: [&str; 6] = ["nobody", "an outsider", "a former member", "a member", "the author", "an owner"];

/// Open to whoever is signed in, wherever they are a member.
const SIGNED_IN: Statuses = [401, 200, 200, 200, 200, 200];
const ANYBODY: Statuses = [200; 6];

#[rustfmt::skip]
const TABLE: &[Row] = &[
    //                                                         nobody out  former mem  auth owner
    ("GET /api/chatrooms/{room}", "",                           [401, 404, 404, 200, 200, 200], [401, 200, 200, 200, 200, 200]),
    ("PATCH /api/chatrooms/{room}", r#"{"name": "New"}"#,       [401, 404, 404, 200, 200, 200], [401, 403, 403, 200, 200, 200]),
    ("PATCH /api/chatrooms/{room}", r#"{"visibility": "{other visibility}"}"#,
                                                                [401, 404, 404, 403, 403, 200], [401, 403, 403, 403, 403, 200]),
    ("PATCH /api/chatrooms/{room}", "{}",                       [401, 404, 404, 200, 200, 200], [401, 403, 403, 200, 200, 200]),
    ("DELETE /api/chatrooms/{room}", "",                        [401, 404, 404, 403, 403, 204], [401, 403, 403, 403, 403, 204]),

    ("GET /api/chatrooms/{room}/memberships", "",               [401, 404, 404, 200, 200, 200], [401, 403, 403, 200, 200, 200]),
    ("PUT /api/chatrooms/{room}/memberships/me", "",            [401, 404, 404, 200, 200, 200], [401, 201, 201, 200, 200, 200]),
    ("DELETE /api/chatrooms/{room}/memberships/me", "",         [401, 204, 204, 204, 204, 204], [401, 204, 204, 204, 204, 204]),
    ("PUT /api/chatrooms/{room}/memberships/{stranger}", "",    [401, 404, 404, 201, 201, 201], [401, 403, 403, 201, 201, 201]),
    ("PUT /api/chatrooms/{room}/memberships/{target}", "",      [401, 404, 404, 200, 200, 200], [401, 403, 403, 200, 200, 200]),
    ("PATCH /api/chatrooms/{room}/memberships/{target}", r#"{"role": "owner"}"#,
                                                                [401, 404, 404, 403, 403, 200], [401, 403, 403, 403, 403, 200]),
    ("PATCH /api/chatrooms/{room}/memberships/{rival}", r#"{"role": "member"}"#,
                                                                [401, 404, 404, 403, 403, 403], [401, 403, 403, 403, 403, 403]),
    ("PATCH /api/chatrooms/{room}/memberships/{stranger}", r#"{"role": "owner"}"#,
                                                                [401, 404, 404, 403, 403, 404], [401, 403, 403, 403, 403, 404]),
    ("DELETE /api/chatrooms/{room}/memberships/{target}", "",   [401, 404, 404, 403, 403, 204], [401, 403, 403, 403, 403, 204]),
    ("DELETE /api/chatrooms/{room}/memberships/{rival}", "",    [401, 404, 404, 403, 403, 403], [401, 403, 403, 403, 403, 403]),
    ("DELETE /api/chatrooms/{room}/memberships/{stranger}", "", [401, 404, 404, 403, 403, 204], [401, 403, 403, 403, 403, 204]),

    ("GET /api/chatrooms/{room}/messages", "",                  [401, 404, 404, 200, 200, 200], [401, 403, 403, 200, 200, 200]),
    ("POST /api/chatrooms/{room}/messages", r#"{"body": "x"}"#, [401, 404, 404, 201, 201, 201], [401, 403, 403, 201, 201, 201]),
    ("GET {message}", "",                                       [401, 404, 404, 200, 200, 200], [401, 403, 403, 200, 200, 200]),
    ("PATCH {message}", r#"{"body": "x"}"#,                     [401, 404, 404, 403, 200, 403], [401, 403, 403, 403, 200, 403]),
    ("DELETE {message}", "",                                    [401, 404, 404, 403, 204, 204], [401, 403, 403, 403, 204, 204]),
    ("GET {former's message}", "",                              [401, 404, 404, 200, 200, 200], [401, 403, 403, 200, 200, 200]),
    ("PATCH {former's message}", r#"{"body": "x"}"#,            [401, 404, 404, 403, 403, 403], [401, 403, 403, 403, 403, 403]),
    ("DELETE {former's message}", "",                           [401, 404, 404, 403, 403, 204], [401, 403, 403, 403, 403, 204]),
    ("GET /api/chatrooms/{room}/events", "",                    [401, 404, 404, 200, 200, 200], [401, 403, 403, 200, 200, 200]),

    ("GET /api/chatrooms", "",                                  SIGNED_IN, SIGNED_IN),
    ("GET /api/chatrooms?visibility=public", "",                SIGNED_IN, SIGNED_IN),
    ("POST /api/chatrooms", r#"{"name": "Mine"}"#,              [401, 201, 201, 201, 201, 201], [401, 201, 201, 201, 201, 201]),

    ("POST /api/users", r#"{"username": "{fresh}", "password": "correct horse"}"#, [201; 6], [201; 6]),
    ("GET /api/users", "",                                      SIGNED_IN, SIGNED_IN),
    ("GET /api/users?ids={target}", "",                         SIGNED_IN, SIGNED_IN),
    ("GET /api/users/{target}", "",                             SIGNED_IN, SIGNED_IN),
    ("GET /api/users/me", "",                                   SIGNED_IN, SIGNED_IN),
    ("PATCH /api/users/me", r#"{"display_name": "New"}"#,       SIGNED_IN, SIGNED_IN),
    ("DELETE /api/users/me", r#"{"password": "correct horse"}"#, [401, 204, 204, 204, 204, 204], [401, 204, 204, 204, 204, 204]),
    ("DELETE /api/users/me", r#"{"password": "wrong"}"#,        [401; 6], [401; 6]),
    ("GET /api/users/me/messages", "",                          SIGNED_IN, SIGNED_IN),

    ("POST /api/auth/session", r#"{"username": "{username}", "password": "correct horse"}"#, ANYBODY, ANYBODY),
    ("POST /api/auth/refresh", r#"{"refresh_token": "{refresh token}"}"#, ANYBODY, ANYBODY),
    ("GET /api/auth/sessions", "",                              SIGNED_IN, SIGNED_IN),
    ("DELETE /api/auth/session", "",                            [401, 204, 204, 204, 204, 204], [401, 204, 204, 204, 204, 204]),
    ("DELETE /api/auth/sessions/{target's session}", "",        [401, 404, 404, 404, 404, 404], [401, 404, 404, 404, 404, 404]),

    ("GET /healthz", "", ANYBODY, ANYBODY),
    ("GET /readyz", "", ANYBODY, ANYBODY),
];

#[rstest]
#[actix_web::test]
async fn everybody_may_do_what_the_table_says_in_a_private_chatroom(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = TestApp::new(engine).await;
    for (number, (operation, body, private, _)) in TABLE.iter().enumerate() {
        let scene = Scene::set(&app, "private", number).await;
        scene.play(operation, body, private).await;
    }
}

#[rstest]
#[actix_web::test]
async fn everybody_may_do_what_the_table_says_in_a_public_chatroom(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = TestApp::new(engine).await;
    for (number, (operation, body, _, public)) in TABLE.iter().enumerate() {
        let scene = Scene::set(&app, "public", number).await;
        scene.play(operation, body, public).await;
    }
}

#[test]
fn the_table_has_a_row_for_every_route() {
    let rows: BTreeSet<String> = TABLE.iter().map(|(operation, ..)| route_of(operation)).collect();
    let routes: BTreeSet<String> = routes::all()
        .into_iter()
        .filter(|(method, _)| *method != "HEAD")
        .map(|(method, path)| format!("{method} {}", anonymous(path)))
        .collect();
    assert_eq!(rows, routes);
}

/// The operation without what it names: `GET /api/users/{}`.
fn route_of(operation: &str) -> String {
    let operation = operation.split('?').next().unwrap();
    anonymous(&operation.replace("{message}", MESSAGE).replace("{former's message}", MESSAGE))
}

const MESSAGE: &str = "/api/chatrooms/{room}/messages/{message}";

fn anonymous(path: &str) -> String {
    path.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect::<Vec<_>>().join("{}")
}

/// People, and a chatroom with all of them for each role, so that no attempt disturbs another.
struct Scene {
    people: People,
    stages: Vec<Stage>,
}

struct People {
    outsider: Person,
    former: Person,
    member: Person,
    author: Person,
    owner: Person,
    /// An owner too.
    rival: Person,
    /// Another member.
    target: Person,
    /// Another outsider.
    stranger: Person,
    session_of_target: String,
}

struct Stage {
    room: Room,
    other_visibility: &'static str,
    message: Value,
    message_of_former: Value,
    fresh_name: String,
}

impl Scene {
    async fn set(app: &TestApp, visibility: &str, number: usize) -> Self {
        let person = |name: &str| {
            let name = format!("{name}{number}");
            async move { app.sign_up(&name).await }
        };
        let target = person("target").await;
        let session_of_target =
            target.get("/api/auth/sessions").await.items()[0]["id"].as_str().unwrap().to_owned();
        let people = People {
            outsider: person("outsider").await,
            former: person("former").await,
            member: person("member").await,
            author: person("author").await,
            owner: person("owner").await,
            rival: person("rival").await,
            target,
            stranger: person("stranger").await,
            session_of_target,
        };
        let mut stages = Vec::new();
        for role in 0..ROLES.len() {
            stages.push(people.stage(visibility, format!("fresh{number}_{role}")).await);
        }
        Self { people, stages }
    }

    /// Lets everybody try; whoever is refused has changed nothing.
    async fn play(&self, operation: &str, body: &str, statuses: &Statuses) {
        let People { outsider, former, member, author, owner, target, .. } = &self.people;
        let nobody = target.app.nobody();
        let actors = [None, Some(outsider), Some(former), Some(member), Some(author), Some(owner)];
        for (((stage, actor), role), expected) in self.stages.iter().zip(actors).zip(ROLES).zip(statuses) {
            let client = actor.map_or(&nobody, |person| &person.session.client);
            let fill = |text: &str| self.fill(text, stage, actor.unwrap_or(target));
            let before = self.people.picture(stage).await;
            let answer = attempt(client, &fill(operation), &fill(body)).await;
            assert_eq!(answer, *expected, "{role}: {operation} {body}");
            if answer >= 400 {
                assert_eq!(self.people.picture(stage).await, before, "{role} was refused: {operation} {body}");
            }
        }
    }

    fn fill(&self, text: &str, stage: &Stage, actor: &Person) -> String {
        let People { stranger, target, rival, session_of_target, .. } = &self.people;
        [
            ("{room}", stage.room.id.as_str()),
            ("{other visibility}", stage.other_visibility),
            ("{message}", &path_of(&stage.message)),
            ("{former's message}", &path_of(&stage.message_of_former)),
            ("{fresh}", &stage.fresh_name),
            ("{stranger}", &stranger.id),
            ("{target}", &target.id),
            ("{rival}", &rival.id),
            ("{target's session}", session_of_target),
            ("{username}", actor.username()),
            ("{refresh token}", &actor.session.refresh_token),
        ]
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

impl People {
    async fn stage(&self, visibility: &str, fresh_name: String) -> Stage {
        let Self { former, member, author, owner, rival, target, .. } = self;
        let room = owner.create_room("Plans", visibility, &[former, member, author, rival, target]).await;
        owner.promote(&room, rival).await;
        let message = author.say(&room, "by the author").await;
        let message_of_former = former.say(&room, "by the former member").await;
        former.leave(&room).await;
        let other_visibility = if visibility == "public" { "private" } else { "public" };
        Stage { room, other_visibility, message, message_of_former, fresh_name }
    }

    /// All that there is to see of a chatroom.
    async fn picture(&self, stage: &Stage) -> [Value; 3] {
        let room = self.rival.get(stage.room.own_path()).await.body;
        let members = self.rival.get(stage.room.memberships()).await.body;
        [room, members, self.rival.get(stage.room.path("events?limit=200")).await.body]
    }
}

async fn attempt(client: &Client, operation: &str, body: &str) -> u16 {
    let (method, path) = operation.split_once(' ').unwrap();
    let call = client.request(Method::from_bytes(method.as_bytes()).unwrap(), path);
    let call = if body.is_empty() { call } else { call.bytes("application/json", body) };
    call.send().await.status.as_u16()
}
