use std::sync::mpsc;

use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::chatroom::{
    ChatroomChange, ChatroomChanges, ChatroomName, CreateChatroom, CreatedChatroom, Creation, Guard, NewChatroom,
    Right, Settings,
};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::event::{Change, Event};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::membership::Role;
use chit_chat_domain::membership::Role::{Member, Owner};
use chit_chat_domain::message::Idempotency;
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::page::Page;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{NOW, World, fresh_id, key, limit, me, other, room, user_id};
use chit_chat_domain::violation::{FieldViolation, Violation};

use crate::builders::{HEAD, OLD_NAME, chatroom};

fn entered(member_ids: &[&str]) -> CreateChatroom {
    CreateChatroom {
        name: OLD_NAME.to_owned(),
        visibility: None,
        member_ids: member_ids.iter().map(|&id| id.to_owned()).collect(),
        key: Some(key()),
    }
}

fn name(text: &str) -> ChatroomName {
    ChatroomName::parse(text).unwrap()
}

fn rename(to: &str) -> ChatroomChange {
    ChatroomChange { name: Some(to.to_owned()), ..ChatroomChange::default() }
}

fn show_to(visibility: &str) -> ChatroomChange {
    ChatroomChange { visibility: Some(visibility.to_owned()), ..ChatroomChange::default() }
}

fn expect_update(world: &mut World, changes: ChatroomChanges, guard: Guard) {
    let update = world.chatrooms.expect_update();
    let update = update.with(eq(room()), eq(changes), eq(guard), eq(NOW));
    update.times(1).return_const(Ok(Guarded::Done(chatroom(Public))));
}

fn idempotency_of(entered: &CreateChatroom) -> Option<Idempotency> {
    let (seen, stored) = mpsc::channel();
    let mut world = World::default();
    world.chatrooms.expect_create_with_members().returning(move |new| {
        seen.send(new.idempotency).unwrap();
        Ok(Creation::Created(chatroom(Private)))
    });
    world.chatrooms().create(me(), entered).unwrap();
    stored.recv().unwrap()
}

#[test]
fn create_defaults_to_private_with_distinct_members() {
    let mut world = World::default();
    let new = NewChatroom {
        id: ChatroomId::from(fresh_id()),
        name: name("Tea"),
        visibility: Private,
        creator: me(),
        members: vec![other(), user_id(3)],
        created_at: NOW,
        idempotency: None,
    };
    let created = Ok(Creation::Created(chatroom(Private)));
    world.chatrooms.expect_create_with_members().with(eq(new)).times(1).return_const(created);
    let ids = [user_id(3), me(), other(), user_id(3)].map(|id| id.to_string());
    let entered =
        CreateChatroom { name: " Tea ".to_owned(), visibility: None, member_ids: ids.to_vec(), key: None };
    let expected = CreatedChatroom { chatroom: chatroom(Private), replayed: false };
    assert_eq!(world.chatrooms().create(me(), &entered), Ok(expected));
}

#[test]
fn create_reports_all_violations_and_place_of_bad_id() {
    let entered = CreateChatroom {
        name: " ".to_owned(),
        visibility: Some("secret".to_owned()),
        ..entered(&["00000000-0000-0000-0000-000000000002", "Matt"])
    };
    let broken = vec![
        FieldViolation::new("name", Violation::Empty),
        FieldViolation::new("visibility", Violation::NotOneOf("public, private")),
        FieldViolation::new("member_ids", Violation::EntryNotAnId(1)),
    ];
    assert_eq!(World::default().chatrooms().create(me(), &entered), Err(Failure::Invalid(broken)));
}

#[test]
fn create_accepts_at_most_a_hundred_members() {
    let ids = |count: u128| (2..2 + count).map(|n| user_id(n).to_string()).collect();
    let mut world = World::default();
    let create = world.chatrooms.expect_create_with_members().withf(|new| new.members.len() == 100);
    create.times(1).return_const(Ok(Creation::Created(chatroom(Private))));
    let chatrooms = world.chatrooms();
    assert!(chatrooms.create(me(), &CreateChatroom { member_ids: ids(100), ..entered(&[]) }).is_ok());
    let refused = chatrooms.create(me(), &CreateChatroom { member_ids: ids(101), ..entered(&[]) });
    assert_eq!(refused, Err(Failure::invalid("member_ids", Violation::TooManyEntries(100))));
}

