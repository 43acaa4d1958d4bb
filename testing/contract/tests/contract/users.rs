//! Signing up, finding, changing and deleting users.

use chit_chat_contract::{Engine, World, both_engines};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::{IdSource, SessionId, UserId};
use chit_chat_domain::page::Limit;
use chit_chat_domain::user::{
    AccountDeletion, DisplayName, Email, NewUser, OwnMessages, PasswordChange, PasswordHash, Profile, SignedUp,
    Updated, User, UserChanges, Username,
};

#[both_engines]
fn signed_up_user_is_found_as_entered(engine: Engine) {
    let world = World::new(engine);
    let draft = full(&world);
    let id = world.sign_up(draft.clone());
    let User { created_at, profile, .. } = world.users.find(id).unwrap().unwrap();
    let profile = profile.unwrap();
    assert_eq!((created_at, profile.username), (draft.created_at, draft.username));
    assert_eq!((profile.display_name, profile.email), (draft.display_name, draft.email));
}

#[both_engines]
fn missing_user_is_not_found(engine: Engine) {
    let world = World::new(engine);
    let nobody = UserId::from(world.ids.next());
    assert_eq!(world.users.find(nobody), Ok(None));
    assert_eq!(world.users.credentials("nobody".into()), Ok(None));
    assert_eq!(world.users.update(nobody, UserChanges::default(), world.tick()), Ok(None));
    assert_eq!(world.try_delete_account(nobody), Ok(None));
}

#[both_engines]
fn username_is_unique_ignoring_case(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let other = world.draft_user("MATT");
    let id = other.id;
    assert_eq!(world.users.insert(other), Ok(SignedUp::UsernameTaken));
    assert_eq!(world.users.find(id), Ok(None));
    assert_eq!(username(&world, matt), "Matt");
}

#[both_engines]
fn credentials_are_found_by_folded_name(engine: Engine) {
    let world = World::new(engine);
    let draft = NewUser { password_hash: PasswordHash::new("$2b$12$x".into()), ..world.draft_user("Matt") };
    let id = world.sign_up(draft.clone());
    let found = world.users.credentials("matt".into()).unwrap().unwrap();
    assert_eq!((found.user.id, found.password_hash), (id, draft.password_hash));
    assert_eq!(world.users.credentials("mat".into()), Ok(None));
    assert_eq!(world.users.credentials("matt_".into()), Ok(None));
}

#[both_engines]
fn find_many_returns_existing_users(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    world.delete_account(beth);
    let nobody = UserId::from(world.ids.next());
    let found = world.users.find_many(vec![beth, nobody, matt, beth]).unwrap();
    let found: Vec<_> = found.into_iter().map(|user| (user.id, user.profile.is_some())).collect();
    assert_eq!(found, [(matt, true), (beth, false)]);
    assert_eq!(world.users.find_many(vec![]), Ok(vec![]));
}

#[both_engines]
fn everybody_is_listed_by_folded_name(engine: Engine) {
    let world = World::new(engine);
    for name in ["beth", "Zoe", "Adam", "a_b", "a.b", "a-b", "_", "9", "B"] {
        world.user(name);
    }
    let sorted = ["9", "_", "a-b", "a.b", "a_b", "Adam", "B", "beth", "Zoe"];
    assert_eq!(listed(&world, None, 200), sorted);
}

#[both_engines]
fn list_is_paged(engine: Engine) {
    let world = World::new(engine);
    for name in ["A", "b", "C", "d", "E"] {
        world.user(name);
    }
    assert_eq!(listed(&world, None, 2), ["A", "b", "C"]);
    assert_eq!(listed(&world, Some("b"), 2), ["C", "d", "E"]);
    assert_eq!(listed(&world, Some("d"), 2), ["E"]);
    assert_eq!(listed(&world, Some("e"), 2), [""; 0]);
}

#[both_engines]
fn update_changes_only_named_fields(engine: Engine) {
    let world = World::new(engine);
    let draft = full(&world);
    let id = world.sign_up(draft.clone());
    let same = change(&world, id, UserChanges::default());
    assert_eq!(same.email, draft.email);
    assert_eq!(same.display_name, draft.display_name);
    let email = Email::parse("new@example.com").ok();
    let changed = change(&world, id, UserChanges { email: Some(email.clone()), ..UserChanges::default() });
    assert_eq!((changed.email, changed.display_name), (email, draft.display_name));
    let changed = change(&world, id, UserChanges { email: Some(None), ..UserChanges::default() });
    assert_eq!(changed.email, None);
    assert_eq!(world.users.find(id).unwrap().unwrap().profile, Some(changed));
    let kept = world.users.credentials("matt".into()).unwrap().unwrap().password_hash;
    assert_eq!(kept, draft.password_hash);
}

#[both_engines]
fn password_change_ends_other_sessions(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let [kept, second, third] = [0; 3].map(|_| world.session(matt, 100).0);
    let (beths, _) = world.session(beth, 100);
    let hash = PasswordHash::new("another".into());
    let changes = new_password(&world, &hash, kept);
    let at = world.tick();
    let Some(Updated::Changed(_, mut ended)) = world.users.update(matt, changes, at).unwrap() else {
        panic!("not changed")
    };
    ended.sort_by_key(|session| session.id);
    assert_eq!(ended.iter().map(|session| session.id).collect::<Vec<_>>(), [second, third]);
    assert!(ended.iter().all(|session| session.tokens_expire_at > at));
    assert_eq!(world.open_sessions(matt), [kept]);
    assert_eq!(world.open_sessions(beth), [beths]);
    assert_eq!(world.users.credentials("matt".into()).unwrap().unwrap().password_hash, hash);
}

