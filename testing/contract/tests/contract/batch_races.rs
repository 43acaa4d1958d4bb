//! Batches of sends concurrent with all other writes, on real threads and two instances.

use std::collections::{HashMap, HashSet};
use std::{iter, thread};

use chit_chat_contract::{
    Crowd, Engine, World, all_stored, answers, both_engines, done, id_literal, messages_of, race, stored,
    try_answer,
};
use chit_chat_domain::chatroom::{NewChatroom, Visibility};
use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::membership::{Added, LeaveReason, Leaving, Role, RoleChange};
use chit_chat_domain::message::{Appended, Message, NewMessage};
use chit_chat_domain::stores::Stores;

#[both_engines]
fn opposite_orders_on_two_instances_do_not_deadlock(engine: Engine) {
    let crowd = Crowd::new(engine, 3, 8);
    let another = crowd.world.open_another();
    let mut sent: Vec<Message> = Vec::new();
    for _ in 0..5 {
        let held = crowd.world.block_writes_on(&[&crowd.world.store, &another]);
        let piles = race(2, |n| {
            let mut drafts = crowd.drafts(64);
            drafts.sort_by_key(|draft| draft.chatroom_id);
            if n == 0 {
                return crowd.world.queue_sends(&crowd.world.store, drafts);
            }
            drafts.reverse();
            crowd.world.queue_sends(&another, drafts)
        });
        held.release();
        sent.extend(piles.into_iter().flat_map(all_stored));
    }
    assert_eq!(sent.len(), 5 * 2 * 64);
    crowd.assert_logged(&sent);
}

#[both_engines]
fn busy_instances_do_not_starve(engine: Engine) {
    let crowd = Crowd::new(engine, 3, 4);
    let another = crowd.world.open_another();
    let sent = race(6, |n| {
        let ports = if n % 2 == 0 { &*crowd.world.store } else { &another };
        let batch = |_| {
            let mut drafts = crowd.drafts(10);
            drafts.rotate_left(n);
            all_stored(crowd.world.queue_sends(ports, drafts))
        };
        (0..5).flat_map(batch).collect::<Vec<Message>>()
    });
    let sent: Vec<Message> = sent.into_iter().flatten().collect();
    assert_eq!(sent.len(), 6 * 5 * 10);
    crowd.assert_logged(&sent);
}

/// PostgreSQL only: SQLite has a single lock, so its locks have no order.
#[test]
fn waiting_batch_locks_chatrooms_in_order_of_id() {
    let crowd = Crowd::new(Engine::Postgres, 2, 4);
    let mut held = crowd.world.block_writes_to(crowd.rooms[0]);
    let mut drafts = crowd.drafts(40);
    drafts.sort_by_key(|draft| draft.chatroom_id);
    drafts.reverse();
    let sends = crowd.world.queue_sends(&crowd.world.store, drafts);
    held.start_batch();
    // Shorter than the server takes to detect and break a deadlock.
    held.run("SET LOCAL lock_timeout = '500ms'");
    for room in &crowd.rooms[1..] {
        held.raw().lock_rooms(&format!("id = {}", id_literal(Engine::Postgres, *room)));
    }
    held.release();
    crowd.assert_logged(&all_stored(sends));
}

#[both_engines]
fn equal_keys_on_two_instances_store_each_message_once(engine: Engine) {
    const KEYS: usize = 20;
    let crowd = Crowd::new(engine, 1, 2);
    let (world, author) = (&crowd.world, crowd.people[0]);
    let another = world.open_another();
    for round in 1..=5 {
        let held = world.block_writes_on(&[&world.store, &another]);
        let piles = race(2, |n| {
            let draft = |m| world.keyed_draft(crowd.rooms[m % 2], author, "hello", &format!("{round} {m}"));
            let mut keyed: Vec<NewMessage> = (0..KEYS).map(draft).collect();
            if n == 1 {
                keyed.reverse();
            }
            let batch = iter::zip(keyed, crowd.drafts(KEYS)).flat_map(|(keyed, neighbour)| [keyed, neighbour]);
            world.queue_sends(if n == 0 { &world.store } else { &another }, batch.collect())
        });
        held.release();
        let (mut new, mut named) = (Vec::new(), HashMap::<_, HashSet<MessageId>>::new());
        for outcome in answers(piles.into_iter().flatten().collect()) {
            let message = match outcome.unwrap() {
                Appended::Stored(message) => {
                    new.push(message.id);
                    message
                }
                Appended::Duplicate(message, _) => message,
                Appended::Refused => panic!("refused"),
            };
            named.entry(message.client_key.map(|key| key.as_str().to_owned())).or_default().insert(message.id);
        }
        assert_eq!(new.len(), KEYS + 2 * KEYS);
        assert_eq!(named.remove(&None).map(|neighbours| neighbours.len()), Some(2 * KEYS));
        assert_eq!(named.len(), KEYS);
        assert!(named.values().all(|ids| ids.len() == 1), "{named:?}");
        let said: usize = crowd.rooms.iter().map(|room| world.logged(*room).len()).sum();
        assert_eq!(said, round * new.len());
    }
}

