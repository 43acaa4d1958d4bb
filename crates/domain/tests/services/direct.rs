use chit_chat_domain::chatroom::Visibility::Direct;
use chit_chat_domain::chatroom::{ChatroomChange, CreateChatroom};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::direct::{OpenedDirect, Opening, Pair};
use chit_chat_domain::membership::Role::Member;
use chit_chat_domain::membership::{LeaveReason, Leaving};
use chit_chat_domain::message::Precondition;
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::testing::{NOW, World, me, message_id, other, room};
use chit_chat_domain::violation::Violation;

use crate::builders::{chatroom, message};

fn pair() -> Pair {
    Pair::new(me(), other()).unwrap()
}

fn world_opening(opening: Opening) -> World {
    let mut world = World::default();
    world.direct.expect_open().with(eq(pair()), eq(NOW)).times(1).return_const(Ok(opening));
    world
}

#[test]
fn open_creates_or_finds_chatroom() {
    for (opening, new) in [(Opening::Made(chatroom(Direct)), true), (Opening::Found(chatroom(Direct)), false)] {
        let opened = OpenedDirect { chatroom: chatroom(Direct), new };
        assert_eq!(world_opening(opening).direct().open(pair()), Ok(opened));
    }
}

#[test]
fn open_requires_existing_unblocked_user() {
    for (opening, denial) in [(Opening::NoSuchUser, Denial::UserNotFound), (Opening::Blocked, Denial::Blocked)] {
        assert_eq!(world_opening(opening).direct().open(pair()), Err(denial.into()));
    }
}

#[test]
fn join_is_refused_even_to_members() {
    let memberships = World::with_access(Direct, Some(Member)).memberships();
    assert_eq!(memberships.join(room(), me()), Err(Denial::DirectChatroom.into()));
    assert_eq!(memberships.add(room(), me(), me()), Err(Denial::DirectChatroom.into()));
}

#[test]
fn members_cannot_change_chatroom_or_memberships() {
    let world = || World::with_access(Direct, Some(Member));
    let denied = Denial::DirectChatroom;
    assert_eq!(world().memberships().add(room(), me(), other()), Err(denied.into()));
    assert_eq!(world().memberships().remove(room(), me(), other()), Err(denied.into()));
    assert_eq!(world().memberships().change_role(room(), me(), other(), "owner"), Err(denied.into()));
    assert_eq!(world().chatrooms().delete(room(), me()), Err(denied.into()));
    let none = ChatroomChange::default;
    for change in [
        ChatroomChange { name: Some("Ours".to_owned()), ..none() },
        ChatroomChange { topic: Some(Some("Us".to_owned())), ..none() },
        ChatroomChange { visibility: Some("public".to_owned()), ..none() },
        ChatroomChange { archived: Some(true), ..none() },
    ] {
        assert_eq!(world().chatrooms().change(room(), me(), &change), Err(denied.into()), "{change:?}");
    }
    assert_eq!(world().chatrooms().change(room(), me(), &none()), Ok(chatroom(Direct)));
}

#[test]
fn direct_visibility_cannot_be_set() {
    let refused = Failure::invalid("visibility", Violation::NotOneOf("public, private"));
    let (name, visibility) = ("Tea".to_owned(), Some("direct".to_owned()));
    let entered = CreateChatroom { name, visibility: visibility.clone(), member_ids: vec![], key: None };
    assert_eq!(World::default().chatrooms().create(me(), &entered), Err(refused.clone()));
    let change = ChatroomChange { visibility, ..ChatroomChange::default() };
    assert_eq!(World::default().chatrooms().change(room(), me(), &change), Err(refused));
}

#[test]
fn direct_chatroom_is_not_found_by_outsiders() {
    let world = || {
        let mut world = World::with_access(Direct, None);
        world.invitees.expect_find().return_const(Ok(None));
        world
    };
    let hidden = Denial::ChatroomNotFound;
    assert_eq!(world().memberships().join(room(), me()), Err(hidden.into()));
    assert_eq!(world().memberships().add(room(), me(), other()), Err(hidden.into()));
    assert_eq!(world().memberships().remove(room(), me(), other()), Err(hidden.into()));
    assert_eq!(world().chatrooms().delete(room(), me()), Err(hidden.into()));
    assert_eq!(world().chatrooms().show(room(), me()), Err(hidden.into()));
    assert_eq!(world().chatrooms().change(room(), me(), &ChatroomChange::default()), Err(hidden.into()));
}

#[test]
fn delete_of_other_members_message_is_refused() {
    let mut world = World::with_access(Direct, Some(Member));
    world.messages.expect_find().with(eq(room()), eq(message_id())).return_const(Ok(Some(message(other()))));
    let deleted = world.messages().delete(room(), me(), message_id(), &Precondition::None);
    assert_eq!(deleted, Err(Denial::NotTheAuthorNorAModerator.into()));
}

#[test]
fn leave_returns_hidden() {
    let mut world = World::default();
    let leave = world.memberships.expect_leave();
    let leave = leave.with(eq(room()), eq(me()), eq(LeaveReason::Left), eq(NOW));
    leave.times(1).return_const(Ok(Leaving::Hidden));
    assert_eq!(world.memberships().leave(room(), me()), Ok(Leaving::Hidden));
}
