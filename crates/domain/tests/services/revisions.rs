use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::membership::Role::{Member, Owner};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::page::Page;
use chit_chat_domain::revision::MessageRevision;
use chit_chat_domain::testing::{NOW, World, limit, me, message_id, other, room};

use crate::builders::{body, message};

#[test]
fn outsider_cannot_list_revisions() {
    for (visibility, denial) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let outside = World::with_access(visibility, None);
        let listed = outside.revisions().list(room(), me(), message_id(), 0, limit(2));
        assert_eq!(listed, Err(denial.into()));
    }
}

#[test]
fn message_of_other_chatroom_is_not_found() {
    let mut world = World::with_access(Private, Some(Owner));
    world.messages.expect_find().times(1).return_const(Ok(None));
    let listed = world.revisions().list(room(), me(), message_id(), 0, limit(2));
    assert_eq!(listed, Err(Denial::MessageNotFound.into()));
}

#[test]
fn member_lists_revisions_in_pages() {
    let said = |revision| MessageRevision { revision, body: body("hello"), created_at: NOW };
    let mut world = World::with_access(Private, Some(Member));
    world.messages.expect_find().times(1).return_const(Ok(Some(message(other()))));
    let list = world.revisions.expect_list().with(eq(room()), eq(message_id()), eq(1), eq(limit(2)));
    list.times(1).return_const(Ok(vec![said(2), said(3), said(4)]));
    let listed = world.revisions().list(room(), me(), message_id(), 1, limit(2));
    assert_eq!(listed, Ok(Page { items: vec![said(2), said(3)], more: true }));
}