#[test]
fn create_reports_missing_members() {
    let mut world = World::default();
    let missing = vec![other()];
    let create = world.chatrooms.expect_create_with_members();
    create.return_const(Ok(Creation::NoSuchUsers(missing.clone())));
    let outcome = world.chatrooms().create(me(), &entered(&[&other().to_string()]));
    assert_eq!(outcome, Err(Failure::invalid("member_ids", Violation::NoSuchUsers(missing))));
}

#[test]
fn repeated_create_returns_current_chatroom() {
    let mut world = World::with_access(Public, Some(Owner));
    let create = world.chatrooms.expect_create_with_members();
    create.times(1).returning(|new| Ok(Creation::Duplicate(room(), new.idempotency.unwrap())));
    let expected = CreatedChatroom { chatroom: chatroom(Public), replayed: true };
    assert_eq!(world.chatrooms().create(me(), &entered(&[])), Ok(expected));
}

#[test]
fn repeated_create_hides_private_chatroom_from_former_creator() {
    let mut world = World::with_access(Private, None);
    let create = world.chatrooms.expect_create_with_members();
    create.returning(|new| Ok(Creation::Duplicate(room(), new.idempotency.unwrap())));
    assert_eq!(world.chatrooms().create(me(), &entered(&[])), Err(Denial::ChatroomNotFound.into()));
}

#[test]
fn key_of_other_chatroom_is_refused() {
    let mut world = World::default();
    let earlier = Idempotency::new(key(), &["something", "else"]);
    let create = world.chatrooms.expect_create_with_members();
    create.return_const(Ok(Creation::Duplicate(room(), earlier)));
    assert_eq!(world.chatrooms().create(me(), &entered(&[])), Err(Denial::IdempotencyKeyReused.into()));
}

#[test]
fn digest_of_create_ignores_order_of_members() {
    let (two, three) = (user_id(2).to_string(), user_id(3).to_string());
    let first = entered(&[&two, &three]);
    let variants = [
        CreateChatroom { name: "Another".to_owned(), ..first.clone() },
        CreateChatroom { visibility: Some("public".to_owned()), ..first.clone() },
        entered(&[&two]),
    ];
    assert_eq!(idempotency_of(&first), idempotency_of(&entered(&[&three, &two, &three])));
    for variant in variants {
        assert_ne!(idempotency_of(&first), idempotency_of(&variant), "{variant:?}");
    }
}

#[test]
fn private_or_missing_chatroom_is_not_found_by_outsiders() {
    for outside in [|| World::with_access(Private, None), World::without_room] {
        let hidden = Err(Denial::ChatroomNotFound.into());
        assert_eq!(outside().chatrooms().show(room(), me()), hidden);
        assert_eq!(outside().chatrooms().change(room(), me(), &rename("Mine")), hidden);
        assert_eq!(outside().chatrooms().change(room(), me(), &show_to("public")), hidden);
        assert_eq!(outside().chatrooms().delete(room(), me()), Err(Denial::ChatroomNotFound.into()));
        let log = outside().chatrooms().log(room(), me(), 0, limit(50));
        assert_eq!(log, Err(Denial::ChatroomNotFound.into()));
    }
}

#[test]
fn outsider_can_only_see_public_chatroom() {
    let chatrooms = World::with_access(Public, None).chatrooms();
    assert_eq!(chatrooms.show(room(), me()), Ok(chatroom(Public)));
    assert_eq!(chatrooms.change(room(), me(), &rename("Mine")), Err(Denial::NotAMember.into()));
    assert_eq!(chatrooms.change(room(), me(), &show_to("private")), Err(Denial::NotAMember.into()));
    assert_eq!(chatrooms.delete(room(), me()), Err(Denial::NotAMember.into()));
    assert_eq!(chatrooms.log(room(), me(), 0, limit(50)), Err(Denial::NotAMember.into()));
}

