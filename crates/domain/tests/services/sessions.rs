use std::time::Duration;

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::SessionId;
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::session::{
    MAX_SESSIONS, NewSession, RefreshSecret, RefreshToken, Rotation, SecretHash, Session,
};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{NOW, World, fresh_id, me, password_hash, session_id};
use chit_chat_domain::user::{Credentials, HasherBusy};

use crate::builders::{credentials, deleted_user, ended_session, living_user};

const PASSWORD: &str = "correct horse";
const FAMILY: u8 = 1;
const OLD: u8 = 2;
const CURRENT: u8 = 3;
const NEXT: u8 = 4;

fn secret(n: u8) -> RefreshSecret {
    RefreshSecret::new([n; 32])
}

fn hash(n: u8) -> SecretHash {
    SecretHash::new([n; 32])
}

fn token(family: u8, own: u8) -> RefreshToken {
    RefreshToken { user_id: me(), session_id: session_id(), family: secret(family), secret: secret(own) }
}

/// Used a second ago, when `CURRENT` replaced `OLD`.
fn session() -> Session {
    let a_second_ago = NOW.minus(Duration::from_secs(1));
    Session {
        id: session_id(),
        user_id: me(),
        created_at: a_second_ago,
        last_used_at: a_second_ago,
        user_agent: None,
        family: hash(FAMILY),
        current: hash(CURRENT),
        spent: Some(hash(OLD)),
        spent_at: Some(a_second_ago),
        ended_at: None,
    }
}

fn rotation(read: u8, next: u8, spends: Option<(SecretHash, Timestamp)>) -> Rotation {
    Rotation { user_id: me(), session_id: session_id(), read: hash(read), next: hash(next), spends, at: NOW }
}

/// A world where each of these secrets is made once and every secret's hash is known.
fn world_with_secrets(made: &[u8]) -> World {
    let mut world = World::default();
    for n in made {
        world.secrets.expect_refresh_secret().times(1).return_const(secret(*n));
    }
    let hash_of = |secret: &RefreshSecret| SecretHash::new(secret.reveal().try_into().unwrap());
    world.secrets.expect_hash().returning(hash_of);
    world
}

fn world_with_successors() -> World {
    let mut world = world_with_secrets(&[]);
    let successor = |spent: &RefreshSecret| RefreshSecret::new([spent.reveal().first().unwrap() + 1; 32]);
    world.secrets.expect_successor().returning(successor);
    world
}

fn world_for_sign_in() -> World {
    let mut world = world_with_secrets(&[FAMILY, CURRENT]);
    world.credentials_are(Some(credentials()));
    world.password_is(PASSWORD);
    world
}

/// A world with this session, where `OLD` is succeeded by `CURRENT` and `CURRENT` by `NEXT`.
fn world_with_session(found: Option<Session>) -> World {
    let mut world = world_with_successors();
    world.sessions.expect_find().with(eq(me()), eq(session_id())).return_const(Ok(found));
    world
}

fn expect_rotation(world: &mut World, rotation: Rotation, outcome: Guarded) {
    world.sessions.expect_rotate().with(eq(rotation)).times(1).return_const(Ok(outcome));
}

fn expect_end(world: &mut World) {
    let ended = Ok(Some(ended_session()));
    world.sessions.expect_end().with(eq(me()), eq(session_id()), eq(NOW)).times(1).return_const(ended);
}

#[test]
fn sign_in_ignores_case_of_username() {
    let mut world = world_for_sign_in();
    let opened = NewSession {
        id: SessionId::from(fresh_id()),
        user_id: me(),
        created_at: NOW,
        user_agent: Some("curl".to_owned()),
        family: hash(FAMILY),
        current: hash(CURRENT),
        checked: password_hash(),
    };
    world.sessions.expect_create().with(eq(opened), eq(MAX_SESSIONS)).times(1).return_const(Ok(Some(vec![])));
    let grant = world.sessions().sign_in("MATT", PASSWORD, Some("curl")).unwrap();
    let session_id = SessionId::from(fresh_id());
    assert_eq!((grant.user, grant.session_id), (living_user(), session_id));
    assert_eq!(grant.refresh_token, RefreshToken { session_id, ..token(FAMILY, CURRENT) });
}

