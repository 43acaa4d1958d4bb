//! Sends in one batch are written as if they had arrived one by one, in the order of arrival.

use std::iter;

use chit_chat_contract::{
    Crowd, Engine, all_stored, answer, both_engines, idempotency, messages_of, race, stored,
};
use chit_chat_domain::message::{Appended, Message, MessageBody};

use crate::batch_model::{Order, random_history};
use crate::batch_outcomes::refuse_poison;

#[both_engines]
fn batch_assigns_seqs_in_order_of_arrival(engine: Engine) {
    let crowd = Crowd::new(engine, 3, 1);
    let drafts = crowd.drafts(100);
    let expected =
        iter::zip(drafts.clone(), 5..).map(|(draft, seq)| Appended::Stored(Message::stored(draft, seq)));
    assert_eq!(crowd.world.send_batch(drafts), expected.collect::<Vec<_>>());
}

#[both_engines]
fn batch_keeps_order_in_each_chatroom(engine: Engine) {
    let crowd = Crowd::new(engine, 4, 5);
    // Not in the order of ids, in which the chatrooms may be locked.
    let mut drafts = crowd.drafts(120);
    drafts.reverse();
    let sent: Vec<Message> = crowd.world.send_batch(drafts).into_iter().map(stored).collect();
    crowd.assert_logged_in_order(&sent);
}

#[both_engines]
fn order_spans_several_batches(engine: Engine) {
    let crowd = Crowd::new(engine, 7, 3);
    let sent: Vec<Message> = crowd.world.send_batch(crowd.drafts(1_000)).into_iter().map(stored).collect();
    crowd.assert_logged_in_order(&sent);
}

#[both_engines]
fn send_during_batch_is_stored_after_it(engine: Engine) {
    let crowd = Crowd::new(engine, 3, 2);
    let held = crowd.world.block_writes();
    let mut sends = crowd.world.queue_sends(&crowd.world.store, crowd.drafts(200));
    held.release();
    for _ in 0..10 {
        sends.extend(crowd.world.queue_sends(&crowd.world.store, crowd.drafts(10)));
    }
    crowd.assert_logged_in_order(&all_stored(sends));
}

#[both_engines]
fn two_instances_keep_their_own_orders(engine: Engine) {
    let crowd = Crowd::new(engine, 3, 4);
    let another = crowd.world.open_another();
    let held = crowd.world.block_writes_on(&[&crowd.world.store, &another]);
    let piles = race(2, |n| {
        let ports = if n == 0 { &*crowd.world.store } else { &another };
        crowd.world.queue_sends(ports, crowd.drafts(100))
    });
    held.release();
    for sent in piles.into_iter().map(all_stored) {
        for room in &crowd.rooms {
            assert!(messages_of(*room, &sent).is_sorted_by(|a, b| a.seq < b.seq));
        }
    }
}

#[both_engines]
fn refused_sends_leave_order_unchanged(engine: Engine) {
    let crowd = Crowd::new(engine, 2, 2);
    let (world, room, author) = (&crowd.world, crowd.rooms[0], crowd.people[0]);
    refuse_poison(world);
    let outsider = world.user("Eve");
    let earlier = stored(world.send(world.keyed_draft(room, author, "earlier", "k")));
    let not_stored = |n: usize| match n % 3 {
        0 => world.draft(room, outsider, "refused"),
        1 => world.draft(room, author, "poison"),
        _ => world.keyed_draft(room, author, "repeated", "k"),
    };
    let batch = crowd.drafts(60).into_iter().enumerate().flat_map(|(n, draft)| [draft, not_stored(n)]).collect();
    let held = world.block_writes();
    let sends = world.queue_sends(&world.store, batch);
    held.release();
    let mut sent = vec![earlier];
    for (n, send) in sends.into_iter().enumerate() {
        match answer(send) {
            Ok(Appended::Stored(message)) => sent.push(message),
            outcome => assert_eq!(n % 2, 1, "{outcome:?}"),
        }
    }
    crowd.assert_logged_in_order(&sent);
    assert_eq!(sent.len(), 61);
}

#[both_engines]
fn first_of_equal_keys_is_stored(engine: Engine) {
    let crowd = Crowd::new(engine, 2, 1);
    let keyed = |text| crowd.world.keyed_draft(crowd.rooms[0], crowd.people[0], text, "k");
    let outcomes =
        crowd.world.send_batch(vec![keyed("the first"), keyed("another"), keyed("the first"), keyed("a third")]);
    let first = stored(outcomes[0].clone());
    assert_eq!(first.body, MessageBody::parse("the first").ok());
    assert_eq!(outcomes[1..], vec![Appended::Duplicate(first, idempotency("k", "the first")); 3]);
}

#[both_engines]
fn failed_send_releases_its_key(engine: Engine) {
    let crowd = Crowd::new(engine, 2, 1);
    refuse_poison(&crowd.world);
    let keyed = |text| crowd.world.keyed_draft(crowd.rooms[0], crowd.people[0], text, "k");
    let drafts = ["poison", "poison", "a cure", "poison"].map(keyed);
    let held = crowd.world.block_writes();
    let sends = crowd.world.queue_sends(&crowd.world.store, drafts.into());
    held.release();
    let outcomes: Vec<_> = sends.into_iter().map(answer).collect();
    assert!(outcomes[0].is_err() && outcomes[1].is_err(), "{outcomes:?}");
    let cure = stored(outcomes[2].clone().unwrap());
    assert_eq!(outcomes[3], Ok(Appended::Duplicate(cure, idempotency("k", "a cure"))));
}

#[both_engines]
fn rolled_back_removal_leaves_order_unchanged(engine: Engine) {
    let crowd = Crowd::new(engine, 3, 2);
    let mut held = crowd.world.block_writes();
    held.raw().shrink_access("DELETE FROM memberships", crowd.rooms[0], crowd.people[1]);
    let sends = crowd.world.queue_sends(&crowd.world.store, crowd.drafts(60));
    held.end(false);
    crowd.assert_logged_in_order(&all_stored(sends));
}

#[both_engines]
fn random_history_matches_ordered_model(engine: Engine) {
    for seed in 1..=4 {
        random_history(engine, seed, Order::OfArrival);
    }
}
