//! Opening, refreshing and ending sessions.

use std::collections::HashSet;
use std::time::Duration;

use chit_chat_contract::{Engine, World, both_engines, done, race};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{IdSource, SessionId, UserId};
use chit_chat_domain::session::{END_RETENTION, EndedSession, NewSession, Rotation, SecretHash};
use chit_chat_domain::user::PasswordHash;

const DAY: Duration = Duration::from_secs(24 * 3_600);

#[both_engines]
fn session_is_found_as_opened(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let draft = world.draft_session(matt, 7);
    assert_eq!(world.sessions.create(draft.clone(), 100), Ok(Some(vec![])));
    let found = world.sessions.find(matt, draft.id).unwrap().unwrap();
    assert_eq!((found.user_id, found.created_at, found.last_used_at), (matt, draft.created_at, draft.created_at));
    assert_eq!((found.family, found.current, found.user_agent), (draft.family, draft.current, draft.user_agent));
    assert_eq!((found.spent, found.spent_at, found.ended_at), (None, None, None));
}

#[both_engines]
fn session_is_found_only_by_its_user(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (id, _) = world.session(matt, 100);
    assert_eq!(world.sessions.find(beth, id), Ok(None));
    assert_eq!(world.sessions.end(beth, id, world.tick()), Ok(None));
    assert_eq!(world.sessions.find(matt, SessionId::from(world.ids.next())), Ok(None));
    assert_eq!(world.open_sessions(matt), [id]);
}

#[both_engines]
fn session_requires_active_account_and_checked_password(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let outdated = NewSession { checked: PasswordHash::new("old".into()), ..world.draft_session(matt, 1) };
    assert_eq!(world.sessions.create(outdated, 100), Ok(None));
    let nobody = UserId::from(world.ids.next());
    assert_eq!(world.sessions.create(world.draft_session(nobody, 1), 100), Ok(None));
    world.delete_account(matt);
    assert_eq!(world.sessions.create(world.draft_session(matt, 1), 100), Ok(None));
}

#[both_engines]
fn sessions_are_listed_newest_first(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let [first, second, third] = [0; 3].map(|_| world.session(matt, 100).0);
    world.session(beth, 100);
    assert_eq!(world.open_sessions(matt), [third, second, first]);
    world.sessions.end(matt, second, world.tick()).unwrap();
    assert_eq!(world.open_sessions(matt), [third, first]);
}

#[both_engines]
fn session_beyond_limit_ends_oldest(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    world.session(beth, 3);
    let [first, second, third] = [0; 3].map(|_| world.session(matt, 3).0);
    let (fourth, ended) = world.session(matt, 3);
    assert_eq!(ended.iter().map(|session| session.id).collect::<Vec<_>>(), [first]);
    assert_eq!(world.open_sessions(matt), [fourth, third, second]);
    let (fifth, ended) = world.session(matt, 1);
    assert_eq!(ended.len(), 3);
    assert_eq!(world.open_sessions(matt), [fifth]);
}

#[both_engines]
fn session_expires_when_idle_or_old(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let draft = world.draft_session(matt, 1);
    world.sessions.create(draft.clone(), 100).unwrap();
    let listed = |days: u32, less: u64| {
        let now = draft.created_at.plus(DAY * days).minus(Duration::from_micros(less));
        world.sessions.list(matt, now).unwrap().len()
    };
    assert_eq!((listed(30, 1), listed(30, 0)), (1, 0));
    let used = draft.created_at.plus(DAY * 80);
    let rotation = Rotation { at: used, ..rotation(&draft, 2) };
    assert_eq!(world.sessions.rotate(rotation), Ok(Guarded::Done(())));
    assert_eq!((listed(90, 1), listed(90, 0)), (1, 0));
}

#[both_engines]
fn refresh_requires_current_token(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let draft = world.draft_session(matt, 1);
    world.sessions.create(draft.clone(), 100).unwrap();
    let at = world.tick();
    let first = Rotation { spends: Some((draft.current.clone(), at)), at, ..rotation(&draft, 50) };
    assert_eq!(world.sessions.rotate(first.clone()), Ok(Guarded::Done(())));
    assert_eq!(world.sessions.rotate(first), Ok(Guarded::Refused));
    let found = world.sessions.find(matt, draft.id).unwrap().unwrap();
    assert_eq!((found.current, found.last_used_at), (hash(50), at));
    assert_eq!((found.spent, found.spent_at), (Some(draft.current), Some(at)));
    assert_eq!((found.family, found.created_at), (draft.family, draft.created_at));
}

#[both_engines]
fn retried_refresh_replaces_successor_and_keeps_spent_token(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let draft = world.draft_session(matt, 1);
    world.sessions.create(draft.clone(), 100).unwrap();
    let at = world.tick();
    let first = Rotation { spends: Some((draft.current.clone(), at)), at, ..rotation(&draft, 50) };
    done(world.sessions.rotate(first).unwrap());
    let later = world.tick();
    let retry = Rotation { read: hash(50), next: hash(51), at: later, ..rotation(&draft, 0) };
    assert_eq!(world.sessions.rotate(retry), Ok(Guarded::Done(())));
    let found = world.sessions.find(matt, draft.id).unwrap().unwrap();
    assert_eq!((found.current, found.last_used_at), (hash(51), later));
    assert_eq!((found.spent, found.spent_at), (Some(draft.current), Some(at)));
}