#[test]
fn rename_is_guarded_by_right_to_rename() {
    let mut world = World::with_access(Private, Some(Member));
    let changes = ChatroomChanges { name: Some(name("Tea")), ..ChatroomChanges::default() };
    expect_update(&mut world, changes, Guard::may(me(), Right::Rename));
    assert_eq!(world.chatrooms().change(room(), me(), &rename(" Tea ")), Ok(chatroom(Public)));
}

#[test]
fn member_cannot_change_visibility_or_delete() {
    let chatrooms = World::with_access(Private, Some(Member)).chatrooms();
    let both = ChatroomChange { name: Some("Tea".to_owned()), ..show_to("public") };
    for change in [show_to("public"), both] {
        assert_eq!(chatrooms.change(room(), me(), &change), Err(Denial::NotAnOwner.into()));
    }
    assert_eq!(chatrooms.delete(room(), me()), Err(Denial::NotAnOwner.into()));
}

#[test]
fn rename_requires_configured_role() {
    let strict = Settings { rename_role: Role::Moderator, ..Settings::default() };
    let mut world = World::with_room(strict.clone(), Member);
    assert_eq!(world.chatrooms().change(room(), me(), &rename("Tea")), Err(Denial::NotAModerator.into()));
    world = World::with_room(strict, Role::Moderator);
    let changes = ChatroomChanges { name: Some(name("Tea")), ..ChatroomChanges::default() };
    expect_update(&mut world, changes, Guard::may(me(), Right::Rename));
    assert!(world.chatrooms().change(room(), me(), &rename("Tea")).is_ok());
}

#[test]
fn archived_chatroom_cannot_be_renamed() {
    let archived = Settings { archived: true, ..Settings::default() };
    let chatrooms = World::with_room(archived.clone(), Owner).chatrooms();
    let denied = Err(Denial::ChatroomArchived.into());
    assert_eq!(chatrooms.change(room(), me(), &rename("Tea")), denied);
    let mut world = World::with_room(archived, Owner);
    let changes = ChatroomChanges { archived: Some(false), ..ChatroomChanges::default() };
    expect_update(&mut world, changes, Guard::holds(me(), Owner));
    let opened = ChatroomChange { archived: Some(false), ..rename(OLD_NAME) };
    assert!(world.chatrooms().change(room(), me(), &opened).is_ok());
}

#[test]
fn moderator_cannot_change_settings_of_owners() {
    let settings = [
        ChatroomChange { archived: Some(true), ..ChatroomChange::default() },
        ChatroomChange { slow_mode_seconds: Some(5), ..ChatroomChange::default() },
        ChatroomChange { rename_role: Some("owner".to_owned()), ..ChatroomChange::default() },
        ChatroomChange { add_role: Some("owner".to_owned()), ..ChatroomChange::default() },
        ChatroomChange { delete_role: Some("moderator".to_owned()), ..ChatroomChange::default() },
        show_to("public"),
    ];
    for change in settings {
        let chatrooms = World::with_access(Private, Some(Role::Moderator)).chatrooms();
        assert_eq!(chatrooms.change(room(), me(), &change), Err(Denial::NotAnOwner.into()), "{change:?}");
    }
}

#[test]
fn visibility_change_is_guarded_by_owner_role() {
    let visibility = Some(Public);
    let only_visible = ChatroomChanges { visibility, ..ChatroomChanges::default() };
    let both = ChatroomChanges { name: Some(name("Tea")), ..only_visible.clone() };
    for (named, changes) in [(OLD_NAME, only_visible), ("Tea", both)] {
        let mut world = World::with_access(Private, Some(Owner));
        expect_update(&mut world, changes, Guard::holds(me(), Owner));
        let change = ChatroomChange { name: Some(named.to_owned()), ..show_to("public") };
        assert_eq!(world.chatrooms().change(room(), me(), &change), Ok(chatroom(Public)));
    }
}