#[both_engines]
fn dropped_store_writes_accepted_sends(engine: Engine) {
    let crowd = Crowd::new(engine, 3, 2);
    let another = crowd.world.open_another();
    let held = crowd.world.block_writes_on(&[&another]);
    let mut sends = crowd.world.queue_sends(&another, crowd.drafts(300));
    thread::scope(|scope| {
        scope.spawn(|| held.release());
        drop(another);
    });
    let sent: Vec<Message> = sends.iter_mut().map(|send| stored(try_answer(send).unwrap().unwrap())).collect();
    crowd.assert_logged(&sent);
}

#[both_engines]
fn opening_and_dropping_stores_loses_nothing(engine: Engine) {
    let crowd = Crowd::new(engine, 3, 2);
    let sent = race(4, |_| {
        let visit = |_| {
            let store = crowd.world.open_another();
            let sends = crowd.world.queue_sends(&store, crowd.drafts(10));
            drop(store);
            all_stored(sends)
        };
        (0..3).flat_map(visit).collect::<Vec<Message>>()
    });
    crowd.assert_logged(&sent.into_iter().flatten().collect::<Vec<_>>());
}

#[both_engines]
fn batches_racing_with_changes_take_each_seq_once(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let people: Vec<UserId> = (0..10).map(|n| world.user(&format!("user_{n}"))).collect();
    let (owner, members, guests) = (people[0], &people[1..5], &people[5..]);
    let draft = NewChatroom { visibility: Visibility::Public, ..world.draft_room(owner, members) };
    let (room, other) = (world.create(draft).id, world.room(owner, members));
    let read: Vec<Message> = (0..10).map(|n| world.say(room, members[0], &n.to_string())).collect();
    let before = world.log(room).len();
    let sent = race(10, |n| {
        match n {
            0 => guests.iter().for_each(|guest| assert!(matches!(world.join(room, *guest), Added::Added(_)))),
            1 => (0..5).for_each(|n| world.rename(room, owner, &format!("Name {n}"))),
            2 => read[..5].iter().for_each(|message| drop(done(world.edit(message, "edited")))),
            3 => read[5..].iter().for_each(|message| drop(done(world.erase(message)))),
            4 => [Role::Owner, Role::Member, Role::Owner, Role::Member].into_iter().for_each(|role| {
                let changed = world.change_role(room, owner, members[1], role);
                assert!(matches!(changed, RoleChange::Changed(_)), "{changed:?}");
            }),
            5 => {
                let left = another.memberships.leave(room, members[2], LeaveReason::Left, world.tick());
                assert_eq!(left, Ok(Leaving::Left));
                world.delete_account(members[3]);
            }
            _ => {
                return send_batches(
                    &world,
                    if n % 2 == 0 { &world.store } else { &another },
                    owner,
                    &[room, other],
                );
            }
        }
        Vec::new()
    });
    // The expected number: four threads send four batches of eight messages each; the rest are the other changes.
    assert_eq!(world.log(room).len(), before + 4 * 4 * 8 + 5 + 5 + 5 + 5 + 4 + 1);
    let mut sent: Vec<Message> = sent.into_iter().flatten().collect();
    sent.sort_by_key(|message| message.seq);
    assert_eq!(world.logged(room)[read.len()..], messages_of(room, &sent));
    assert_eq!(world.logged(other), messages_of(other, &sent));
}

/// Sends four batches one after another, each of sixteen messages to the chatrooms in turn.
fn send_batches(world: &World, ports: &Stores, author: UserId, rooms: &[ChatroomId]) -> Vec<Message> {
    let batch = |_| {
        let drafts: Vec<NewMessage> =
            rooms.iter().cycle().take(16).map(|room| world.draft(*room, author, "hello")).collect();
        let outcomes = answers(world.queue_sends(ports, drafts.clone()));
        iter::zip(drafts, outcomes).map(|(draft, outcome)| world.retry_until_stored(&draft, outcome.unwrap()))
    };
    (0..4).flat_map(batch).collect()
}
