use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::testing::{NOW, World, me, password_hash};
use chit_chat_domain::user::HasherBusy;
use chit_chat_domain::violation::Violation;

use crate::builders::{credentials, ended_session, living_user};

const PASSWORD: &str = "battery staple";

fn world_with_matt() -> World {
    let mut world = World::default();
    world.credentials_are(Some(credentials()));
    world
}

#[test]
fn disable_ignores_case_and_ends_sessions() {
    let mut world = world_with_matt();
    let ended = vec![ended_session()];
    let outcome = Ok(Some(ended.clone()));
    world.administration.expect_disable().with(eq(me()), eq(NOW)).times(1).return_const(outcome);
    assert_eq!(world.administration().disable("mATT"), Ok((living_user(), ended)));
}

#[test]
fn enable_ignores_case() {
    let mut world = world_with_matt();
    world.administration.expect_enable().with(eq(me())).times(1).return_const(Ok(Some(())));
    assert_eq!(world.administration().enable("MATT"), Ok(living_user()));
}

#[test]
fn reset_stores_hash_and_ends_sessions() {
    let mut world = world_with_matt();
    world.hasher.expect_hash().with(eq(PASSWORD)).times(1).return_const(Ok(password_hash()));
    let outcome = Ok(Some(vec![ended_session()]));
    world
        .administration
        .expect_reset_password()
        .with(eq(me()), eq(password_hash()), eq(NOW))
        .times(1)
        .return_const(outcome);
    let outcome = world.administration().reset_password("Matt", PASSWORD);
    assert_eq!(outcome, Ok((living_user(), vec![ended_session()])));
}

#[test]
fn reset_applies_password_rules() {
    for (password, violation) in
        [("short", Violation::TooFewCharacters(8)), ("Password", Violation::TooCommon), ("", Violation::Empty)]
    {
        let outcome = World::default().administration().reset_password("matt", password);
        assert_eq!(outcome, Err(Failure::invalid("password", violation)));
    }
}

#[test]
fn reset_with_busy_hasher_changes_nothing() {
    let mut world = world_with_matt();
    world.hasher.expect_hash().return_const(Err(HasherBusy));
    assert_eq!(world.administration().reset_password("matt", PASSWORD), Err(Failure::Busy));
}

#[test]
fn unknown_user_is_not_found() {
    fn world_without_account() -> World {
        let mut world = World::default();
        world.credentials_are(None);
        world
    }
    let unknown = Failure::from(Denial::UserNotFound);
    assert_eq!(world_without_account().administration().disable("matt"), Err(unknown.clone()));
    assert_eq!(world_without_account().administration().enable("matt"), Err(unknown.clone()));
    assert_eq!(world_without_account().administration().reset_password("matt", PASSWORD), Err(unknown.clone()));
    assert_eq!(World::default().administration().disable("matt\0"), Err(unknown));
}

#[test]
fn user_deleted_meanwhile_is_not_found() {
    let mut world = world_with_matt();
    world.administration.expect_disable().return_const(Ok(None));
    assert_eq!(world.administration().disable("matt"), Err(Denial::UserNotFound.into()));
    let mut world = world_with_matt();
    world.administration.expect_enable().return_const(Ok(None));
    assert_eq!(world.administration().enable("matt"), Err(Denial::UserNotFound.into()));
}
