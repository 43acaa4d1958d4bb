//! Sending, editing and deleting messages beyond the quota.

use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::membership::Role::{Member, Owner};
use chit_chat_domain::message::{Appended, Idempotency, MessageService, SendMessage, Sent};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::storage::MockStorageRepository;
use chit_chat_domain::testing::{World, key, me, message_id, room};

use crate::builders::message;
use crate::messages::{UNCONDITIONAL, draft, expect_delete, hello, stored, world_with_message};

/// Services over these mocks, for which my quota is used up.
fn with_full_storage(world: World) -> MessageService {
    let services = world.services().with_storage_quota(Some(1_000));
    let mut storage = MockStorageRepository::new();
    storage.expect_at_least().return_const(Ok(vec![(me(), 1_234)]));
    services.storage.follow(&storage).unwrap();
    services.messages
}

const FULL: Denial = Denial::StorageFull { used: 1_234, allowed: 1_000 };

#[test]
fn send_beyond_quota_reaches_no_store() {
    let unkeyed = SendMessage { key: None, ..hello() };
    let reply = SendMessage { reply_to: Some(message_id().to_string()), ..unkeyed.clone() };
    for entered in [unkeyed, reply] {
        let messages = with_full_storage(World::with_access(Private, Some(Owner)));
        assert!(!messages.begin_send(&entered).unwrap().is_queued());
        assert_eq!(messages.send(&entered), Err(FULL.into()));
    }
}

#[test]
fn quota_does_not_reveal_chatrooms() {
    let messages = with_full_storage(World::without_room());
    assert_eq!(messages.send(&hello()), Err(Denial::ChatroomNotFound.into()));
    let messages = with_full_storage(World::with_access(Public, None));
    assert_eq!(messages.send(&hello()), Err(Denial::NotAMember.into()));
}

#[test]
fn retry_beyond_quota_returns_stored_message() {
    let sent_before = |outcome: Option<Appended>| {
        let mut world = World::with_access(Private, Some(Member));
        world.messages.expect_sent_before().with(eq(draft())).times(1).return_const(Ok(outcome));
        with_full_storage(world).send(&hello())
    };
    let stored_before = |text| Appended::Duplicate(stored(), Idempotency::new(key(), &[text]));
    assert_eq!(sent_before(Some(stored_before("hello"))), Ok(Sent { message: stored(), replayed: true }));
    assert_eq!(sent_before(Some(stored_before("other"))), Err(Denial::IdempotencyKeyReused.into()));
    assert_eq!(sent_before(None), Err(FULL.into()));
}

#[test]
fn edit_beyond_quota_reaches_no_store() {
    let messages = with_full_storage(world_with_message(Member, message(me())));
    let edit = |text| messages.edit(room(), me(), message_id(), text, &UNCONDITIONAL);
    assert_eq!(edit("goodbye"), Err(FULL.into()));
    let messages = with_full_storage(world_with_message(Member, message(me())));
    let unchanged = messages.edit(room(), me(), message_id(), "hello", &UNCONDITIONAL);
    assert_eq!(unchanged, Ok(message(me())));
}

#[test]
fn deletion_is_possible_beyond_quota() {
    let mut world = world_with_message(Member, message(me()));
    expect_delete(&mut world, me(), Member);
    assert_eq!(with_full_storage(world).delete(room(), me(), message_id(), &UNCONDITIONAL), Ok(()));
}