#[test]
fn sign_in_ignores_space_around_username() {
    for entered in ["matt ", " Matt", "\tMATT\u{a0}\n", "\u{3000}matt"] {
        let mut world = world_for_sign_in();
        world.sessions.expect_create().times(1).return_const(Ok(Some(vec![])));
        assert!(world.sessions().sign_in(entered, PASSWORD, None).is_ok(), "{entered:?}");
    }
}

#[test]
fn any_token_of_a_session_revokes_it() {
    for secret in [CURRENT, OLD, 9] {
        let mut world = world_with_session(Some(session()));
        expect_end(&mut world);
        assert_eq!(world.sessions().revoke(&token(FAMILY, secret)), Ok(()));
    }
}

#[test]
fn guessed_token_revokes_nothing() {
    for found in [None, Some(session())] {
        let world = world_with_session(found);
        let revoked = world.sessions().revoke(&token(FAMILY + 1, CURRENT));
        assert_eq!(revoked, Err(Denial::InvalidRefreshToken.into()));
    }
}

#[test]
fn unknown_user_is_verified_like_wrong_password() {
    let mut unknown = World::default();
    unknown.credentials_are(None);
    unknown.hasher.expect_verify().withf(|_, hash| hash.is_none()).times(1).return_const(Ok(false));
    let mut wrong = World::default();
    wrong.credentials_are(Some(credentials()));
    wrong.password_is(PASSWORD);
    for world in [unknown, wrong] {
        let failure = world.sessions().sign_in("matt", "a guess", None).unwrap_err();
        assert_eq!(failure, Denial::InvalidCredentials.into());
    }
}

#[test]
fn disabled_account_is_revealed_only_with_password() {
    for (entered, denial) in [(PASSWORD, Denial::AccountDisabled), ("a guess", Denial::InvalidCredentials)] {
        let mut world = World::default();
        world.credentials_are(Some(Credentials { disabled_at: Some(NOW), ..credentials() }));
        world.password_is(PASSWORD);
        assert_eq!(world.sessions().sign_in("matt", entered, None).unwrap_err(), denial.into());
    }
}

#[test]
fn invalid_username_is_unknown_without_store() {
    let mut world = World::default();
    world.hasher.expect_verify().withf(|_, hash| hash.is_none()).times(1).return_const(Ok(false));
    let failure = world.sessions().sign_in("matt\0", PASSWORD, None).unwrap_err();
    assert_eq!(failure, Denial::InvalidCredentials.into());
}

#[test]
fn unknown_user_is_refused_even_if_verified() {
    let mut world = World::default();
    world.credentials_are(None);
    world.hasher.expect_verify().return_const(Ok(true));
    let failure = world.sessions().sign_in("matt", PASSWORD, None).unwrap_err();
    assert_eq!(failure, Denial::InvalidCredentials.into());
}

#[test]
fn sign_in_with_busy_hasher_opens_no_session() {
    let mut world = World::default();
    world.credentials_are(Some(credentials()));
    world.hasher.expect_verify().return_const(Err(HasherBusy));
    assert_eq!(world.sessions().sign_in("matt", PASSWORD, None).unwrap_err(), Failure::Busy);
}

#[test]
fn long_user_agent_is_truncated_between_characters() {
    let mut world = world_for_sign_in();
    let cut = Some("é".repeat(255));
    world.sessions.expect_create().withf(move |new, _| new.user_agent == cut).return_const(Ok(Some(vec![])));
    assert!(world.sessions().sign_in("matt", PASSWORD, Some(&"é".repeat(300))).is_ok());
}

#[test]
fn sign_in_ends_displaced_sessions() {
    let mut world = world_for_sign_in();
    world.sessions.expect_create().return_const(Ok(Some(vec![ended_session()])));
    assert!(world.sessions().sign_in("matt", PASSWORD, None).is_ok());
}

