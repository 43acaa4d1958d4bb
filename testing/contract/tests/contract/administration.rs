//! Administration of accounts takes effect at once, also against concurrent requests.

use chit_chat_contract::{Engine, World, both_engines, race};
use chit_chat_domain::folding::fold;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{IdSource, UserId};
use chit_chat_domain::page::Limit;
use chit_chat_domain::session::{Rotation, SecretHash};
use chit_chat_domain::user::{
    Account, AccountFilter, DisplayName, NewUser, PasswordChange, PasswordHash, UserChanges,
};

#[both_engines]
fn disable_ends_all_sessions_and_reports_them(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let sessions = [0; 2].map(|_| world.session(matt, 100).0);
    let (beths, _) = world.session(beth, 100);
    let at = world.tick();
    let mut ended = world.administration.disable(matt, at).unwrap().unwrap();
    ended.sort_by_key(|session| session.id);
    assert_eq!(ended.iter().map(|session| session.id).collect::<Vec<_>>(), sessions);
    assert_eq!(world.open_another().sessions.ended_since(0, at).unwrap().len(), 2);
    assert_eq!((world.open_sessions(matt), world.open_sessions(beth)), (vec![], vec![beths]));
    assert_eq!(world.users.credentials("matt".into()).unwrap().unwrap().disabled_at, Some(at));
    assert_eq!(world.users.credentials("beth".into()).unwrap().unwrap().disabled_at, None);
}

#[both_engines]
fn disabled_account_gets_no_session(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let open = world.draft_session(matt, 1);
    world.sessions.create(open.clone(), 100).unwrap().unwrap();
    let draft = world.draft_session(matt, 9);
    world.administration.disable(matt, world.tick()).unwrap().unwrap();
    assert_eq!(world.sessions.create(draft.clone(), 100), Ok(None));
    let rotation = Rotation {
        user_id: matt,
        session_id: open.id,
        read: open.current,
        next: SecretHash::new([3; 32]),
        spends: None,
        at: world.tick(),
    };
    assert_eq!(world.sessions.rotate(rotation.clone()), Ok(Guarded::Refused));
    assert_eq!(world.administration.enable(matt), Ok(Some(())));
    assert_eq!(world.users.credentials("matt".into()).unwrap().unwrap().disabled_at, None);
    assert_eq!(world.sessions.rotate(rotation), Ok(Guarded::Refused));
    assert_eq!(world.sessions.create(draft, 100), Ok(Some(vec![])));
}

#[both_engines]
fn disable_racing_with_sign_in_leaves_no_session(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    for round in 0..10 {
        let user = world.user(&format!("user_{round}"));
        let open = world.draft_session(user, 1);
        world.sessions.create(open.clone(), 100).unwrap().unwrap();
        race(7, |n| match n {
            0 => drop(world.administration.disable(user, world.tick()).unwrap().unwrap()),
            1..5 => drop(another.sessions.create(world.draft_session(user, 7), 100).unwrap()),
            _ => {
                let (read, next) = (open.current.clone(), SecretHash::new([u8::try_from(n).unwrap(); 32]));
                let at = world.tick();
                let rotation = Rotation { user_id: user, session_id: open.id, read, next, spends: None, at };
                let _either = another.sessions.rotate(rotation).unwrap();
            }
        });
        assert_eq!(world.open_sessions(user), []);
    }
}

#[both_engines]
fn deleted_and_disabled_users_are_not_active(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let active = |user| world.users.is_active(user).unwrap();
    assert!(active(matt) && active(beth) && !active(UserId::from(world.ids.next())));
    world.administration.disable(matt, world.tick()).unwrap().unwrap();
    world.delete_account(beth);
    assert!(!active(matt) && !active(beth));
    world.administration.enable(matt).unwrap().unwrap();
    assert!(active(matt));
}

#[both_engines]
fn second_disable_keeps_first_time(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let since = world.tick();
    assert_eq!(world.administration.disable(matt, since), Ok(Some(vec![])));
    assert_eq!(world.administration.disable(matt, world.tick()), Ok(Some(vec![])));
    assert_eq!(accounts(&world, AccountFilter::default(), None)[0].disabled_at, Some(since));
    assert_eq!(world.administration.enable(matt), Ok(Some(())));
    assert_eq!(world.administration.enable(matt), Ok(Some(())));
}