#[test]
fn change_without_difference_writes_nothing() {
    let chatrooms = World::with_access(Private, Some(Owner)).chatrooms();
    let same = ChatroomChange { name: Some(OLD_NAME.to_owned()), ..show_to("private") };
    for change in [same, rename(OLD_NAME), ChatroomChange::default()] {
        assert_eq!(chatrooms.change(room(), me(), &change), Ok(chatroom(Private)), "{change:?}");
    }
}

#[test]
fn invalid_change_reads_nothing() {
    let chatrooms = World::default().chatrooms();
    let unnamed = Failure::invalid("name", Violation::Empty);
    assert_eq!(chatrooms.change(room(), me(), &rename(" ")), Err(unnamed));
    let unknown = Failure::invalid("visibility", Violation::NotOneOf("public, private"));
    assert_eq!(chatrooms.change(room(), me(), &show_to("secret")), Err(unknown));
}

#[test]
fn members_may_speak_unless_archived() {
    for (visibility, denial) in [(Private, Denial::ChatroomNotFound), (Public, Denial::NotAMember)] {
        let chatrooms = World::with_access(visibility, None).chatrooms();
        assert_eq!(chatrooms.may_speak(room(), me()), Err(denial.into()));
    }
    assert_eq!(World::with_access(Private, Some(Member)).chatrooms().may_speak(room(), me()), Ok(()));
    let archived = Settings { archived: true, ..Settings::default() };
    let chatrooms = World::with_room(archived, Owner).chatrooms();
    assert_eq!(chatrooms.may_speak(room(), me()), Err(Denial::ChatroomArchived.into()));
}

#[test]
fn refused_rename_is_retried_for_removed_member() {
    let mut world = World::with_first_access(Private, Some(Member));
    world.chatrooms.expect_update().times(1).return_const(Ok(Guarded::Refused));
    world.expect_later_access(Private, None);
    let outcome = world.chatrooms().change(room(), me(), &rename("Tea"));
    assert_eq!(outcome, Err(Denial::ChatroomNotFound.into()));
}

#[test]
fn repeatedly_refused_change_gives_up() {
    let mut world = World::with_access(Private, Some(Member));
    world.chatrooms.expect_update().times(2..).return_const(Ok(Guarded::Refused));
    let outcome = world.chatrooms().change(room(), me(), &rename("Tea"));
    assert_eq!(outcome, Err(StoreError::Contention.into()));
}

#[test]
fn delete_requires_configured_role() {
    let lax = Settings { delete_role: Role::Moderator, ..Settings::default() };
    let chatrooms = World::with_room(lax.clone(), Member).chatrooms();
    assert_eq!(chatrooms.delete(room(), me()), Err(Denial::NotAModerator.into()));
    let mut world = World::with_room(lax, Role::Moderator);
    let delete = world.chatrooms.expect_delete();
    let delete = delete.with(eq(room()), eq(Guard::may(me(), Right::Delete)), eq(NOW));
    delete.times(1).return_const(Ok(Guarded::Done(())));
    assert_eq!(world.chatrooms().delete(room(), me()), Ok(()));
}

#[test]
fn refused_delete_is_retried_for_demoted_owner() {
    let mut world = World::with_first_access(Private, Some(Owner));
    world.chatrooms.expect_delete().times(1).return_const(Ok(Guarded::Refused));
    world.expect_later_access(Private, Some(Member));
    assert_eq!(world.chatrooms().delete(room(), me()), Err(Denial::NotAnOwner.into()));
}

#[test]
fn log_is_read_up_to_committed_head() {
    let event = |seq| Event {
        chatroom_id: room(),
        seq,
        at: NOW,
        actor_id: other(),
        change: Change::MembershipCreated { user_id: other(), role: Member },
        parent: None,
    };
    for (items, more) in [(vec![event(7), event(8)], true), (vec![event(8), event(HEAD)], false), (vec![], false)]
    {
        let mut world = World::with_access(Private, Some(Member));
        let read = world.events.expect_read().with(eq(room()), eq(6), eq(HEAD), eq(limit(2)));
        read.times(1).return_const(Ok(items.clone()));
        assert_eq!(world.chatrooms().log(room(), me(), 6, limit(2)), Ok(Page { items, more }));
    }
}