#[test]
fn sign_in_with_changed_password_opens_no_session() {
    let mut world = world_for_sign_in();
    world.sessions.expect_create().times(1).return_const(Ok(None));
    let failure = world.sessions().sign_in("matt", PASSWORD, None).unwrap_err();
    assert_eq!(failure, Denial::InvalidCredentials.into());
}

#[test]
fn current_refresh_token_is_rotated() {
    let mut world = world_with_session(Some(session()));
    world.user_is(living_user());
    expect_rotation(&mut world, rotation(CURRENT, NEXT, Some((hash(CURRENT), NOW))), Guarded::Done(()));
    let grant = world.sessions().refresh(&token(FAMILY, CURRENT)).unwrap();
    assert_eq!((grant.user, grant.session_id), (living_user(), session_id()));
    assert_eq!(grant.refresh_token, token(FAMILY, NEXT));
}

#[test]
fn retried_refresh_returns_same_successor() {
    let mut world = world_with_session(Some(session()));
    world.user_is(living_user());
    expect_rotation(&mut world, rotation(CURRENT, CURRENT, None), Guarded::Done(()));
    let grant = world.sessions().refresh(&token(FAMILY, OLD)).unwrap();
    assert_eq!(grant.refresh_token, token(FAMILY, CURRENT));
}

#[test]
fn reused_refresh_token_ends_session() {
    let spent_long_ago = Some(NOW.minus(Duration::from_secs(31)));
    let mut world = world_with_session(Some(Session { spent_at: spent_long_ago, ..session() }));
    expect_end(&mut world);
    let failure = world.sessions().refresh(&token(FAMILY, OLD)).unwrap_err();
    assert_eq!(failure, Denial::InvalidRefreshToken.into());
}

#[test]
fn guessed_token_and_ended_session_are_refused() {
    let ended = Session { ended_at: Some(NOW), ..session() };
    for (found, family) in [(Some(session()), 9), (Some(ended), FAMILY), (None, FAMILY)] {
        let sessions = world_with_session(found).sessions();
        let failure = sessions.refresh(&token(family, CURRENT)).unwrap_err();
        assert_eq!(failure, Denial::InvalidRefreshToken.into());
    }
}

#[test]
fn overtaken_refresh_is_retried_with_current_session() {
    let mut world = world_with_successors();
    world.user_is(living_user());
    let before = Session { current: hash(OLD), spent: None, spent_at: None, ..session() };
    world.sessions.expect_find().times(1).return_const(Ok(Some(before)));
    world.sessions.expect_find().times(1).return_const(Ok(Some(session())));
    expect_rotation(&mut world, rotation(OLD, CURRENT, Some((hash(OLD), NOW))), Guarded::Refused);
    expect_rotation(&mut world, rotation(CURRENT, CURRENT, None), Guarded::Done(()));
    assert!(world.sessions().refresh(&token(FAMILY, OLD)).is_ok());
}

#[test]
fn repeatedly_overtaken_refresh_gives_up() {
    let mut world = world_with_session(Some(session()));
    world.user_is(living_user());
    world.sessions.expect_rotate().times(2..).return_const(Ok(Guarded::Refused));
    let failure = world.sessions().refresh(&token(FAMILY, CURRENT)).unwrap_err();
    assert_eq!(failure, StoreError::Contention.into());
}

#[test]
fn refresh_by_deleted_user_is_refused() {
    let mut world = world_with_session(Some(session()));
    world.user_is(deleted_user());
    let failure = world.sessions().refresh(&token(FAMILY, CURRENT)).unwrap_err();
    assert_eq!(failure, Denial::InvalidRefreshToken.into());
}

#[test]
fn sign_out_ends_session() {
    let mut world = World::default();
    expect_end(&mut world);
    assert_eq!(world.sessions().sign_out(me(), session_id()), Ok(()));
}

#[test]
fn sign_out_of_ended_session_is_not_found() {
    let mut world = World::default();
    world.sessions.expect_end().times(1).return_const(Ok(None));
    assert_eq!(world.sessions().sign_out(me(), session_id()), Err(Denial::SessionNotFound.into()));
}