#[both_engines]
fn disable_keeps_memberships_and_messages(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let said = world.say(room, matt, "hello");
    let (before, head) = (world.users.find(matt), world.head(room));
    world.administration.disable(matt, world.tick()).unwrap().unwrap();
    assert_eq!(world.try_delete_account(matt), Ok(None));
    assert_eq!(world.users.find(matt), before);
    assert_eq!(world.message(room, said.id), said);
    assert_eq!(world.memberships.chatrooms_of(matt, 100), Ok(vec![room]));
    assert_eq!(world.head(room), head);
    assert_eq!(world.users.list(None, Limit::MAX).unwrap().len(), 2);
}

#[both_engines]
fn deleted_account_cannot_be_administrated(engine: Engine) {
    let world = World::new(engine);
    let gone = world.user("gone");
    world.delete_account(gone);
    for user in [gone, UserId::from(world.ids.next())] {
        assert_eq!(world.administration.disable(user, world.tick()), Ok(None));
        assert_eq!(world.administration.enable(user), Ok(None));
        assert_eq!(world.administration.reset_password(user, another(), world.tick()), Ok(None));
    }
    assert_eq!(accounts(&world, AccountFilter::default(), None), []);
}

#[both_engines]
fn password_reset_ends_all_sessions(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let (session, _) = world.session(matt, 100);
    let ended = world.administration.reset_password(matt, another(), world.tick()).unwrap().unwrap();
    assert_eq!(ended.iter().map(|session| session.id).collect::<Vec<_>>(), [session]);
    assert_eq!(world.open_sessions(matt), []);
    let credentials = world.users.credentials("matt".into()).unwrap().unwrap();
    assert_eq!((credentials.password_hash, credentials.disabled_at), (another(), None));
    assert_eq!(world.sessions.create(world.draft_session(matt, 1), 100), Ok(None));
    let password = Some(PasswordChange { new: another(), checked: world.password_hash(), session });
    let changes = UserChanges { password, ..UserChanges::default() };
    assert_eq!(world.users.update(matt, changes, world.tick()), Ok(None));
}

#[both_engines]
fn password_reset_leaves_account_disabled(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let at = world.tick();
    world.administration.disable(matt, at).unwrap().unwrap();
    world.administration.reset_password(matt, another(), world.tick()).unwrap().unwrap();
    assert_eq!(world.users.credentials("matt".into()).unwrap().unwrap().disabled_at, Some(at));
}

#[both_engines]
fn accounts_are_paged_by_folded_name(engine: Engine) {
    let world = World::new(engine);
    for name in ["b", "A", "C", "d"] {
        world.user(name);
    }
    assert_eq!(names(&world, AccountFilter::default(), None), ["A", "b", "C"]);
    assert_eq!(names(&world, AccountFilter::default(), Some("b")), ["C", "d"]);
    assert_eq!(names(&world, AccountFilter::default(), Some("d")), [""; 0]);
}

#[both_engines]
fn accounts_are_filtered_by_name_and_state(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let named = NewUser { display_name: DisplayName::parse("Beth Matthews").ok(), ..world.draft_user("beth") };
    let beth = world.sign_up(named);
    world.user("other");
    let filter = |text: Option<&str>, disabled| AccountFilter { text: text.map(fold), disabled };
    assert_eq!(names(&world, filter(Some("MATT"), false), None), ["beth", "Matt"]);
    assert_eq!(names(&world, filter(Some("%"), false), None), [""; 0]);
    assert_eq!(names(&world, filter(None, true), None), [""; 0]);
    world.administration.disable(beth, world.tick()).unwrap();
    assert_eq!(names(&world, filter(None, true), None), ["beth"]);
    world.administration.disable(matt, world.tick()).unwrap();
    assert_eq!(names(&world, filter(Some("matthews"), true), None), ["beth"]);
    assert_eq!(names(&world, filter(None, true), Some("beth")), ["Matt"]);
}

fn another() -> PasswordHash {
    PasswordHash::new("another".into())
}

/// Lists accounts with a limit of two; the store returns one extra row.
fn accounts(world: &World, filter: AccountFilter, after: Option<&str>) -> Vec<Account> {
    world.administration.list(filter, after.map(Into::into), Limit::parse(2).unwrap()).unwrap()
}

fn names(world: &World, filter: AccountFilter, after: Option<&str>) -> Vec<String> {
    let found = accounts(world, filter, after);
    found.into_iter().filter_map(|account| Some(account.user.profile?.username.as_str().to_owned())).collect()
}
