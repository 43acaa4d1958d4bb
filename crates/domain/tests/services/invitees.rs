use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::chatroom::{Guard, Right, Settings};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::invitee::Invitee;
use chit_chat_domain::membership::Role::{Member, Moderator, Owner};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::page::Page;
use chit_chat_domain::testing::{NOW, World, limit, me, other, room};

fn expect_withdrawal(world: &mut World, outcome: Guarded) {
    let guard = Guard::may(me(), Right::Add);
    let withdraw = world.invitees.expect_withdraw().with(eq(room()), eq(other()), eq(guard), eq(NOW));
    withdraw.times(1).return_const(Ok(outcome));
}

#[test]
fn only_members_list_invitees() {
    for (visibility, denial) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let invitees = World::with_access(visibility, None).invitees();
        assert_eq!(invitees.list(room(), me(), None, limit(1)), Err(denial.into()));
    }
    let mut world = World::with_access(Private, Some(Member));
    let invitee = Invitee { user_id: other(), chatroom_id: room(), invited_by: me(), created_at: NOW };
    let rows = Ok(vec![invitee, invitee]);
    world.invitees.expect_of_chatroom().with(eq(room()), eq(None), eq(limit(1))).times(1).return_const(rows);
    let page = Page { items: vec![invitee], more: true };
    assert_eq!(world.invitees().list(room(), me(), None, limit(1)), Ok(page));
}

#[test]
fn withdrawal_is_guarded_by_right_to_add() {
    let mut world = World::with_access(Private, Some(Member));
    expect_withdrawal(&mut world, Guarded::Done(()));
    assert_eq!(world.invitees().withdraw(room(), me(), other()), Ok(()));
    let strict = Settings { add_role: Owner, ..Settings::default() };
    let invitees = World::with_room(strict, Moderator).invitees();
    assert_eq!(invitees.withdraw(room(), me(), other()), Err(Denial::NotAnOwner.into()));
}

#[test]
fn withdrawal_by_outsider_is_refused() {
    for (visibility, denial) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let invitees = World::with_access(visibility, None).invitees();
        assert_eq!(invitees.withdraw(room(), me(), other()), Err(denial.into()));
    }
}

#[test]
fn refused_withdrawal_is_decided_again() {
    let mut world = World::with_first_access(Public, Some(Member));
    expect_withdrawal(&mut world, Guarded::Refused);
    world.expect_later_access(Public, None);
    assert_eq!(world.invitees().withdraw(room(), me(), other()), Err(Denial::NotAMember.into()));
}
