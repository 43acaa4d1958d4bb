use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::{LeaveReason, Leaving};
use chit_chat_domain::mockall::Sequence;
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::testing::{NOW, World, fresh_id, me, other, password_hash, room, session_id};
use chit_chat_domain::user::{
    AccountService, DisplayName, Email, HasherBusy, NewUser, PasswordChange, PasswordPolicy, Profile,
    ProfileChange, SignUp, SignUps, SignedUp, User, UserChanges, Username,
};
use chit_chat_domain::violation::{FieldViolation, Violation};
use uuid::Uuid;

use crate::builders::{credentials, deleted_user, ended_session, living_user};

const PASSWORD: &str = "correct horse";
const NEW_PASSWORD: &str = "battery staple";

fn matt() -> SignUp {
    SignUp {
        username: "Matt".to_owned(),
        password: PASSWORD.to_owned(),
        email: Some("matt@example.com".to_owned()),
        display_name: Some(" Matt S. ".to_owned()),
    }
}

fn new_password(current: Option<&str>) -> ProfileChange {
    ProfileChange {
        password: Some(NEW_PASSWORD.to_owned()),
        current_password: current.map(ToOwned::to_owned),
        ..ProfileChange::default()
    }
}

/// A world where the hasher and the reservation work; nothing is stored yet.
fn where_sign_up_hashes(password: &'static str) -> World {
    let mut world = World::default();
    world.secrets.expect_username_reservation().return_const("reserved".to_owned());
    world.hasher.expect_hash().with(eq(password)).times(1).return_const(Ok(password_hash()));
    world
}

/// A world where I have an account with `PASSWORD`, which is checked once.
fn where_my_password_is_checked() -> World {
    let mut world = World::default();
    world.user_is(living_user());
    world.credentials_are(Some(credentials()));
    world.password_is(PASSWORD);
    world
}

fn rooms() -> [ChatroomId; 2] {
    [room(), ChatroomId::from(Uuid::from_u128(78))]
}

fn expect_leaves(world: &mut World, user: UserId, order: &mut Sequence) {
    let chatrooms = rooms().to_vec();
    let memberships = &mut world.memberships;
    memberships.expect_chatrooms_of().with(eq(user)).times(1).in_sequence(order).return_const(Ok(chatrooms));
    for chatroom in rooms() {
        memberships
            .expect_leave()
            .with(eq(chatroom), eq(user), eq(LeaveReason::AccountDeleted), eq(NOW))
            .times(1)
            .in_sequence(order)
            .return_const(Ok(Leaving::Left));
    }
}

#[test]
fn signing_up_stores_the_account_with_a_hash_for_the_password() {
    let mut world = where_sign_up_hashes(PASSWORD);
    let (username, display_name) = (Username::parse("Matt").unwrap(), DisplayName::parse("Matt S.").ok());
    let email = Email::parse("matt@example.com").ok();
    let stored = NewUser {
        id: UserId::from(fresh_id()),
        username: username.clone(),
        reservation: "reserved".to_owned(),
        display_name: display_name.clone(),
        email: email.clone(),
        password_hash: password_hash(),
        created_at: NOW,
    };
    world.users.expect_insert().with(eq(stored)).times(1).return_const(Ok(SignedUp::Created));
    let profile = Some(Profile { username, display_name, email });
    let user = User { id: UserId::from(fresh_id()), created_at: NOW, profile };
    assert_eq!(world.accounts().sign_up(&matt()), Ok(user));
}

#[test]
fn signing_up_names_every_broken_rule_at_once_and_stores_nothing() {
    let entered = SignUp {
        username: "me".to_owned(),
        password: "short".to_owned(),
        email: Some("nowhere".to_owned()),
        display_name: Some(" ".to_owned()),
    };
    let broken = vec![
        FieldViolation::new("username", Violation::Reserved),
        FieldViolation::new("password", Violation::TooFewCharacters(8)),
        FieldViolation::new("email", Violation::NotAnEmailAddress),
        FieldViolation::new("display_name", Violation::Empty),
    ];
    assert_eq!(World::default().accounts().sign_up(&entered), Err(Failure::Invalid(broken)));
}

