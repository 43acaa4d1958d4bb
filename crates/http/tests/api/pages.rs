//! Paged lists: no entry is repeated or missing.

use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};
use crate::people::{Person, Room};

/// Reads a list to its end by its cursors, and checks that its links lead to the same pages.
pub(crate) async fn all_pages(ann: &Person, path: &str, limit: usize) -> Vec<Vec<Value>> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let mut pages = Vec::new();
    let first = format!("{path}{separator}limit={limit}");
    let mut next = first.clone();
    loop {
        let page = ann.get(&next).await.expect_status(200);
        pages.push(page.items().to_vec());
        let Some(cursor) = page["next_cursor"].as_str() else {
            assert_eq!((&page["next_cursor"], page.header("Link")), (&Value::Null, None));
            return pages;
        };
        assert_eq!(page.items().len(), limit, "{next}");
        let link = page.header("Link").unwrap();
        let target = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap();
        let by_link = ann.get(target).await.expect_status(200);
        let by_cursor = ann.get(format!("{first}&cursor={cursor}")).await.expect_status(200);
        assert_eq!(by_link.body, by_cursor.body, "{target}");
        target.clone_into(&mut next);
        assert!(pages.len() < 50, "the list does not end");
    }
}

pub(crate) fn each(pages: &[Vec<Value>], name: &str) -> Vec<Value> {
    pages.iter().flatten().map(|item| item[name].clone()).collect()
}

async fn room_with(ann: &Person, messages: usize) -> Room {
    let room = ann.create_room("Plans", "private", &[]).await;
    for number in 0..messages {
        ann.say(&room, &format!("{number}")).await;
    }
    room
}

#[both_engines]
async fn users_are_paged_by_username(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("Ann").await;
    for name in ["b_", "B.1", "b", "_x", "Zoe", "0", "b-1"] {
        let account = json!({"username": name, "password": PASSWORD});
        app.nobody().post("/api/users", account).await.expect_status(201);
    }
    for limit in [1, 3, 4, 8, 200] {
        let names = each(&all_pages(&ann, "/api/users", limit).await, "username");
        assert_eq!(names, ["0", "_x", "Ann", "b", "b-1", "B.1", "b_", "Zoe"], "{limit}");
    }
    let found = each(&all_pages(&ann, "/api/users?q=B", 2).await, "username");
    assert_eq!(found, ["b", "b-1", "B.1", "b_"]);
}

#[both_engines]
async fn chatrooms_are_paged_by_age_and_activity(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    for number in 0..5 {
        ann.create_room(&format!("Room {number}"), "public", &[&bob]).await;
    }
    let newest_first = ["Room 4", "Room 3", "Room 2", "Room 1", "Room 0"];
    for path in ["/api/chatrooms", "/api/chatrooms?visibility=public", "/api/chatrooms?q=room"] {
        for limit in [1, 2, 5] {
            let names = each(&all_pages(&bob, path, limit).await, "name");
            assert_eq!(names, newest_first, "{path} {limit}");
        }
    }
}

#[both_engines]
async fn memberships_are_paged_by_time_of_joining(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "public", &[]).await;
    for name in ["eve", "dan", "cem", "bob"] {
        app.sign_up(name).await.join(&room).await;
    }
    for limit in [1, 2, 5] {
        let names = each(&all_pages(&ann, &room.memberships(), limit).await, "username");
        assert_eq!(names, ["ann", "eve", "dan", "cem", "bob"], "{limit}");
    }
}

#[both_engines]
async fn history_is_paged_backwards(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = room_with(&ann, 7).await;
    let pages = all_pages(&ann, &room.messages(), 3).await;
    let bodies: Vec<Vec<Value>> = pages.into_iter().map(|page| each(&[page], "body")).collect();
    assert_eq!(bodies, [vec!["4", "5", "6"], vec!["1", "2", "3"], vec!["0"]]);
    let pages = all_pages(&ann, &format!("{}?before=6", room.messages()), 2).await;
    let seqs: Vec<Vec<Value>> = pages.into_iter().map(|page| each(&[page], "seq")).collect();
    assert_eq!(seqs, [[4, 5].to_vec(), [3].to_vec()]);
    assert_eq!(each(&all_pages(&ann, &room.messages(), 7).await, "body").len(), 7);
}

#[both_engines]
async fn history_is_paged_forwards(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = room_with(&ann, 7).await;
    for limit in [1, 3, 7] {
        let pages = all_pages(&ann, &format!("{}?after=0", room.messages()), limit).await;
        assert_eq!(each(&pages, "seq"), [3, 4, 5, 6, 7, 8, 9], "{limit}");
    }
    assert_eq!(each(&all_pages(&ann, &format!("{}?after=7", room.messages()), 200).await, "seq"), [8, 9]);
}

