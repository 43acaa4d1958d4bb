//! What is possible beyond the quota.

use chit_chat_domain::ban::Banned;
use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::chatroom::{ChatroomChange, CreateChatroom, Creation};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::direct::{Opening, Pair};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::invitation::{CreateInvitation, Revocation};
use chit_chat_domain::membership::Role::{Member, Owner};
use chit_chat_domain::membership::{Added, Leaving};
use chit_chat_domain::message::{Appended, Idempotency, IdempotencyKey, SendMessage, Sent};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::reaction::Emoji;
use chit_chat_domain::services::Services;
use chit_chat_domain::storage::MockStorageRepository;
use chit_chat_domain::testing::{World, invitation, invitation_id, key, me, message_id, other, room};

use crate::builders::{chatroom, member, message};
use crate::messages::{UNCONDITIONAL, expect_delete, world_with_message};
use crate::sending::{draft, hello, stored};

/// Services over these mocks, for which my quota is used up.
fn with_full_storage(world: World) -> Services {
    let services = world.services().with_storage_quota(Some(1_000));
    let mut storage = MockStorageRepository::new();
    storage.expect_at_least().return_const(Ok(vec![(me(), 1_234)]));
    services.storage.follow(&storage).unwrap();
    services
}

const FULL: Denial = Denial::StorageFull { used: 1_234, allowed: 1_000 };

#[test]
fn send_beyond_quota_reaches_no_store() {
    let unkeyed = SendMessage { key: None, ..hello() };
    let reply = SendMessage { reply_to: Some(message_id().to_string()), ..unkeyed.clone() };
    for entered in [unkeyed, reply] {
        let messages = with_full_storage(World::with_access(Private, Some(Owner))).messages;
        assert!(!messages.begin_send(&entered).unwrap().is_queued());
        assert_eq!(messages.send(&entered), Err(FULL.into()));
    }
}

#[test]
fn quota_does_not_reveal_chatrooms() {
    let messages = with_full_storage(World::without_room()).messages;
    assert_eq!(messages.send(&hello()), Err(Denial::ChatroomNotFound.into()));
    let messages = with_full_storage(World::with_access(Public, None)).messages;
    assert_eq!(messages.send(&hello()), Err(Denial::NotAMember.into()));
}

#[test]
fn retry_beyond_quota_returns_stored_message() {
    let sent_before = |outcome: Option<Appended>| {
        let mut world = World::with_access(Private, Some(Member));
        world.messages.expect_sent_before().with(eq(draft())).times(1).return_const(Ok(outcome));
        with_full_storage(world).messages.send(&hello())
    };
    let stored_before = |text| Appended::Duplicate(stored(), Idempotency::new(key(), &[text]));
    assert_eq!(sent_before(Some(stored_before("hello"))), Ok(Sent { message: stored(), replayed: true }));
    assert_eq!(sent_before(Some(stored_before("other"))), Err(Denial::IdempotencyKeyReused.into()));
    assert_eq!(sent_before(None), Err(FULL.into()));
}

#[test]
fn edit_beyond_quota_reaches_no_store() {
    let messages = with_full_storage(world_with_message(Member, message(me()))).messages;
    let edit = |text| messages.edit(room(), me(), message_id(), text, &UNCONDITIONAL);
    assert_eq!(edit("goodbye"), Err(FULL.into()));
    let messages = with_full_storage(world_with_message(Member, message(me()))).messages;
    let unchanged = messages.edit(room(), me(), message_id(), "hello", &UNCONDITIONAL);
    assert_eq!(unchanged, Ok(message(me())));
}

#[test]
fn deletion_is_possible_beyond_quota() {
    let mut world = world_with_message(Member, message(me()));
    expect_delete(&mut world, me());
    assert_eq!(with_full_storage(world).messages.delete(room(), me(), message_id(), &UNCONDITIONAL), Ok(()));
}

fn thumb() -> Emoji {
    Emoji::parse("👍").unwrap()
}

fn plans(key: Option<IdempotencyKey>) -> CreateChatroom {
    CreateChatroom { name: "Plans".into(), visibility: None, member_ids: vec![], key }
}

#[test]
fn writes_that_grow_reach_no_store_beyond_quota() {
    let full = Err(FULL.into());
    let of_message = || with_full_storage(world_with_message(Owner, message(other())));
    assert_eq!(of_message().reactions.add(room(), me(), message_id(), &thumb()), full);
    assert_eq!(of_message().pins.pin(room(), me(), message_id()), full);
    let of_room = || with_full_storage(World::with_access(Private, Some(Owner)));
    let topic = ChatroomChange { topic: Some(Some("Tea".into())), ..ChatroomChange::default() };
    assert_eq!(of_room().chatrooms.change(room(), me(), &topic), Err(FULL.into()));
    assert_eq!(of_room().memberships.add(room(), me(), other()), Err(FULL.into()));
    let limits = CreateInvitation::default();
    let mut secrets = World::with_access(Private, Some(Owner));
    secrets.secrets.expect_invitation_secret().return_const(invitation().build().secret);
    assert_eq!(with_full_storage(secrets).invitations.create(room(), me(), &limits), Err(FULL.into()));
    let mut world = World::with_access(Private, Some(Owner));
    world.memberships.expect_find().return_const(Ok(Some(member(other(), Member))));
    let promoted = with_full_storage(world).memberships.change_role(room(), me(), other(), "moderator");
    assert_eq!(promoted, Err(FULL.into()));
}

