//! Changes of a user's profile, which reach everybody who shares a chatroom with the user.

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use super::event_stream::EventStream;
use super::test_socket::TestSocket;
use crate::answer::fields;
use crate::app::{PASSWORD, TestApp};
use crate::people::Person;
use crate::sockets::Listening;

const ALL: &str = "/api/events";
const ME: &str = "/api/users/me";

async fn change(person: &Person, change: Value) {
    person.patch(ME, change).await.expect_status(200);
}

/// Opens a stream of all chatrooms, which has caught up.
fn open(server: &Listening, person: &Person) -> EventStream {
    let mut stream = EventStream::open(server, person, ALL, &[]);
    stream.expect_each(&["ready", "caught_up"]);
    stream
}

/// Asserts that this is the public profile of a user, in no log and of no chatroom.
async fn expect_profile(frame: &Value, of: &Person, seen_by: &Person) {
    assert_eq!(fields(frame), ["actor_id", "at", "data", "type"]);
    assert_eq!(frame["actor_id"], of.id.as_str());
    assert_eq!(fields(&frame["data"]), ["created_at", "deleted", "display_name", "id", "username"]);
    let user = seen_by.get(format!("/api/users/{}", of.id)).await.expect_status(200);
    assert_eq!(frame["data"], user.body);
}

#[both_engines]
async fn new_names_reach_everybody_who_shares_a_chatroom_once(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob, cem) = (app.sign_up("ann").await, app.sign_up("bob").await, app.sign_up("cem").await);
    let (dee, eve) = (app.sign_up("dee").await, app.sign_up("eve").await);
    let room = ann.create_room("Plans", "private", &[&bob, &eve]).await;
    ann.create_room("More", "private", &[&bob]).await;
    let other = cem.create_room("Alone", "public", &[&eve]).await;
    // Bob does not know of it yet.
    let direct = dee.open(&bob).await;
    let server = Listening::start(&app);
    let mut told = [&ann, &bob, &dee].map(|person| open(&server, person));
    let mut of_room = EventStream::open(&server, &ann, &room.path("events"), &[]);
    of_room.expect("caught_up");
    let mut test_socket = TestSocket::start(&server, ann.token.as_deref().unwrap(), &json!({}));
    test_socket.expect_each(&["ready", "caught_up"]);
    let mut strangers = [&cem, &eve].map(|person| open(&server, person));
    eve.leave(&room).await;
    for stream in told[..2].iter_mut().chain([&mut of_room, &mut strangers[1]]) {
        stream.expect("membership.deleted");
    }
    test_socket.expect("membership.deleted");
    change(&bob, json!({"username": "robert", "display_name": "Bob 🐙", "email": "bob@example.com"})).await;
    for stream in told.iter_mut().chain([&mut of_room]) {
        expect_profile(&stream.expect("user.updated"), &bob, &ann).await;
    }
    let frame = test_socket.expect("user.updated");
    expect_profile(&frame, &bob, &ann).await;
    assert_eq!((&frame["data"]["username"], &frame["data"]["deleted"]), (&json!("robert"), &json!(false)));
    ann.say(&room, "hello").await;
    dee.say(&direct, "hello").await;
    cem.say(&other, "hello").await;
    let [mut anns, _, mut dees] = told;
    for stream in strangers.iter_mut().chain([&mut anns, &mut of_room, &mut dees]) {
        stream.expect("message.created");
    }
    test_socket.expect("message.created");
}

#[both_engines]
async fn settings_that_others_do_not_see_reach_nobody(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let mut streams = [&ann, &bob].map(|person| open(&server, person));
    change(&bob, json!({"email": "bob@example.com"})).await;
    change(&bob, json!({"who_can_add_me": "nobody"})).await;
    change(&bob, json!({"username": "bob", "display_name": null})).await;
    let password = json!({"current_password": PASSWORD, "password": "battery staple"});
    change(&bob, password).await;
    ann.say(&room, "hello").await;
    for stream in &mut streams {
        stream.expect("message.created");
    }
}

#[both_engines]
async fn profile_has_no_seq_and_moves_no_cursor(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let mut stream = open(&server, &ann);
    ann.say(&room, "one").await;
    stream.expect("message.created");
    let before = stream.last_id.clone();
    change(&bob, json!({"display_name": "Bob"})).await;
    stream.expect("user.updated");
    assert_eq!(stream.last_id, before);
    ann.say(&room, "two").await;
    let id = format!("Last-Event-ID: {before}");
    let mut again = EventStream::open(&server, &ann, ALL, &[&id]);
    again.expect("ready");
    assert_eq!(again.event(), (5, "message.created".to_owned()), "the profile is not sent again");
    again.expect("caught_up");
    assert_eq!(ann.log(&room).await.len(), 5);
}

#[both_engines]
async fn block_keeps_profiles_of_a_shared_chatroom(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let mut streams = [&ann, &bob].map(|person| open(&server, person));
    ann.put(format!("/api/users/me/blocks/{}", bob.id)).await.expect_status(204);
    change(&bob, json!({"display_name": "Bob"})).await;
    for stream in &mut streams {
        stream.expect("user.updated");
    }
}

#[both_engines]
async fn deleted_account_leaves_instead(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let mut stream = open(&server, &ann);
    bob.request(Method::DELETE, ME).json(json!({"password": PASSWORD})).send().await.expect_status(204);
    let left = stream.expect("membership.deleted");
    assert_eq!((&left["actor_id"], &left["data"]["reason"]), (&json!(bob.id), &json!("account_deleted")));
    ann.say(&room, "hello").await;
    stream.expect("message.created");
}

#[both_engines]
async fn profile_reaches_other_instances(engine: Engine) {
    let first = TestApp::new(engine).await;
    let (here, there) = (first.another_instance().await, first.another_instance().await);
    // Each finds another one that runs already.
    for app in [&first, &here, &there] {
        app.follow();
    }
    let (ann, bob) = (here.sign_up("ann").await, here.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&there);
    let mut streams = [&ann, &bob].map(|person| open(&server, person));
    let mut of_room = EventStream::open(&server, &ann, &room.path("events"), &[]);
    of_room.expect("caught_up");
    let mut test_socket = TestSocket::start(&server, ann.token.as_deref().unwrap(), &json!({}));
    test_socket.expect_each(&["ready", "caught_up"]);
    change(&bob, json!({"username": "robert"})).await;
    here.follow();
    there.follow();
    for stream in streams.iter_mut().chain([&mut of_room]) {
        expect_profile(&stream.expect("user.updated"), &bob, &ann).await;
    }
    expect_profile(&test_socket.expect("user.updated"), &bob, &ann).await;
}
