//! Keys: their secrets, their owners, and their ends.

use std::time::Duration;

use chit_chat_contract::{Engine, World, both_engines, race};
use chit_chat_domain::clock::{Clock, Timestamp};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, IdSource, KeyId, SecretId, SessionId, UserId};
use chit_chat_domain::key::{
    ApiKey, KeyKind, KeyName, KeyOwner, KeyRotation, NewKeyOutcome, Reach, SecretUse, StoredSecret,
};
use chit_chat_domain::scope::{Scope, Scopes};
use chit_chat_domain::session::SecretHash;

const MOST: usize = 100;

fn secret(world: &World) -> StoredSecret {
    let id = SecretId::from(world.ids.next());
    StoredSecret { id, hash: SecretHash::new([7; 32]) }
}

fn draft(world: &World, owner: KeyOwner) -> ApiKey {
    ApiKey {
        id: KeyId::from(world.ids.next()),
        kind: if owner == KeyOwner::Application { KeyKind::Server } else { KeyKind::Personal },
        owner,
        name: KeyName::restore("ci".to_owned()),
        scopes: Scopes::of(&[Scope::MessagesRead, Scope::ActAs]),
        reach: Reach::only(vec![ChatroomId::from(world.ids.next()), ChatroomId::from(world.ids.next())]).unwrap(),
        created_at: world.tick(),
        expires_at: None,
        last_used_at: None,
        secret: secret(world),
        replaced: None,
    }
}

fn key(world: &World, owner: KeyOwner) -> ApiKey {
    let key = draft(world, owner);
    assert_eq!(world.keys.create(key.clone(), MOST), Ok(NewKeyOutcome::Created));
    key
}

fn rotation(world: &World, key: &ApiKey, overlap: u64) -> KeyRotation {
    let at = world.tick();
    let replaced_until = at.plus(Duration::from_secs(overlap));
    KeyRotation { owner: key.owner, key: key.id, read: key.secret.id, next: secret(world), replaced_until, at }
}

/// The sessions and secrets whose end is logged.
fn ended(world: &World) -> Vec<SessionId> {
    let log = world.sessions.ended_since(0, world.clock.now()).unwrap();
    log.into_iter().map(|entry| entry.session.id).collect()
}

fn ids(keys: &[ApiKey]) -> Vec<KeyId> {
    keys.iter().map(|key| key.id).collect()
}

#[both_engines]
fn key_is_found_as_created(engine: Engine) {
    let world = World::new(engine);
    let matt = KeyOwner::User(world.user("Matt"));
    let expiring = ApiKey {
        expires_at: Some(world.tick().plus(Duration::from_secs(60))),
        reach: Reach::ALL,
        kind: KeyKind::Bot,
        ..draft(&world, matt)
    };
    assert_eq!(world.keys.create(expiring.clone(), MOST), Ok(NewKeyOutcome::Created));
    for key in [expiring, key(&world, matt), key(&world, KeyOwner::Application)] {
        assert_eq!(world.keys.find(key.secret.id), Ok(Some(key)));
    }
    assert_eq!(world.keys.find(SecretId::from(world.ids.next())), Ok(None));
}

#[both_engines]
fn keys_are_listed_by_owner_newest_first(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (KeyOwner::User(world.user("Matt")), KeyOwner::User(world.user("Beth")));
    let [first, second] = [matt, matt].map(|owner| key(&world, owner).id);
    let server = key(&world, KeyOwner::Application).id;
    let end = world.tick().plus(Duration::from_secs(60));
    let expiring = ApiKey { expires_at: Some(end), ..draft(&world, matt) };
    world.keys.create(expiring.clone(), MOST).unwrap();
    let list = |owner, now| ids(&world.keys.list(owner, now).unwrap());
    assert_eq!(list(matt, world.tick()), [expiring.id, second, first]);
    assert_eq!(list(matt, end), [second, first]);
    assert_eq!(list(beth, world.tick()), []);
    assert_eq!(list(KeyOwner::Application, world.tick()), [server]);
}

#[both_engines]
fn owners_are_alive_and_have_limited_numbers(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    for owner in [KeyOwner::User(matt), KeyOwner::Application] {
        let create = || world.keys.create(draft(&world, owner), 2).unwrap();
        assert_eq!(
            [create(), create(), create()],
            [NewKeyOutcome::Created, NewKeyOutcome::Created, NewKeyOutcome::TooMany]
        );
    }
    let of = |user: UserId| world.keys.create(draft(&world, KeyOwner::User(user)), MOST).unwrap();
    world.administration.disable(beth, world.tick()).unwrap().unwrap();
    assert_eq!(of(beth), NewKeyOutcome::NoOwner);
    world.delete_account(matt);
    assert_eq!(of(matt), NewKeyOutcome::NoOwner);
    assert_eq!(of(UserId::from(world.ids.next())), NewKeyOutcome::NoOwner);
}