#[test]
fn entering_beyond_quota_reaches_no_store() {
    let join = |world: World| with_full_storage(world).memberships.join(room(), me());
    assert_eq!(join(World::with_access(Public, None)), Err(FULL.into()));
    let mut invited = World::without_room();
    invited.invitees.expect_find().return_const(Ok(None));
    assert_eq!(join(invited), Err(Denial::ChatroomNotFound.into()), "nothing is revealed");
    let mut member_of = World::with_access(Public, Some(Member));
    member_of.memberships.expect_add().times(1).return_const(Ok(Added::Already(member(me(), Member))));
    assert!(!join(member_of).unwrap().new);
}

#[test]
fn accepting_beyond_quota_finds_membership_only() {
    let accept = |membership| {
        let mut world = World::default();
        let of_room = invitation().build();
        let code = of_room.code();
        world.invitations.expect_find().return_const(Ok(Some(of_room)));
        world.memberships.expect_find().with(eq(room()), eq(me())).return_const(Ok(membership));
        with_full_storage(world).invitations.accept(&code, me())
    };
    assert_eq!(accept(None), Err(FULL.into()));
    assert!(!accept(Some(member(me(), Member))).unwrap().new);
}

#[test]
fn creation_beyond_quota_is_refused_unless_repeated() {
    let unkeyed = |_: &_| Ok(None);
    let mut world = World::default();
    world.chatrooms.expect_created_before().times(1).returning(unkeyed);
    assert_eq!(with_full_storage(world).chatrooms.create(me(), &plans(None)), Err(FULL.into()));
    let mut world = World::with_access(Private, Some(Owner));
    world
        .chatrooms
        .expect_created_before()
        .times(1)
        .returning(|new| Ok(new.idempotency.clone().map(|idempotency| Creation::Duplicate(room(), idempotency))));
    let repeated = with_full_storage(world).chatrooms.create(me(), &plans(Some(key()))).unwrap();
    assert!(repeated.replayed);
}

#[test]
fn existing_direct_chatroom_opens_beyond_quota() {
    let open = |exists| {
        let mut world = World::default();
        world.direct.expect_exists().times(1).return_const(Ok(exists));
        let found = Opening::Found(chatroom(Private));
        world.direct.expect_open().times(usize::from(exists)).return_const(Ok(found));
        with_full_storage(world).direct.open(Pair::new(me(), other()).unwrap())
    };
    assert!(!open(true).unwrap().new);
    assert_eq!(open(false), Err(FULL.into()));
}

#[test]
fn endings_are_possible_beyond_quota() {
    let mut world = world_with_message(Owner, message(other()));
    world.reactions.expect_remove().times(1).return_const(Ok(Guarded::Done(())));
    assert_eq!(with_full_storage(world).reactions.remove(room(), me(), message_id(), &thumb()), Ok(()));
    let mut world = world_with_message(Owner, message(other()));
    world.pins.expect_unpin().times(1).return_const(Ok(Guarded::Done(())));
    assert_eq!(with_full_storage(world).pins.unpin(room(), me(), message_id()), Ok(()));
    let mut world = World::with_access(Private, Some(Owner));
    world.chatrooms.expect_delete().times(1).return_const(Ok(Guarded::Done(())));
    assert_eq!(with_full_storage(world).chatrooms.delete(room(), me()), Ok(()));
    let mut world = World::with_access(Private, Some(Owner));
    world.invitations.expect_revoke().times(1).return_const(Ok(Revocation::Revoked));
    assert_eq!(with_full_storage(world).invitations.revoke(room(), me(), invitation_id()), Ok(()));
}

#[test]
fn memberships_end_beyond_quota() {
    let mut world = World::default();
    world.memberships.expect_leave().times(1).return_const(Ok(Leaving::Left));
    assert_eq!(with_full_storage(world).memberships.leave(room(), me()), Ok(Leaving::Left));
    let mut world = World::with_access(Private, Some(Owner));
    world.memberships.expect_find().return_const(Ok(Some(member(other(), Member))));
    world.memberships.expect_remove().times(1).return_const(Ok(Guarded::Done(())));
    assert_eq!(with_full_storage(world).memberships.remove(room(), me(), other()), Ok(()));
    let mut world = World::with_access(Private, Some(Owner));
    world.memberships.expect_find().return_const(Ok(Some(member(other(), Member))));
    world.bans.expect_ban().times(1).return_const(Ok(Banned::TooMany));
    let banned = with_full_storage(world).bans.ban(room(), me(), other());
    assert_eq!(banned, Err(Denial::TooManyBans.into()), "the store was asked");
    let mut world = World::with_access(Private, Some(Owner));
    world.memberships.expect_find().return_const(Ok(None));
    let banned = with_full_storage(world).bans.ban(room(), me(), other());
    assert_eq!(banned, Err(FULL.into()));
    let mut world = World::with_access(Private, Some(Owner));
    world.bans.expect_lift().times(1).return_const(Ok(Guarded::Done(())));
    assert_eq!(with_full_storage(world).bans.lift(room(), me(), other()), Ok(()));
}