#[test]
fn a_closed_sign_up_says_so_before_anything_about_the_form() {
    let closed = || AccountService { sign_ups: SignUps::Closed, ..World::default().accounts() };
    assert_eq!(closed().may_sign_up(), Err(Denial::SignUpClosed));
    for entered in [matt(), SignUp { username: "me".to_owned(), ..matt() }] {
        assert_eq!(closed().sign_up(&entered), Err(Denial::SignUpClosed.into()));
    }
}

#[test]
fn a_taken_username_is_refused() {
    let mut world = where_sign_up_hashes(PASSWORD);
    world.users.expect_insert().return_const(Ok(SignedUp::UsernameTaken));
    assert_eq!(world.accounts().sign_up(&matt()), Err(Denial::UsernameTaken.into()));
}

#[test]
fn signing_up_while_the_hasher_is_busy_stores_nothing() {
    let mut world = World::default();
    world.secrets.expect_username_reservation().return_const("reserved".to_owned());
    world.hasher.expect_hash().return_const(Err(HasherBusy));
    assert_eq!(world.accounts().sign_up(&matt()), Err(Failure::Busy));
}

#[test]
fn only_the_demonstration_policy_lets_a_short_password_sign_up() {
    let entered = SignUp { password: "1234".to_owned(), ..matt() };
    let refused = Failure::invalid("password", Violation::TooFewCharacters(8));
    assert_eq!(World::default().accounts().sign_up(&entered), Err(refused));

    let mut world = where_sign_up_hashes("1234");
    world.users.expect_insert().times(1).return_const(Ok(SignedUp::Created));
    let demonstration = AccountService { policy: PasswordPolicy::Demonstration, ..world.accounts() };
    assert!(demonstration.sign_up(&entered).is_ok());
}

#[test]
fn a_profile_change_sets_removes_and_leaves_without_asking_for_a_password() {
    let mut world = World::default();
    let changes =
        UserChanges { display_name: Some(DisplayName::parse("Matt").ok()), email: Some(None), password: None };
    let outcome = Ok(Some((living_user(), vec![])));
    world.users.expect_update().with(eq(me()), eq(changes), eq(NOW)).times(1).return_const(outcome);
    let entered = ProfileChange {
        display_name: Some(Some(" Matt ".to_owned())),
        email: Some(None),
        ..ProfileChange::default()
    };
    assert_eq!(world.accounts().change(me(), session_id(), &entered), Ok(living_user()));
}

#[test]
fn a_profile_change_names_every_broken_rule_at_once_and_checks_no_password() {
    let entered = ProfileChange {
        display_name: Some(Some(String::new())),
        email: Some(Some("nowhere".to_owned())),
        password: Some("password".to_owned()),
        current_password: Some(PASSWORD.to_owned()),
    };
    let broken = vec![
        FieldViolation::new("display_name", Violation::Empty),
        FieldViolation::new("email", Violation::NotAnEmailAddress),
        FieldViolation::new("password", Violation::TooCommon),
    ];
    let outcome = World::default().accounts().change(me(), session_id(), &entered);
    assert_eq!(outcome, Err(Failure::Invalid(broken)));
}

#[test]
fn a_new_password_needs_the_current_one() {
    for current in [None, Some("a guess")] {
        let accounts = where_my_password_is_checked().accounts();
        let outcome = accounts.change(me(), session_id(), &new_password(current));
        assert_eq!(outcome, Err(Denial::InvalidCredentials.into()), "{current:?}");
    }
}

