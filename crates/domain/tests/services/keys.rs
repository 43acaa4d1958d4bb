use std::time::Duration;

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{KeyId, SecretId};
use chit_chat_domain::key::{
    ApiKey, CreateKey, KeyKind, KeyName, KeyOwner, KeySecret, KeyText, MAX_KEYS, NewKeyOutcome, ROTATION_OVERLAP,
    Reach, StoredSecret,
};
use chit_chat_domain::scope::{Scope, Scopes};
use chit_chat_domain::session::SecretHash;
use chit_chat_domain::testing::{NOW, World, me};

const MINE: KeyOwner = KeyOwner::User(me());

fn hash(number: u8) -> SecretHash {
    SecretHash::new([number; 32])
}

fn text(kind: KeyKind) -> KeyText {
    KeyText::new(kind, SecretId::from_u128(5), &KeySecret::new([5; 32]))
}

fn stored() -> ApiKey {
    ApiKey {
        id: KeyId::from_u128(4),
        kind: KeyKind::Personal,
        owner: MINE,
        name: KeyName::restore("ci".to_owned()),
        scopes: Scopes::of(&[Scope::UsersRead]),
        reach: Reach::ALL,
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
        secret: StoredSecret { id: SecretId::from_u128(5), hash: hash(5) },
        replaced: None,
    }
}

fn entered() -> CreateKey {
    CreateKey { name: "ci".to_owned(), scopes: vec!["users:read".to_owned()], ..CreateKey::default() }
}

fn world_with_secrets() -> World {
    let mut world = World::default();
    world.secrets.expect_key_secret().return_const(KeySecret::new([9; 32]));
    world.secrets.expect_hash_key().return_const(hash(9));
    world
}

#[test]
fn created_key_is_stored_by_its_hash() {
    let mut world = world_with_secrets();
    let create = world.keys.expect_create().times(1);
    create.withf(|key, most| key.secret.hash == hash(9) && key.owner == MINE && *most == MAX_KEYS);
    create.return_const(Ok(NewKeyOutcome::Created));
    let issued = world.keys().create(MINE, KeyKind::Personal, &entered(), Scopes::OF_USERS).unwrap();
    assert_eq!(issued.text.secret_id(), issued.key.secret.id);
    assert_eq!(issued.key.scopes, Scopes::of(&[Scope::UsersRead]));
}

#[test]
fn refused_creations_are_named() {
    for (outcome, denial) in
        [(NewKeyOutcome::TooMany, Denial::TooManyKeys), (NewKeyOutcome::NoOwner, Denial::UserNotFound)]
    {
        let mut world = world_with_secrets();
        world.keys.expect_create().return_const(Ok(outcome));
        let created = world.keys().create(MINE, KeyKind::Personal, &entered(), Scopes::OF_USERS);
        assert_eq!(created.map(|issued| issued.key), Err(denial.into()));
    }
}

#[test]
fn scopes_that_the_creator_lacks_never_reach_the_store() {
    let own = Scopes::of(&[Scope::MessagesRead]);
    let created = World::default().keys().create(MINE, KeyKind::Personal, &entered(), own);
    assert_eq!(created.map(|issued| issued.key), Err(Denial::ScopeNotHeld.into()));
    let mut world = World::default();
    world.keys.expect_list().return_const(Ok(vec![stored()]));
    let rotated = world.keys().rotate(MINE, stored().id, None, own);
    assert_eq!(rotated.map(|issued| issued.key), Err(Denial::ScopeNotHeld.into()));
}

#[test]
fn rotation_replaces_the_secret_that_was_read() {
    let mut world = world_with_secrets();
    world.keys.expect_list().return_const(Ok(vec![stored()]));
    let until = NOW.plus(ROTATION_OVERLAP);
    let rotate = world.keys.expect_rotate().times(1);
    rotate.withf(move |it| it.read == stored().secret.id && it.replaced_until == until && it.next.hash == hash(9));
    rotate.return_const(Ok(Guarded::Done(())));
    let issued = world.keys().rotate(MINE, stored().id, None, Scopes::OF_USERS).unwrap();
    assert_eq!(issued.key.replaced, Some((stored().secret, until)));
    assert_eq!(issued.text.secret_id(), issued.key.secret.id);
}

#[test]
fn rotation_checks_overlap_and_owner() {
    let rotate = |world: World, overlap| {
        world.keys().rotate(MINE, stored().id, Some(overlap), Scopes::OF_USERS).map(|issued| issued.key)
    };
    for overlap in [-1, 604_801] {
        assert!(matches!(rotate(World::default(), overlap), Err(Failure::Invalid(_))), "{overlap}");
    }
    let mut world = World::default();
    world.keys.expect_list().return_const(Ok(vec![]));
    assert_eq!(rotate(world, 0), Err(Denial::KeyNotFound.into()));
}

#[test]
fn unknown_key_is_not_revoked() {
    let mut world = World::default();
    world.keys.expect_end().return_const(Ok(false));
    assert_eq!(world.keys().revoke(MINE, stored().id), Err(Denial::KeyNotFound.into()));
}

#[test]
fn key_is_verified_by_hash_kind_and_time() {
    let verify = |kind, shown: SecretHash, key: ApiKey| {
        let mut world = World::default();
        world.keys.expect_find().return_const(Ok(Some(key)));
        world.keys().verify(&text(kind), &shown).unwrap()
    };
    let verified = verify(KeyKind::Personal, hash(5), stored()).unwrap();
    assert_eq!((verified.secret, verified.until), (stored().secret.id, Timestamp::from_micros(i64::MAX)));
    assert_eq!(verify(KeyKind::Server, hash(5), stored()), None);
    assert_eq!(verify(KeyKind::Personal, hash(6), stored()), None);
    let expired = ApiKey { expires_at: Some(NOW.minus(Duration::from_secs(1))), ..stored() };
    assert_eq!(verify(KeyKind::Personal, hash(5), expired), None);
}
