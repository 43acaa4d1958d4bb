use chit_chat_domain::block::Blocking;
use chit_chat_domain::chatroom::Visibility::Private;
use chit_chat_domain::chatroom::{CreateChatroom, Creation, Entrance, Guard, Right};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::direct::Pair;
use chit_chat_domain::membership::Role::Member;
use chit_chat_domain::membership::{Added, NewMembership};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::testing::{NOW, World, me, other, room};
use chit_chat_domain::violation::Violation;

fn pair() -> Pair {
    Pair::new(me(), other()).unwrap()
}

fn world_blocking(blocking: Blocking) -> World {
    let mut world = World::default();
    let block = world.blocks.expect_block().with(eq(pair()), eq(10_000), eq(NOW));
    block.times(1).return_const(Ok(blocking));
    world
}

#[test]
fn block_requires_existing_user_and_free_place() {
    assert_eq!(world_blocking(Blocking::Blocked).blocks().block(pair()), Ok(()));
    let gone = world_blocking(Blocking::NoSuchUser).blocks().block(pair());
    assert_eq!(gone, Err(Denial::UserNotFound.into()));
    let too_many = world_blocking(Blocking::TooMany).blocks().block(pair());
    assert_eq!(too_many, Err(Denial::TooManyBlocks.into()));
}

#[test]
fn unblock_requires_existing_user() {
    for (outcome, expected) in [(Some(()), Ok(())), (None, Err(Denial::UserNotFound.into()))] {
        let mut world = World::default();
        world.blocks.expect_unblock().with(eq(pair()), eq(NOW)).times(1).return_const(Ok(outcome));
        assert_eq!(world.blocks().unblock(pair()), expected);
    }
}

#[test]
fn blocked_user_cannot_add_blocker() {
    let mut world = World::with_access(Private, Some(Member));
    let new = NewMembership { chatroom_id: room(), user_id: other(), at: NOW };
    let entrance = Entrance::By(Guard::may(me(), Right::Add));
    world.memberships.expect_add().with(eq(new), eq(entrance)).times(1).return_const(Ok(Added::Blocked));
    assert_eq!(world.memberships().add(room(), me(), other()), Err(Denial::Blocked.into()));
}

#[test]
fn create_reports_members_who_block_creator() {
    let mut world = World::default();
    let create = world.chatrooms.expect_create_with_members();
    create.return_const(Ok(Creation::BlockedBy(vec![other()])));
    let entered = CreateChatroom {
        name: "Tea".to_owned(),
        visibility: None,
        member_ids: vec![other().to_string()],
        key: None,
    };
    let named = Failure::invalid("member_ids", Violation::BlockedBy(vec![other()]));
    assert_eq!(world.chatrooms().create(me(), &entered), Err(named));
}