#[test]
fn a_new_password_spares_this_session_and_the_others_are_noted_as_ended() {
    let mut world = where_my_password_is_checked();
    world.hasher.expect_hash().with(eq(NEW_PASSWORD)).times(1).return_const(Ok(password_hash()));
    let password = PasswordChange { new: password_hash(), checked: password_hash(), session: session_id() };
    let changes = UserChanges { password: Some(password), ..UserChanges::default() };
    let outcome = Ok(Some((living_user(), vec![ended_session()])));
    world.users.expect_update().with(eq(me()), eq(changes), eq(NOW)).times(1).return_const(outcome);
    let outcome = world.accounts().change(me(), session_id(), &new_password(Some(PASSWORD)));
    assert_eq!(outcome, Ok(living_user()));
}

#[test]
fn a_new_password_that_nobody_has_time_to_hash_changes_nothing() {
    let mut world = where_my_password_is_checked();
    world.hasher.expect_hash().return_const(Err(HasherBusy));
    let outcome = world.accounts().change(me(), session_id(), &new_password(Some(PASSWORD)));
    assert_eq!(outcome, Err(Failure::Busy));
}

#[test]
fn a_password_that_somebody_changed_meanwhile_is_wrong_by_now() {
    let mut world = where_my_password_is_checked();
    world.hasher.expect_hash().return_const(Ok(password_hash()));
    world.users.expect_update().return_const(Ok(None));
    let outcome = world.accounts().change(me(), session_id(), &new_password(Some(PASSWORD)));
    assert_eq!(outcome, Err(Denial::InvalidCredentials.into()));
}

#[test]
fn an_account_that_was_deleted_meanwhile_is_not_changed() {
    let mut world = World::default();
    world.users.expect_update().return_const(Ok(None));
    let outcome = world.accounts().change(me(), session_id(), &ProfileChange::default());
    assert_eq!(outcome, Err(Denial::UserNotFound.into()));
}

#[test]
fn deleting_an_account_marks_it_and_ends_its_sessions_before_it_leaves_room_by_room() {
    let mut world = where_my_password_is_checked();
    let mut order = Sequence::new();
    let (users, deleted) = (&mut world.users, Ok(Some(vec![ended_session()])));
    users
        .expect_delete()
        .with(eq(me()), eq(password_hash()), eq(NOW))
        .times(1)
        .in_sequence(&mut order)
        .return_const(deleted);
    expect_leaves(&mut world, me(), &mut order);
    assert_eq!(world.accounts().delete(me(), PASSWORD), Ok(()));
}

#[test]
fn deleting_an_account_needs_its_password() {
    let accounts = where_my_password_is_checked().accounts();
    assert_eq!(accounts.delete(me(), "a guess"), Err(Denial::InvalidCredentials.into()));
}

#[test]
fn an_account_is_not_deleted_for_a_password_that_was_changed_meanwhile() {
    let mut world = where_my_password_is_checked();
    world.users.expect_delete().times(1).return_const(Ok(None));
    assert_eq!(world.accounts().delete(me(), PASSWORD), Err(Denial::InvalidCredentials.into()));
}

#[test]
fn an_account_is_not_deleted_while_the_hasher_is_busy() {
    let mut world = World::default();
    world.user_is(living_user());
    world.credentials_are(Some(credentials()));
    world.hasher.expect_verify().return_const(Err(HasherBusy));
    assert_eq!(world.accounts().delete(me(), PASSWORD), Err(Failure::Busy));
}

#[test]
fn no_password_opens_a_deleted_account() {
    let mut world = World::default();
    world.user_is(deleted_user());
    world.hasher.expect_verify().withf(|_, hash| hash.is_none()).times(1).return_const(Ok(false));
    assert_eq!(world.accounts().delete(me(), PASSWORD), Err(Denial::InvalidCredentials.into()));
}

#[test]
fn deletions_that_a_crash_interrupted_are_finished_for_every_user() {
    let mut world = World::default();
    world.users.expect_deleted_members().times(1).return_const(Ok(vec![me(), other()]));
    let mut order = Sequence::new();
    expect_leaves(&mut world, me(), &mut order);
    expect_leaves(&mut world, other(), &mut order);
    assert_eq!(world.accounts().finish_deletions(), Ok(()));
}