#[both_engines]
fn rotated_key_is_found_by_both_secrets(engine: Engine) {
    let world = World::new(engine);
    let created = key(&world, KeyOwner::User(world.user("Matt")));
    let first = rotation(&world, &created, 60);
    assert_eq!(world.keys.rotate(first.clone()), Ok(Guarded::Done(())));
    let replaced = Some((created.secret.clone(), first.replaced_until));
    let once = ApiKey { secret: first.next.clone(), replaced, ..created.clone() };
    for secret in [created.secret.id, first.next.id] {
        assert_eq!(world.keys.find(secret), Ok(Some(once.clone())));
    }
    assert_eq!(ended(&world), []);
    assert_eq!(world.keys.rotate(first.clone()), Ok(Guarded::Refused), "another secret was read");
    let second = rotation(&world, &once, 0);
    assert_eq!(world.keys.rotate(second.clone()), Ok(Guarded::Done(())));
    assert_eq!(ended(&world), [created.secret.id.into(), first.next.id.into()]);
    assert_eq!(world.keys.find(first.next.id), Ok(None));
    assert_eq!(world.keys.find(second.next.id).unwrap().unwrap().replaced, None);
}

#[both_engines]
fn rotation_is_by_the_owner_and_races_are_won_once(engine: Engine) {
    let world = World::new(engine);
    let created = key(&world, KeyOwner::User(world.user("Matt")));
    let others = KeyRotation { owner: KeyOwner::Application, ..rotation(&world, &created, 60) };
    assert_eq!(world.keys.rotate(others), Ok(Guarded::Refused));
    let outcomes = race(8, |_| world.keys.rotate(rotation(&world, &created, 60)).unwrap());
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Guarded::Done(())).count(), 1);
}

#[both_engines]
fn ended_key_is_gone_and_its_secrets_are_logged(engine: Engine) {
    let world = World::new(engine);
    let matt = KeyOwner::User(world.user("Matt"));
    let created = key(&world, matt);
    let rotation = rotation(&world, &created, 60);
    world.keys.rotate(rotation.clone()).unwrap();
    assert_eq!(world.keys.end(KeyOwner::Application, created.id, world.tick()), Ok(false));
    assert_eq!(world.keys.end(matt, created.id, world.tick()), Ok(true));
    assert_eq!(world.keys.end(matt, created.id, world.tick()), Ok(false));
    assert_eq!(ended(&world), [rotation.next.id.into(), created.secret.id.into()]);
    assert_eq!(world.keys.find(rotation.next.id), Ok(None));
    assert_eq!(world.keys.find(created.secret.id), Ok(None));
}

#[both_engines]
fn keys_end_with_their_user(engine: Engine) {
    let world = World::new(engine);
    let users = ["Matt", "Beth", "Rick"].map(|name| world.user(name));
    let keys = users.map(|user| key(&world, KeyOwner::User(user)));
    let server = key(&world, KeyOwner::Application);
    world.delete_account(users[0]);
    world.administration.disable(users[1], world.tick()).unwrap().unwrap();
    world.administration.reset_password(users[2], world.password_hash(), world.tick()).unwrap().unwrap();
    for key in &keys {
        assert_eq!(world.keys.find(key.secret.id), Ok(None));
        assert!(ended(&world).contains(&key.secret.id.into()));
    }
    assert_eq!(world.keys.find(server.secret.id), Ok(Some(server)));
}

#[both_engines]
fn last_use_is_recorded_and_never_earlier(engine: Engine) {
    let world = World::new(engine);
    let created = key(&world, KeyOwner::User(world.user("Matt")));
    let rotation = rotation(&world, &created, 60);
    world.keys.rotate(rotation.clone()).unwrap();
    let used = |secret, at| SecretUse { secret, at };
    let last = || world.keys.find(created.secret.id).unwrap().unwrap().last_used_at;
    let (early, late) = (world.tick(), world.tick());
    let unknown = used(SecretId::from(world.ids.next()), late);
    assert_eq!(world.keys.record_uses(&[used(created.secret.id, late), unknown]), Ok(()));
    assert_eq!(last(), Some(late));
    world.keys.record_uses(&[used(rotation.next.id, early)]).unwrap();
    assert_eq!(last(), Some(late));
    let latest = world.tick();
    world.keys.record_uses(&[used(rotation.next.id, latest)]).unwrap();
    assert_eq!(last(), Some(latest));
}

#[both_engines]
fn expired_keys_and_secrets_are_forgotten_and_logged(engine: Engine) {
    let world = World::new(engine);
    let matt = KeyOwner::User(world.user("Matt"));
    let end = world.tick().plus(Duration::from_secs(60));
    let expiring = ApiKey { expires_at: Some(end), ..draft(&world, matt) };
    world.keys.create(expiring.clone(), MOST).unwrap();
    let rotated = key(&world, matt);
    let rotation = rotation(&world, &rotated, 60);
    world.keys.rotate(rotation.clone()).unwrap();
    world.keys.forget(Timestamp::from_micros(end.as_micros() - 1)).unwrap();
    assert_eq!(ended(&world), []);
    world.keys.forget(rotation.replaced_until).unwrap();
    assert_eq!(ended(&world), [expiring.secret.id.into(), rotated.secret.id.into()]);
    assert_eq!(world.keys.find(expiring.secret.id), Ok(None));
    assert_eq!(world.keys.find(rotated.secret.id), Ok(None));
    let left = world.keys.find(rotation.next.id).unwrap().unwrap();
    assert_eq!((left.id, left.replaced), (rotated.id, None));
}
