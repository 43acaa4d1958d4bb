//! Erasing the remains of deleted chatrooms.

use chit_chat_contract::{Engine, World, both_engines, done, emoji, kind, race};
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::page::Limit;

#[both_engines]
fn purge_keeps_existing_chatrooms(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    world.say(room, matt, "hello");
    assert_eq!(world.chatrooms.purge(100), Ok(false));
    assert_eq!(world.log(room).len(), 3);
}

#[both_engines]
fn purge_erases_deleted_chatroom_in_batches_except_last_event(engine: Engine) {
    let (world, room) = deleted_room(engine);
    let mut left = rows(&world);
    while world.chatrooms.purge(3).unwrap() {
        let now = rows(&world);
        assert!((left - 3..=left).contains(&now), "{left} became {now}");
        left = now;
    }
    assert_eq!(left, 1);
    assert_eq!(log(&world, room), [(19, "chatroom.deleted")]);
    assert_eq!(world.chatrooms.purge(3), Ok(false));
}

#[both_engines]
fn purge_erases_parts_of_messages_in_batches(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (room, living) = (world.room(matt, &[beth]), world.room(matt, &[beth]));
    for (place, text) in [(room, "one"), (room, "two"), (living, "three")] {
        let sent = world.say(place, matt, text);
        for user in [matt, beth] {
            for by in ["👍", "🎉"] {
                done(world.react(&sent, user, &emoji(by)));
            }
        }
        world.pin(&sent, beth);
        let mut message = sent.clone();
        for revision in 2..5 {
            message = done(world.edit(&message, &revision.to_string()));
        }
    }
    world.delete_room(room, matt);
    let mut raw = world.raw();
    let mut count = |table: &str| raw.number(&format!("SELECT count(*) AS value FROM {table}"));
    let tables = ["reactions", "message_revisions", "pins"];
    let mut left = tables.map(&mut count);
    assert_eq!(left, [12, 9, 3]);
    while world.chatrooms.purge(3).unwrap() {
        let now = tables.map(&mut count);
        // A user's reactions to one message are deleted together.
        assert!(left[0] - now[0] <= 4 && left[1] - now[1] <= 3, "{left:?} became {now:?}");
        left = now;
    }
    assert_eq!(left, [4, 3, 1], "those of the other chatroom");
}

#[both_engines]
fn log_is_readable_during_purge(engine: Engine) {
    let (world, room) = deleted_room(engine);
    while world.chatrooms.purge(2).unwrap() {
        assert_eq!(log(&world, room).pop(), Some((19, "chatroom.deleted")));
    }
}

#[both_engines]
fn purge_keeps_other_chatrooms(engine: Engine) {
    let (world, deleted) = deleted_room(engine);
    let beth = world.user("Beth");
    let room = world.room(beth, &[]);
    let sent = world.say(room, beth, "hello");
    while world.chatrooms.purge(100).unwrap() {}
    assert_eq!(world.message(room, sent.id), sent);
    assert_eq!(world.log(room).len(), 3);
    assert_eq!(log(&world, deleted).len(), 1);
}

#[both_engines]
fn racing_purges_do_not_conflict(engine: Engine) {
    let (world, room) = deleted_room(engine);
    let another = world.open_another();
    race(4, |n| {
        let ports = if n % 2 == 0 { &*world.store } else { &another };
        while ports.chatrooms.purge(2).unwrap() {}
    });
    assert_eq!(log(&world, room), [(19, "chatroom.deleted")]);
    assert_eq!(rows(&world), 1);
}

/// A deleted chatroom with six messages, three edited, three deleted, and a few other entries.
fn deleted_room(engine: Engine) -> (World, ChatroomId) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    for n in 0..6 {
        let sent = world.say(room, matt, &n.to_string());
        done(if n % 2 == 0 { world.edit(&sent, "edited") } else { world.erase(&sent) });
    }
    for name in ["A", "B", "C", "D"] {
        world.rename(room, matt, name);
    }
    world.delete_room(room, matt);
    (world, room)
}

/// The number of rows of messages and events.
fn rows(world: &World) -> i64 {
    world.raw().number("SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM events) AS value")
}

fn log(world: &World, room: ChatroomId) -> Vec<(i64, &'static str)> {
    let log = world.events.read(room, 0, i64::MAX, Limit::MAX).unwrap();
    log.into_iter().map(|event| (event.seq, kind(&event.change))).collect()
}