#[both_engines]
async fn history_is_read_around_seq(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = room_with(&ann, 9).await;
    let seqs =
        async |query: &str| ann.get(format!("{}?{query}", room.messages())).await.expect_status(200).each("seq");
    assert_eq!(seqs("around=7&limit=3").await, [6, 7, 8]);
    assert_eq!(seqs("around=7&limit=1").await, [7]);
    assert_eq!(seqs("around=3&limit=4").await, [3, 4, 5, 6]);
    assert_eq!(seqs("around=11&limit=4").await, [8, 9, 10, 11]);
    assert_eq!(seqs("around=1&limit=1").await, [3]);
    assert_eq!(seqs("before=3").await.len(), 0);
    assert_eq!(seqs("before=0").await.len(), 0);
    assert_eq!(seqs("after=11").await.len(), 0);
    for extreme in ["after=9223372036854775807", "around=9223372036854775807", "around=0"] {
        assert!(seqs(extreme).await.len() <= 50, "{extreme}");
    }
    assert_eq!(seqs("before=9223372036854775807&limit=2").await, [10, 11]);
}

#[both_engines]
async fn page_around_seq_continues_in_both_directions(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = room_with(&ann, 9).await;
    let read = async |query: &str| {
        let page = ann.get(format!("{}?limit=3{query}", room.messages())).await.expect_status(200);
        (page.each("seq"), page)
    };
    let (seqs, page) = read("&around=7").await;
    assert_eq!(seqs, [6, 7, 8]);
    let cursor = |member: &str| format!("&around=7&cursor={}", page[member].as_str().unwrap());
    let (newer, last) = read(&cursor("next_cursor")).await;
    assert_eq!(newer, [9, 10, 11]);
    assert_eq!(last["next_cursor"], Value::Null);
    let (older, first) = read(&cursor("previous_cursor")).await;
    assert_eq!(older, [3, 4, 5]);
    assert_eq!(first["next_cursor"], Value::Null);
    let (_, page) = read("&around=3").await;
    assert!(page["next_cursor"].is_string() && page["previous_cursor"].is_null());
    let (_, page) = read("&around=11").await;
    assert!(page["next_cursor"].is_null() && page["previous_cursor"].is_string());
}

#[both_engines]
async fn own_messages_are_paged_newest_first(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let (one, two) = (room_with(&ann, 2).await, room_with(&ann, 2).await);
    ann.say(&one, "4").await;
    ann.say(&two, "5").await;
    for limit in [1, 2, 3, 6] {
        let bodies = each(&all_pages(&ann, "/api/users/me/messages", limit).await, "body");
        assert_eq!(bodies, ["5", "4", "1", "0", "1", "0"], "{limit}");
    }
}

#[both_engines]
async fn sessions_are_paged_newest_first(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    for _ in 0..4 {
        app.sign_in("ann").await;
    }
    let all = ann.get("/api/auth/sessions").await.expect_status(200).each("id");
    assert_eq!(all.len(), 5);
    for limit in [1, 2, 5] {
        assert_eq!(each(&all_pages(&ann, "/api/auth/sessions", limit).await, "id"), all, "{limit}");
    }
}

#[both_engines]
async fn log_is_paged_forwards(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = room_with(&ann, 5).await;
    for (path, first) in [("events", 1), ("events?after=2", 3)] {
        for limit in [1, 2, 7] {
            let seqs = each(&all_pages(&ann, &room.path(path), limit).await, "seq");
            assert_eq!(seqs, (first..=7).collect::<Vec<_>>(), "{path} {limit}");
        }
    }
}

#[both_engines]
async fn chatroom_that_moves_during_paging_is_on_one_page(engine: Engine) {
    let app = TestApp::new(engine).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let mut rooms = Vec::new();
    for number in 0..6 {
        rooms.push(ann.create_room(&format!("Room {number}"), "private", &[&bob]).await);
    }
    bob.say(&rooms[1], "hello").await;
    let (mut target, mut found) = ("/api/chatrooms?limit=2".to_owned(), Vec::new());
    loop {
        let page = ann.get(&target).await.expect_status(200);
        found.extend(page.each("name"));
        for room in &rooms[..3] {
            bob.say(room, "hello").await;
        }
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        target = format!("/api/chatrooms?limit=2&cursor={cursor}");
    }
    assert_eq!(found, ["Room 1", "Room 5", "Room 4", "Room 3", "Room 2", "Room 0"]);
    let again = ann.get("/api/chatrooms?limit=3").await.expect_status(200);
    assert_eq!(again.each("name"), ["Room 2", "Room 1", "Room 0"]);
}

#[both_engines]
async fn paging_is_stable_during_writes(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = room_with(&ann, 6).await;
    let first = ann.get(format!("{}?limit=2", room.messages())).await.expect_status(200);
    ann.say_each(&room, &["new", "newer"]).await;
    let cursor = first.str("next_cursor");
    let second = ann.get(format!("{}?limit=2&cursor={cursor}", room.messages())).await.expect_status(200);
    assert_eq!(
        (first.each("body"), second.each("body")),
        (vec![json!("4"), json!("5")], vec![json!("2"), json!("3")])
    );
}

#[both_engines]
async fn default_limit_is_fifty(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = room_with(&ann, 60).await;
    for path in [room.messages(), room.path("events"), "/api/users/me/messages".to_owned()] {
        assert_eq!(ann.get(&path).await.items().len(), 50, "{path}");
        assert!(ann.get(format!("{path}?limit=200")).await.items().len() >= 60, "{path}");
    }
}