#[both_engines]
fn password_change_requires_old_password_and_open_session(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let [first, second] = [0; 2].map(|_| world.session(matt, 100).0);
    let changes = [(first, "one"), (second, "another")]
        .map(|(session, hash)| new_password(&world, &PasswordHash::new(hash.into()), session));
    world.sessions.end(matt, second, world.tick()).unwrap();
    assert_eq!(world.users.update(matt, changes[1].clone(), world.tick()), Ok(None));
    assert!(world.users.update(matt, changes[0].clone(), world.tick()).unwrap().is_some());
    assert_eq!(world.users.update(matt, changes[0].clone(), world.tick()), Ok(None));
}

#[both_engines]
fn deletion_wipes_personal_data(engine: Engine) {
    let world = World::new(engine);
    let draft = full(&world);
    let id = world.sign_up(draft.clone());
    let sessions = [world.session(id, 100).0, world.session(id, 100).0];
    let ended = world.delete_account(id);
    assert_eq!(ended.len(), sessions.len());
    assert_eq!(world.open_sessions(id), []);
    assert_eq!(world.users.find(id), Ok(Some(User { id, created_at: draft.created_at, profile: None })));
    assert_eq!(world.users.credentials("matt".into()), Ok(None));
    assert_eq!(listed(&world, None, 200), [""; 0]);
    assert_eq!(world.users.update(id, UserChanges::default(), world.tick()), Ok(None));
    assert_eq!(world.try_delete_account(id), Ok(None));
    let left = "SELECT count(*) AS value FROM users WHERE coalesce(username, username_folded, display_name, \
                search_text, email, password_hash) IS NOT NULL";
    assert_eq!(world.raw().number(left), 0);
}

#[both_engines]
fn deletion_requires_checked_password(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let (session, _) = world.session(matt, 100);
    let changes = new_password(&world, &PasswordHash::new("another".into()), session);
    world.users.update(matt, changes, world.tick()).unwrap().unwrap();
    assert_eq!(world.try_delete_account(matt), Ok(None));
    assert_eq!(username(&world, matt), "Matt");
    assert_eq!(world.open_sessions(matt), [session]);
}

#[both_engines]
fn username_of_deleted_user_stays_taken(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    world.delete_account(matt);
    assert_eq!(world.users.insert(world.draft_user("mATT")), Ok(SignedUp::UsernameTaken));
}

#[both_engines]
fn sign_up_keeps_microseconds(engine: Engine) {
    let world = World::new(engine);
    for (name, micros) in
        ["ann", "bob", "cem", "dan"].iter().zip([-1, 0, 946_684_800_000_001, 1_767_323_045_678_901])
    {
        let created_at = Timestamp::from_micros(micros);
        let id = world.sign_up(NewUser { created_at, ..world.draft_user(name) });
        assert_eq!(world.users.find(id).unwrap().map(|user| user.created_at), Some(created_at));
    }
}

/// A user with every optional field.
fn full(world: &World) -> NewUser {
    NewUser {
        username: Username::parse("Matt").unwrap(),
        display_name: DisplayName::parse("Matt Smith 👋🏽").ok(),
        email: Email::parse("Matt@example.com").ok(),
        ..world.draft_user("matt")
    }
}

fn new_password(world: &World, hash: &PasswordHash, session: SessionId) -> UserChanges {
    let checked = world.users.credentials("matt".into()).unwrap().unwrap().password_hash;
    let password = PasswordChange { new: hash.clone(), checked, session };
    UserChanges { password: Some(password), ..UserChanges::default() }
}

fn change(world: &World, id: UserId, changes: UserChanges) -> Profile {
    let Some(Updated::Changed(user, ended)) = world.users.update(id, changes, world.tick()).unwrap() else {
        panic!("not changed")
    };
    assert_eq!(ended, []);
    assert_eq!(world.users.find(id).unwrap().as_ref(), Some(&user));
    user.profile.unwrap()
}

fn username(world: &World, id: UserId) -> String {
    let user = world.users.find(id).unwrap().unwrap();
    user.profile.unwrap().username.as_str().to_owned()
}

fn listed(world: &World, after: Option<&str>, limit: u64) -> Vec<String> {
    let found = world.users.list(after.map(Into::into), Limit::parse(limit).unwrap()).unwrap();
    found.into_iter().filter_map(|user| Some(user.profile?.username.as_str().to_owned())).collect()
}

#[both_engines]
fn deletion_requires_open_session(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let (session, _) = world.session(matt, 100);
    let deletion = AccountDeletion { checked: world.password_hash(), session, messages: OwnMessages::Keep };
    world.sessions.end(matt, session, world.tick()).unwrap();
    assert_eq!(world.users.delete(matt, deletion, world.tick()), Ok(None));
    assert_eq!(username(&world, matt), "Matt");
}
