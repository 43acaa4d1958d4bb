use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

use chit_chat_domain::commits::CommitObserver;
use chit_chat_domain::denial::Denial;
use chit_chat_domain::event::Kind::{MessageCreated, MessageDeleted};
use chit_chat_domain::id::UserId;
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::storage::{MockStorageRepository, OVERHEAD, StorageMeter, StorageUse};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{me, other};

use crate::builders::message;

fn failure() -> StoreError {
    StoreError::Unavailable("gone".into())
}

/// A store on which these users reach the quota.
fn with_full(quota: i64, full: Vec<(UserId, i64)>) -> MockStorageRepository {
    let mut storage = MockStorageRepository::new();
    storage.expect_at_least().withf(move |bytes, _| *bytes == quota).times(1).return_const(Ok(full));
    storage
}

fn expect_add(storage: &mut MockStorageRepository, sums: Vec<(UserId, i64)>, outcome: Result<(), StoreError>) {
    storage.expect_add().with(eq(sums)).times(1).return_const(outcome);
}

#[test]
fn user_is_refused_while_quota_is_used_up() {
    let meter = StorageMeter::new(Some(1_000));
    assert_eq!((meter.check(me(), MessageCreated), meter.full_users()), (Ok(()), 0));
    meter.follow(&with_full(1_000, vec![(me(), 1_234)])).unwrap();
    assert_eq!(meter.check(me(), MessageCreated), Err(Denial::StorageFull { used: 1_234, allowed: 1_000 }));
    assert_eq!(meter.check(me(), MessageDeleted), Ok(()));
    assert_eq!((meter.check(other(), MessageCreated), meter.full_users(), meter.refusals()), (Ok(()), 1, 1));
    meter.follow(&with_full(1_000, vec![])).unwrap();
    assert_eq!((meter.check(me(), MessageCreated), meter.full_users(), meter.refusals()), (Ok(()), 0, 1));
}

#[test]
fn without_quota_sums_are_saved_and_nobody_is_refused() {
    let meter = StorageMeter::new(None);
    let mut storage = MockStorageRepository::new();
    let bytes = i64::try_from("hello".len()).unwrap() + OVERHEAD;
    expect_add(&mut storage, vec![(me(), 2 * bytes)], Ok(()));
    meter.sent(&message(me()));
    meter.sent(&message(me()));
    assert_eq!(meter.follow(&storage), Ok(()));
    assert_eq!(meter.follow(&MockStorageRepository::new()), Ok(()), "nothing to save, nothing to read");
    assert_eq!(meter.check(me(), MessageCreated), Ok(()));
}

#[test]
fn failed_save_is_repeated_with_later_sums() {
    let meter = StorageMeter::new(None);
    let bytes = i64::try_from("hello".len()).unwrap() + OVERHEAD;
    let mut storage = MockStorageRepository::new();
    expect_add(&mut storage, vec![(me(), bytes)], Err(failure()));
    meter.sent(&message(me()));
    assert_eq!(meter.save(&storage), Err(failure()));
    meter.sent(&message(me()));
    let mut recovered = MockStorageRepository::new();
    expect_add(&mut recovered, vec![(me(), 2 * bytes)], Ok(()));
    assert_eq!((meter.save(&recovered), meter.save(&recovered)), (Ok(()), Ok(())));
}

#[test]
fn failed_read_keeps_refusing() {
    let meter = StorageMeter::new(Some(1_000));
    meter.follow(&with_full(1_000, vec![(me(), 1_000)])).unwrap();
    let mut storage = MockStorageRepository::new();
    storage.expect_at_least().times(1).return_const(Err(failure()));
    assert_eq!(meter.follow(&storage), Err(failure()));
    assert!(meter.is_full(me()));
}

#[test]
fn concurrent_sends_and_saves_lose_nothing() {
    const SENDERS: i64 = 6;
    const EACH: i64 = 2_000;
    let meter = StorageMeter::new(None);
    let saved: &'static AtomicI64 = Box::leak(Box::default());
    let storage = || {
        let mut storage = MockStorageRepository::new();
        storage.expect_add().returning(|sums| {
            saved.fetch_add(sums.iter().map(|(_, bytes)| bytes).sum(), Ordering::Relaxed);
            Ok(())
        });
        storage
    };
    thread::scope(|scope| {
        for sender in 0..SENDERS {
            let meter = &meter;
            let author = if sender % 2 == 0 { me() } else { other() };
            scope.spawn(move || (0..EACH).for_each(|_| meter.sent(&message(author))));
        }
        for _ in 0..2 {
            scope.spawn(|| (0..200).for_each(|_| meter.save(&storage()).unwrap()));
        }
    });
    meter.save(&storage()).unwrap();
    let bytes = i64::try_from("hello".len()).unwrap() + OVERHEAD;
    assert_eq!(saved.load(Ordering::Relaxed), SENDERS * EACH * bytes);
}

#[test]
fn use_includes_what_is_not_saved_and_is_never_negative() {
    let use_of = |quota, stored, unsaved| {
        let meter = StorageMeter::new(quota);
        meter.logged(me(), unsaved);
        let mut storage = MockStorageRepository::new();
        storage.expect_used().with(eq(me())).return_const(Ok(stored));
        meter.use_of(me(), &storage).unwrap()
    };
    assert_eq!(use_of(Some(1_000), 300, 41), StorageUse { used: 341, allowed: Some(1_000) });
    assert_eq!(use_of(None, -300, 41), StorageUse { used: 0, allowed: None });
}
