use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::{LeaveReason, Leaving};
use chit_chat_domain::mockall::Sequence;
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{NOW, World, fresh_id, me, password_hash, room, session_id};
use chit_chat_domain::user::{
    AccountDeletion, AccountService, DisplayName, Email, HasherBusy, NewUser, OwnMessages, PasswordChange,
    PasswordPolicy, Profile, ProfileChange, SignUp, SignUps, SignedUp, Updated, User, UserChanges, Username,
    UsernameChange, WhoCanAddMe,
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
fn world_for_sign_up(password: &'static str) -> World {
    let mut world = World::default();
    world.secrets.expect_username_reservation().return_const("reserved".to_owned());
    world.hasher.expect_hash().with(eq(password)).times(1).return_const(Ok(password_hash()));
    world
}

/// A world where I have an account with `PASSWORD`, which is checked once.
fn world_with_account() -> World {
    let mut world = World::default();
    world.user_is(living_user());
    world.credentials_are(Some(credentials()));
    world.password_is(PASSWORD);
    world
}

fn rooms() -> [ChatroomId; 2] {
    [room(), ChatroomId::from(Uuid::from_u128(78))]
}

fn expect_leaves(world: &mut World, user: UserId, most: usize, order: &mut Sequence) {
    let chatrooms = rooms().to_vec();
    let memberships = &mut world.memberships;
    memberships
        .expect_chatrooms_of()
        .with(eq(user), eq(most))
        .times(1)
        .in_sequence(order)
        .return_const(Ok(chatrooms));
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
fn sign_up_stores_account_with_password_hash() {
    let mut world = world_for_sign_up(PASSWORD);
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
    let profile = Some(Profile { username, display_name, email, who_can_add_me: WhoCanAddMe::Everyone });
    let user = User { id: UserId::from(fresh_id()), created_at: NOW, profile };
    assert_eq!(world.accounts().sign_up(&matt()), Ok(user));
}

#[test]
fn invalid_sign_up_reports_all_violations() {
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
fn closed_sign_up_is_reported_before_violations() {
    let closed = || AccountService { sign_ups: SignUps::Closed, ..World::default().accounts() };
    assert_eq!(closed().may_sign_up(), Err(Denial::SignUpClosed));
    for entered in [matt(), SignUp { username: "me".to_owned(), ..matt() }] {
        assert_eq!(closed().sign_up(&entered), Err(Denial::SignUpClosed.into()));
    }
}

#[test]
fn taken_username_is_refused() {
    let mut world = world_for_sign_up(PASSWORD);
    world.users.expect_insert().return_const(Ok(SignedUp::UsernameTaken));
    assert_eq!(world.accounts().sign_up(&matt()), Err(Denial::UsernameTaken.into()));
}

#[test]
fn sign_up_with_busy_hasher_stores_nothing() {
    let mut world = World::default();
    world.secrets.expect_username_reservation().return_const("reserved".to_owned());
    world.hasher.expect_hash().return_const(Err(HasherBusy));
    assert_eq!(world.accounts().sign_up(&matt()), Err(Failure::Busy));
}

#[test]
fn only_demonstration_policy_accepts_short_password() {
    let entered = SignUp { password: "1234".to_owned(), ..matt() };
    let refused = Failure::invalid("password", Violation::TooFewCharacters(8));
    assert_eq!(World::default().accounts().sign_up(&entered), Err(refused));

    let mut world = world_for_sign_up("1234");
    world.users.expect_insert().times(1).return_const(Ok(SignedUp::Created));
    let demonstration = AccountService { policy: PasswordPolicy::Demonstration, ..world.accounts() };
    assert!(demonstration.sign_up(&entered).is_ok());
}

#[test]
fn profile_change_needs_no_password() {
    let mut world = World::default();
    let changes = UserChanges {
        username: None,
        display_name: Some(DisplayName::parse("Matt").ok()),
        email: Some(None),
        who_can_add_me: Some(WhoCanAddMe::Nobody),
        password: None,
    };
    let outcome = Ok(Some(Updated::Changed(living_user(), vec![])));
    world.users.expect_update().with(eq(me()), eq(changes), eq(NOW)).times(1).return_const(outcome);
    let entered = ProfileChange {
        display_name: Some(Some(" Matt ".to_owned())),
        email: Some(None),
        who_can_add_me: Some("nobody".to_owned()),
        ..ProfileChange::default()
    };
    assert_eq!(world.accounts().change(me(), session_id(), &entered), Ok(living_user()));
}

fn renamed_to_beth(outcome: Updated) -> Result<User, Failure> {
    let mut world = World::default();
    let new = Username::parse("Beth").unwrap();
    world.secrets.expect_username_reservation().with(eq(new.clone())).return_const("reserved".to_owned());
    let username = Some(UsernameChange { new, reservation: "reserved".to_owned() });
    let changes = UserChanges { username, ..UserChanges::default() };
    world.users.expect_update().with(eq(me()), eq(changes), eq(NOW)).times(1).return_const(Ok(Some(outcome)));
    let entered = ProfileChange { username: Some("Beth".to_owned()), ..ProfileChange::default() };
    world.accounts().change(me(), session_id(), &entered)
}

#[test]
fn username_is_changed_unless_it_is_taken_or_changed_too_often() {
    assert_eq!(renamed_to_beth(Updated::Changed(living_user(), vec![])), Ok(living_user()));
    assert_eq!(renamed_to_beth(Updated::UsernameTaken), Err(Denial::UsernameTaken.into()));
    assert_eq!(renamed_to_beth(Updated::RenamedTooOften), Err(Denial::RenamedTooOften.into()));
}

#[test]
fn invalid_profile_change_reports_all_violations() {
    let entered = ProfileChange {
        username: Some("system".to_owned()),
        display_name: Some(Some(String::new())),
        email: Some(Some("nowhere".to_owned())),
        who_can_add_me: Some("friends".to_owned()),
        password: Some("password".to_owned()),
        current_password: Some(PASSWORD.to_owned()),
    };
    let broken = vec![
        FieldViolation::new("username", Violation::Reserved),
        FieldViolation::new("display_name", Violation::Empty),
        FieldViolation::new("email", Violation::NotAnEmailAddress),
        FieldViolation::new("who_can_add_me", Violation::NotOneOf("everyone, people_in_my_chatrooms, nobody")),
        FieldViolation::new("password", Violation::TooCommon),
    ];
    let outcome = World::default().accounts().change(me(), session_id(), &entered);
    assert_eq!(outcome, Err(Failure::Invalid(broken)));
}

#[test]
fn password_change_requires_current_password() {
    for current in [None, Some("a guess")] {
        let accounts = world_with_account().accounts();
        let outcome = accounts.change(me(), session_id(), &new_password(current));
        assert_eq!(outcome, Err(Denial::InvalidCredentials.into()), "{current:?}");
    }
}

#[test]
fn password_change_ends_other_sessions() {
    let mut world = world_with_account();
    world.hasher.expect_hash().with(eq(NEW_PASSWORD)).times(1).return_const(Ok(password_hash()));
    let password = PasswordChange { new: password_hash(), checked: password_hash(), session: session_id() };
    let changes = UserChanges { password: Some(password), ..UserChanges::default() };
    let outcome = Ok(Some(Updated::Changed(living_user(), vec![ended_session()])));
    world.users.expect_update().with(eq(me()), eq(changes), eq(NOW)).times(1).return_const(outcome);
    let outcome = world.accounts().change(me(), session_id(), &new_password(Some(PASSWORD)));
    assert_eq!(outcome, Ok(living_user()));
}

#[test]
fn password_change_with_busy_hasher_changes_nothing() {
    let mut world = world_with_account();
    world.hasher.expect_hash().return_const(Err(HasherBusy));
    let outcome = world.accounts().change(me(), session_id(), &new_password(Some(PASSWORD)));
    assert_eq!(outcome, Err(Failure::Busy));
}

#[test]
fn password_changed_meanwhile_is_invalid() {
    let mut world = world_with_account();
    world.hasher.expect_hash().return_const(Ok(password_hash()));
    world.users.expect_update().return_const(Ok(None));
    let outcome = world.accounts().change(me(), session_id(), &new_password(Some(PASSWORD)));
    assert_eq!(outcome, Err(Denial::InvalidCredentials.into()));
}

#[test]
fn change_of_deleted_account_is_not_found() {
    let mut world = World::default();
    world.users.expect_update().return_const(Ok(None));
    let outcome = world.accounts().change(me(), session_id(), &ProfileChange::default());
    assert_eq!(outcome, Err(Denial::UserNotFound.into()));
}

fn deletion(messages: OwnMessages) -> AccountDeletion {
    AccountDeletion { checked: password_hash(), session: session_id(), messages }
}

fn many_rooms() -> Vec<ChatroomId> {
    (0..51).map(|n| ChatroomId::from(Uuid::from_u128(n))).collect()
}

#[test]
fn deletion_ends_sessions_before_leaving_chatrooms() {
    let mut world = World::default();
    let mut order = Sequence::new();
    let (users, deleted) = (&mut world.users, Ok(Some(vec![ended_session()])));
    users
        .expect_delete()
        .with(eq(me()), eq(deletion(OwnMessages::Keep)), eq(NOW))
        .times(1)
        .in_sequence(&mut order)
        .return_const(deleted);
    expect_leaves(&mut world, me(), 51, &mut order);
    assert_eq!(world.accounts().delete(me(), deletion(OwnMessages::Keep)), Ok(()));
}

#[test]
fn many_chatrooms_are_left_later() {
    let mut world = World::default();
    world.users.expect_delete().times(1).return_const(Ok(Some(vec![])));
    world.memberships.expect_chatrooms_of().with(eq(me()), eq(51)).return_const(Ok(many_rooms()));
    assert_eq!(world.accounts().delete(me(), deletion(OwnMessages::Keep)), Ok(()));
}

#[test]
fn account_is_deleted_even_if_leaving_fails() {
    let mut world = World::default();
    world.users.expect_delete().times(1).return_const(Ok(Some(vec![])));
    world.memberships.expect_chatrooms_of().return_const(Ok(vec![room()]));
    let unavailable = StoreError::Unavailable("down".into());
    world.memberships.expect_leave().times(1).return_const(Err(unavailable));
    assert_eq!(world.accounts().delete(me(), deletion(OwnMessages::Keep)), Ok(()));
}

#[test]
fn messages_are_deleted_with_account_on_request() {
    let check = |text| world_with_account().accounts().check_deletion(me(), session_id(), PASSWORD, text);
    assert_eq!(check(None), Ok(deletion(OwnMessages::Keep)));
    assert_eq!(check(Some("delete")), Ok(deletion(OwnMessages::Delete)));
    let unknown = World::default().accounts().check_deletion(me(), session_id(), PASSWORD, Some("all"));
    assert_eq!(unknown, Err(Failure::invalid("messages", Violation::NotOneOf("keep, delete"))));
}

#[test]
fn deletion_requires_password() {
    let checked = world_with_account().accounts().check_deletion(me(), session_id(), "a guess", None);
    assert_eq!(checked, Err(Denial::InvalidCredentials.into()));
}

#[test]
fn deletion_with_changed_password_or_ended_session_is_refused() {
    let mut world = World::default();
    world.users.expect_delete().times(1).return_const(Ok(None));
    let outcome = world.accounts().delete(me(), deletion(OwnMessages::Keep));
    assert_eq!(outcome, Err(Denial::InvalidCredentials.into()));
}

#[test]
fn deletion_with_busy_hasher_is_refused() {
    let mut world = World::default();
    world.user_is(living_user());
    world.credentials_are(Some(credentials()));
    world.hasher.expect_verify().return_const(Err(HasherBusy));
    let checked = world.accounts().check_deletion(me(), session_id(), PASSWORD, None);
    assert_eq!(checked, Err(Failure::Busy));
}

#[test]
fn password_of_deleted_account_is_invalid() {
    let mut world = World::default();
    world.user_is(deleted_user());
    world.hasher.expect_verify().withf(|_, hash| hash.is_none()).times(1).return_const(Ok(false));
    let checked = world.accounts().check_deletion(me(), session_id(), PASSWORD, None);
    assert_eq!(checked, Err(Denial::InvalidCredentials.into()));
}

#[test]
fn deletions_continue_in_batches() {
    let mut world = World::default();
    world.users.expect_departing().times(1).return_const(Ok(Some(me())));
    expect_leaves(&mut world, me(), 10, &mut Sequence::new());
    assert_eq!(world.accounts().continue_deletions(), Ok(true));
}

#[test]
fn deletion_ends_with_the_last_chatroom() {
    let mut world = World::default();
    world.users.expect_departing().times(1).return_const(Ok(Some(me())));
    world.memberships.expect_chatrooms_of().return_const(Ok(vec![]));
    world.users.expect_departed().with(eq(me())).times(1).return_const(Ok(()));
    assert_eq!(world.accounts().continue_deletions(), Ok(true));
}

#[test]
fn without_deletions_nothing_continues() {
    let mut world = World::default();
    world.users.expect_departing().times(1).return_const(Ok(None));
    assert_eq!(world.accounts().continue_deletions(), Ok(false));
}
