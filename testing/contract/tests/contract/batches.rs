//! All sends of a batch are written, and every waiter is woken.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

use chit_chat_contract::{
    Crowd, Engine, all_stored, answers, both_engines, messages_of, stored, try_answer, until,
};
use chit_chat_domain::chatroom::ListFilter;
use chit_chat_domain::message::{Appended, Message};
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;

#[both_engines]
fn waiting_sends_are_stored_after_release(engine: Engine) {
    let crowd = Crowd::new(engine, 3, 1);
    let (world, room) = (&crowd.world, crowd.rooms[0]);
    let held = world.block_writes();
    let mut sends = world.queue_sends(&world.store, crowd.drafts(100));
    assert!(sends.iter_mut().all(|send| try_answer(send).is_none()));
    assert_eq!((world.head(room), world.logged(room)), (4, vec![]));
    held.release();
    let sent = all_stored(sends);
    crowd.assert_logged(&sent);
    assert_eq!(world.head(room), 104);
}

#[both_engines]
fn batch_updates_latest_message_of_each_chatroom(engine: Engine) {
    let crowd = Crowd::new(engine, 4, 5);
    let sent: Vec<Message> = crowd.world.send_batch(crowd.drafts(120)).into_iter().map(stored).collect();
    crowd.assert_logged(&sent);
    let mine = crowd.world.chatrooms.of_member(crowd.people[1], ListFilter::default(), None, Limit::MAX).unwrap();
    assert_eq!(mine.len(), 5);
    for my in mine {
        let said = messages_of(my.chatroom.id, &sent);
        let seqs = (said.iter().map(|message| message.seq).min(), my.chatroom.last_seq);
        assert_eq!((said.len(), seqs), (24, (Some(6), 29)));
        assert_eq!(my.last_message, said.into_iter().max_by_key(|message| message.seq));
    }
}

#[both_engines]
fn more_sends_than_one_batch_are_stored(engine: Engine) {
    let crowd = Crowd::new(engine, 7, 3);
    let sent: Vec<Message> = crowd.world.send_batch(crowd.drafts(1_000)).into_iter().map(stored).collect();
    crowd.assert_logged(&sent);
}

#[both_engines]
fn batch_is_stored_after_awaited_change(engine: Engine) {
    let crowd = Crowd::new(engine, 2, 2);
    let mut held = crowd.world.block_writes();
    let sends = crowd.world.queue_sends(&crowd.world.store, crowd.drafts(20));
    held.start_batch();
    held.run("UPDATE chatrooms SET last_seq = last_seq + 10");
    held.release();
    let sent = all_stored(sends);
    for room in &crowd.rooms {
        let mut seqs: Vec<i64> = messages_of(*room, &sent).iter().map(|message| message.seq).collect();
        seqs.sort_unstable();
        assert_eq!(seqs, (14..24).collect::<Vec<_>>());
        assert_eq!(crowd.world.head(*room), 23);
    }
}

#[both_engines]
fn every_waiting_sender_is_woken(engine: Engine) {
    struct Alarm(AtomicUsize);
    impl Wake for Alarm {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let crowd = Crowd::new(engine, 2, 2);
    let alarm = Arc::new(Alarm(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&alarm));
    let held = crowd.world.block_writes();
    let mut sends = crowd.world.queue_sends(&crowd.world.store, crowd.drafts(50));
    for send in &mut sends {
        assert!(Pin::new(send).poll(&mut Context::from_waker(&waker)).is_pending());
    }
    held.release();
    until("all are woken", || alarm.0.load(Ordering::SeqCst) == 50);
    assert!(sends.iter_mut().all(|send| matches!(try_answer(send), Some(Ok(Appended::Stored(_))))));
}

#[both_engines]
fn abandoned_send_disturbs_no_other(engine: Engine) {
    let crowd = Crowd::new(engine, 2, 2);
    let held = crowd.world.block_writes();
    // SQLite does not show whether the plug was taken, and anything taken with it is written: fill a whole batch
    // first.
    let first = crowd.world.queue_sends(&crowd.world.store, crowd.drafts(128));
    let mut sends = crowd.world.queue_sends(&crowd.world.store, crowd.drafts(30));
    let mut n = 0;
    sends.retain(|_| {
        n += 1;
        n % 3 > 0
    });
    held.release();
    assert_eq!(all_stored(first).len(), 128);
    assert_eq!(all_stored(sends).len(), 20);
    let said: usize = crowd.rooms.iter().map(|room| crowd.world.logged(*room).len()).sum();
    assert_eq!(said, 148, "abandoned sends are not written");
}

#[test]
fn locked_chatroom_delays_others_for_bounded_time() {
    let crowd = Crowd::new(Engine::Postgres, 2, 3);
    let mut held = crowd.world.block_writes_to(crowd.rooms[0]);
    let drafts = crowd.drafts(30);
    let sends = crowd.world.queue_sends(&crowd.world.store, drafts.clone());
    held.start_batch();
    let mut sent = Vec::new();
    for (draft, outcome) in drafts.iter().zip(answers(sends)) {
        if draft.chatroom_id == crowd.rooms[0] {
            assert_eq!(outcome, Err(StoreError::Contention));
        } else {
            sent.push(stored(outcome.unwrap()));
        }
    }
    held.release();
    crowd.assert_logged_in_order(&sent);
}

#[both_engines]
fn sends_beyond_queue_limit_are_rejected_at_once(engine: Engine) {
    let crowd = Crowd::new(engine, 2, 2);
    let held = crowd.world.block_writes();
    let (mut taken, mut turned_away) = (Vec::new(), 0);
    for mut send in crowd.world.queue_sends(&crowd.world.store, crowd.drafts(10_000)) {
        match try_answer(&mut send) {
            None => taken.push(send),
            Some(Err(StoreError::Busy)) => turned_away += 1,
            Some(other) => panic!("{other:?}"),
        }
    }
    assert!(taken.len() >= 1_000 && turned_away > 0, "{} taken, {turned_away} turned away", taken.len());
    held.release();
    let mut sent = all_stored(taken);
    sent.push(crowd.world.say(crowd.rooms[0], crowd.people[0], "there is room again"));
    crowd.assert_logged(&sent);
}
