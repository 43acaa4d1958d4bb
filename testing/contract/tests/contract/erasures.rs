//! Deleting an account together with its messages.

use chit_chat_contract::{Engine, World, both_engines, done, emoji, kind, race};
use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::{LeaveReason, Role};
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{Message, MessageBody, NewMessage};
use chit_chat_domain::page::Limit;
use chit_chat_domain::stores::Stores;

/// Deletes the account with its messages, as the use case does.
fn delete_account(world: &World, user: UserId) {
    world.delete_account_with_messages(user);
    for room in world.memberships.chatrooms_of(user, 100).unwrap() {
        world.memberships.leave(room, user, LeaveReason::AccountDeleted, world.tick()).unwrap();
    }
}

/// Erases everything in batches of this size, and returns their number.
fn erase_all(world: &World, stores: &Stores, most: usize) -> usize {
    let mut batches = 0;
    while stores.upkeep.erase_messages(world.tick(), most).unwrap() {
        batches += 1;
        assert!(batches < 1_000, "no end");
    }
    batches
}

fn say_each(world: &World, room: ChatroomId, author: UserId, count: usize) -> Vec<Message> {
    (0..count).map(|n| world.say(room, author, &format!("hello {n}"))).collect()
}

fn deletions(world: &World, room: ChatroomId) -> usize {
    world.kinds(room).into_iter().filter(|kind| *kind == "message.deleted").count()
}

fn erasures(world: &World) -> i64 {
    world.raw().number("SELECT count(*) AS value FROM erasures")
}

#[both_engines]
fn messages_become_tombstones_that_keep_their_seq(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let rooms = [world.room(matt, &[beth]), world.room(matt, &[beth]), world.room(matt, &[beth])];
    let sent = rooms.map(|room| say_each(&world, room, beth, 3));
    let of_matt = world.say(rooms[0], matt, "mine");
    world.leave(rooms[1], beth);
    done(world.erase(&sent[2][0]));
    delete_account(&world, beth);
    assert_eq!(world.message(rooms[0], sent[0][0].id), sent[0][0], "not at once");
    assert!(erase_all(&world, &world.store, 2) >= 5);
    for (room, sent) in rooms.into_iter().zip(sent) {
        for message in sent {
            let now = world.message(room, message.id);
            assert_eq!((now.seq, now.author_id, now.body), (message.seq, beth, None));
            assert!(now.deleted_at.is_some());
        }
        assert_eq!(deletions(&world, room), 3);
        let last = world.log(room).pop().unwrap();
        assert_eq!((last.actor_id, kind(&last.change)), (beth, "message.deleted"));
    }
    assert_eq!(world.message(rooms[0], of_matt.id), of_matt);
    assert_eq!(erasures(&world), 0);
}

#[both_engines]
fn everything_of_the_messages_goes(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let parent = world.say(room, matt, "parent");
    let draft = NewMessage {
        reply_to: Some(parent.id),
        mentions: Mentions::of(vec![matt]),
        ..world.draft(room, beth, "reply")
    };
    let reply = chit_chat_contract::stored(world.send(draft));
    let body = MessageBody::parse("edited").unwrap();
    let guard = Guard::holds(beth, Role::Member);
    let edited = world.messages.edit(&reply, body, reply.mentions.clone(), guard, world.tick());
    let edited = done(edited.unwrap());
    world.react(&edited, matt, &emoji("👍"));
    world.pin(&edited, matt);
    delete_account(&world, beth);
    erase_all(&world, &world.store, 100);
    assert_eq!(world.message(room, parent.id).reply_count, 0);
    assert_eq!(world.reactions_to(&edited), []);
    assert_eq!(world.pinned(room), []);
    for table in ["mentions", "message_revisions", "reactions", "pins"] {
        assert_eq!(world.raw().number(&format!("SELECT count(*) AS value FROM {table}")), 0, "{table}");
    }
    assert_eq!(world.mentions.of_user(matt, None, Limit::MAX), Ok(vec![]));
}

#[both_engines]
fn kept_messages_are_not_erased(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let sent = world.say(room, beth, "hello");
    world.delete_account(beth);
    assert_eq!(erase_all(&world, &world.store, 10), 0);
    assert_eq!(world.message(room, sent.id), sent);
}

#[both_engines]
fn batches_are_bounded_and_survive_a_restart(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    say_each(&world, room, beth, 7);
    delete_account(&world, beth);
    for n in 1..=2 {
        assert_eq!(world.upkeep.erase_messages(world.tick(), 3), Ok(true));
        assert_eq!(deletions(&world, room), 3 * n);
    }
    let restarted = world.open_another();
    erase_all(&world, &restarted, 3);
    assert_eq!((deletions(&world, room), erasures(&world)), (7, 0));
}

#[both_engines]
fn deleted_chatrooms_are_left_to_the_purge(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (gone, kept) = (world.room(matt, &[beth]), world.room(matt, &[beth]));
    for room in [gone, kept] {
        say_each(&world, room, beth, 2);
    }
    let head = world.head(gone) + 1;
    world.delete_room(gone, matt);
    delete_account(&world, beth);
    erase_all(&world, &world.store, 10);
    let in_gone = world.log_to(gone, head).iter().filter(|event| kind(&event.change) == "message.deleted").count();
    assert_eq!((deletions(&world, kept), in_gone), (2, 0));
    while world.chatrooms.purge(10).unwrap() {}
    assert_eq!(world.raw().number("SELECT count(*) AS value FROM messages WHERE deleted_at IS NULL"), 0);
}

#[both_engines]
fn racing_instances_delete_each_message_once(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let rooms = [world.room(matt, &[beth, zoe]), world.room(matt, &[beth, zoe])];
    for room in rooms {
        say_each(&world, room, beth, 10);
        say_each(&world, room, zoe, 5);
    }
    delete_account(&world, beth);
    delete_account(&world, zoe);
    let another = world.open_another();
    race(5, |n| match n {
        0 => say_each(&world, rooms[0], matt, 20).len(),
        _ => erase_all(&world, if n % 2 == 0 { &world.store } else { &another }, 2),
    });
    for room in rooms {
        assert_eq!(deletions(&world, room), 15);
        world.log(room);
    }
    assert_eq!(erasures(&world), 0);
}

#[both_engines]
fn messages_wait_until_the_chatrooms_are_left(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    world.say(room, beth, "hello");
    world.delete_account_with_messages(beth);
    assert_eq!(erase_all(&world, &world.store, 10), 0);
    world.memberships.leave(room, beth, LeaveReason::AccountDeleted, world.tick()).unwrap();
    erase_all(&world, &world.store, 10);
    assert_eq!((deletions(&world, room), erasures(&world)), (1, 0));
}