#[both_engines]
fn racing_refreshes_rotate_once(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let draft = world.draft_session(matt, 1);
    world.sessions.create(draft.clone(), 100).unwrap();
    let outcomes = race(16, |n| {
        let next = u8::try_from(100 + n).unwrap();
        world.sessions.rotate(rotation(&draft, next)).unwrap()
    });
    let winners: Vec<usize> = (0..16).filter(|n| outcomes[*n] == Guarded::Done(())).collect();
    assert_eq!(winners.len(), 1);
    let found = world.sessions.find(matt, draft.id).unwrap().unwrap();
    assert_eq!(found.current, hash(u8::try_from(100 + winners[0]).unwrap()));
}

#[both_engines]
fn ended_session_is_neither_refreshed_nor_ended_again(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let draft = world.draft_session(matt, 1);
    world.sessions.create(draft.clone(), 100).unwrap();
    let at = world.tick();
    let ended = EndedSession { id: draft.id, tokens_expire_at: at.plus(END_RETENTION) };
    assert_eq!(world.sessions.end(matt, draft.id, at), Ok(Some(ended)));
    assert_eq!(world.sessions.end(matt, draft.id, world.tick()), Ok(None));
    assert_eq!(world.sessions.rotate(rotation(&draft, 9)), Ok(Guarded::Refused));
    let found = world.sessions.find(matt, draft.id).unwrap().unwrap();
    assert_eq!((found.ended_at, found.current), (Some(at), draft.current));
}

#[both_engines]
fn ended_sessions_are_read_from_position(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let matt = world.user("Matt");
    let ids = [0; 3].map(|_| world.session(matt, 100).0);
    let now = world.tick();
    assert_eq!(world.sessions.ended_since(0, now), Ok(vec![]));
    let ended = ids.map(|id| world.sessions.end(matt, id, now).unwrap().unwrap());
    let log = another.sessions.ended_since(0, now).unwrap();
    assert_eq!(log.iter().map(|entry| entry.session).collect::<Vec<_>>(), ended);
    assert!(log.is_sorted_by(|a, b| a.position < b.position) && log[0].position > 0);
    assert_eq!(another.sessions.ended_since(log[1].position, now).unwrap(), log[2..]);
    assert_eq!(another.sessions.ended_since(log[2].position, now), Ok(vec![]));
    let expired = now.plus(END_RETENTION);
    assert_eq!(another.sessions.ended_since(0, expired), Ok(vec![]));
}

#[both_engines]
fn many_sessions_end_with_few_statements(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (beths, _) = world.session(beth, 100);
    let ids: Vec<_> = (0..100).map(|_| world.session(matt, 100).0).collect();
    let earlier = world.sessions.end(matt, ids[7], world.tick()).unwrap().unwrap();
    if engine == Engine::Postgres {
        world.raw().run("CREATE TABLE statements (n INTEGER)");
        for event in ["UPDATE ON sessions", "INSERT ON ended_sessions"] {
            count_statements(&world, event);
        }
    }
    let ended: HashSet<_> = world.delete_account(matt).into_iter().map(|session| session.id).collect();
    let others = || ids.iter().copied().filter(|id| *id != earlier.id);
    assert_eq!(ended, others().collect());
    let log: Vec<_> = another.sessions.ended_since(0, world.tick()).unwrap();
    let logged: Vec<_> = log.into_iter().map(|entry| entry.session.id).collect();
    assert_eq!(logged.len(), 100);
    assert_eq!(logged.into_iter().collect::<HashSet<_>>(), ids.into_iter().collect());
    assert_eq!(world.open_sessions(beth), [beths]);
    if engine == Engine::Postgres {
        assert_eq!(world.raw().number("SELECT count(*) AS value FROM statements"), 2);
    }
}

/// Counts statements that do this; SQLite has no triggers for statements.
fn count_statements(world: &World, event: &str) {
    let name = event.replace(' ', "_");
    world.raw().run(&format!(
        "CREATE FUNCTION count_{name}() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN INSERT INTO statements VALUES (1); RETURN NULL; END $$"
    ));
    world.raw().run(&format!("CREATE TRIGGER counted AFTER {event} EXECUTE FUNCTION count_{name}()"));
}

#[both_engines]
fn expired_sessions_are_forgotten(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let [old, ended] = [0; 2].map(|_| world.session(matt, 100).0);
    world.clock.advance(DAY * 29);
    let (young, _) = world.session(matt, 100);
    let at = world.tick();
    world.sessions.end(matt, ended, at).unwrap();
    world.sessions.forget(at).unwrap();
    assert_eq!(world.sessions.ended_since(0, at).unwrap().len(), 1);
    assert!(world.sessions.find(matt, old).unwrap().is_some());
    world.sessions.forget(at.plus(DAY * 2)).unwrap();
    assert_eq!(world.sessions.ended_since(0, at), Ok(vec![]));
    assert_eq!([old, ended].map(|id| world.sessions.find(matt, id).unwrap()), [None, None]);
    assert!(world.sessions.find(matt, young).unwrap().is_some());
}

#[both_engines]
fn forgotten_positions_are_not_reused(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let mut last = 0;
    for _ in 0..3 {
        let (id, _) = world.session(matt, 100);
        let at = world.tick();
        world.sessions.end(matt, id, at).unwrap();
        let log = world.sessions.ended_since(last, at).unwrap();
        assert_eq!(log.iter().map(|entry| entry.session.id).collect::<Vec<_>>(), [id]);
        last = log[0].position;
        world.sessions.forget(at.plus(END_RETENTION)).unwrap();
    }
}

fn hash(n: u8) -> SecretHash {
    SecretHash::new([n; 32])
}

/// Replaces the first refresh token of the session, and spends none.
fn rotation(draft: &NewSession, next: u8) -> Rotation {
    Rotation {
        user_id: draft.user_id,
        session_id: draft.id,
        read: draft.current.clone(),
        next: hash(next),
        spends: None,
        at: draft.created_at,
    }
}
