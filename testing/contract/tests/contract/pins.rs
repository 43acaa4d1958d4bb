//! Pinning and unpinning messages.

use chit_chat_contract::{Engine, World, both_engines, done, emoji, race};
use chit_chat_domain::chatroom::{ChatroomChanges, Guard, Right};
use chit_chat_domain::event::Change;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::pin::{MAX_PINS, Pin, Pinning};

fn scene(engine: Engine) -> (World, UserId, UserId, ChatroomId) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    (world, matt, beth, room)
}

#[both_engines]
fn pins_are_listed_newest_first_and_logged(engine: Engine) {
    let (world, matt, beth, room) = scene(engine);
    let (one, two) = (world.say(room, matt, "one"), world.say(room, matt, "two"));
    let at = world.tick();
    assert_eq!(world.pins.pin(&two, Guard::may(beth, Right::Speak), at), Ok(Pinning::Pinned));
    assert_eq!(world.pin(&one, matt), Pinning::Pinned);
    done(world.react(&two, beth, &emoji("👍")));
    let two = done(world.edit(&two, "two, edited"));
    let pinned = world.pinned(room);
    assert_eq!(pinned.iter().map(|pin| &pin.message).collect::<Vec<_>>(), [&one, &two]);
    let seq = two.seq + 1;
    assert_eq!(pinned[1], Pin { message: two.clone(), pinned_by: beth, pinned_at: at, seq });
    let log: Vec<_> = world.log(room).into_iter().map(|event| (event.actor_id, event.change)).collect();
    let created = |message: &Message| Change::PinCreated { message_id: message.id };
    assert_eq!(log[5..7], [(beth, created(&two)), (matt, created(&one))]);
}

#[both_engines]
fn pin_and_unpin_are_idempotent(engine: Engine) {
    let (world, matt, beth, room) = scene(engine);
    let sent = world.say(room, matt, "hello");
    assert_eq!(world.unpin(&sent, beth), Guarded::Done(()));
    assert_eq!(world.head(room), sent.seq);
    world.pin(&sent, matt);
    let first = world.pinned(room);
    assert_eq!(world.pin(&sent, beth), Pinning::Pinned);
    assert_eq!(world.pinned(room), first);
    assert_eq!(world.head(room), sent.seq + 1);
    assert_eq!(world.unpin(&sent, beth), Guarded::Done(()));
    assert_eq!(world.unpin(&sent, matt), Guarded::Done(()));
    assert_eq!(world.pinned(room), []);
    let last = world.log(room).pop().map(|event| (event.seq, event.actor_id, event.change));
    assert_eq!(last, Some((sent.seq + 2, beth, Change::PinDeleted { message_id: sent.id })));
}

#[both_engines]
fn pin_without_right_is_refused(engine: Engine) {
    let (world, matt, _, room) = scene(engine);
    let eve = world.user("Eve");
    let (sent, other) = (world.say(room, matt, "hello"), world.say(room, matt, "other"));
    world.pin(&sent, matt);
    let elsewhere = Message { chatroom_id: world.room(matt, &[]), ..other.clone() };
    assert_eq!(world.pin(&elsewhere, matt), Pinning::Refused);
    assert_eq!((world.pin(&other, eve), world.unpin(&sent, eve)), (Pinning::Refused, Guarded::Refused));
    let archive = ChatroomChanges { archived: Some(true), ..ChatroomChanges::default() };
    done(world.chatrooms.update(room, archive, Guard::holds(matt, Role::Owner), world.tick()).unwrap());
    assert_eq!((world.pin(&other, matt), world.unpin(&sent, matt)), (Pinning::Refused, Guarded::Refused));
    assert_eq!(world.pinned(room).len(), 1);
}

#[both_engines]
fn deleted_message_is_unpinned_for_good(engine: Engine) {
    let (world, matt, beth, room) = scene(engine);
    let (sent, kept) = (world.say(room, matt, "hello"), world.say(room, matt, "kept"));
    world.pin(&sent, beth);
    world.pin(&kept, beth);
    let gone = done(world.erase(&sent));
    assert_eq!(world.pinned(room).iter().map(|pin| pin.message.id).collect::<Vec<_>>(), [kept.id]);
    assert!(matches!(world.log(room).pop().unwrap().change, Change::MessageDeleted(_)));
    for message in [&sent, &gone] {
        assert_eq!((world.pin(message, beth), world.unpin(message, beth)), (Pinning::Refused, Guarded::Refused));
    }
}

#[both_engines]
fn pins_are_paged(engine: Engine) {
    let (world, matt, _, room) = scene(engine);
    let sent: Vec<Message> = (0..3).map(|n| world.say(room, matt, &n.to_string())).collect();
    for message in &sent {
        world.pin(message, matt);
    }
    let listed = |before| world.pins.list(room, before, Limit::parse(1).unwrap()).unwrap();
    let seqs = |pins: Vec<Pin>| pins.into_iter().map(|pin| pin.seq).collect::<Vec<_>>();
    assert_eq!(seqs(listed(i64::MAX)), [9, 8], "one more than the limit");
    assert_eq!(seqs(listed(8)), [7]);
}

#[both_engines]
fn racing_pins_respect_limit(engine: Engine) {
    let (world, matt, beth, room) = scene(engine);
    let another = world.open_another();
    let sent: Vec<Message> = (0..110).map(|n| world.say(room, matt, &n.to_string())).collect();
    for message in &sent[..90] {
        assert_eq!(world.pin(message, matt), Pinning::Pinned);
    }
    let pinned = race(20, |n| {
        let ports = if n % 2 == 0 { &*world.store } else { &another };
        ports.pins.pin(&sent[90 + n], Guard::may(beth, Right::Speak), world.tick()).unwrap()
    });
    assert_eq!(pinned.iter().filter(|outcome| **outcome == Pinning::Pinned).count(), 10);
    assert_eq!(pinned.iter().filter(|outcome| **outcome == Pinning::TooMany).count(), 10);
    assert_eq!(world.pinned(room).len(), usize::try_from(MAX_PINS).unwrap());
    assert_eq!(world.pin(&sent[0], beth), Pinning::Pinned, "already pinned");
    done(world.unpin(&sent[0], beth));
    assert_eq!(world.pin(&sent[0], beth), Pinning::Pinned);
}

#[both_engines]
fn pin_racing_with_delete_leaves_no_pinned_tombstone(engine: Engine) {
    let (world, matt, beth, room) = scene(engine);
    let another = world.open_another();
    for _ in 0..10 {
        let sent = world.say(room, matt, "hello");
        race(2, |n| {
            if n == 0 {
                done(world.erase(&sent));
            } else {
                another.pins.pin(&sent, Guard::may(beth, Right::Speak), world.tick()).unwrap();
            }
        });
        assert_eq!(world.pinned(room), []);
    }
}
