//! Migrations: applied once, and reverted without a trace.

use chit_chat_contract::{Engine, Raw, TestStore, World, both_engines, race};

#[both_engines]
fn schema_is_current_only_after_migration(engine: Engine) {
    let store = TestStore::unmigrated(engine);
    assert_eq!(store.readiness.is_current(), Ok(false));
    store.migrate().unwrap();
    assert_eq!(store.readiness.is_current(), Ok(true));
    assert_eq!(store.open_another().readiness.is_current(), Ok(true));
}

#[both_engines]
fn readiness_check_changes_nothing(engine: Engine) {
    let store = TestStore::unmigrated(engine);
    let before = schema(&mut store.raw());
    assert_eq!(store.readiness.is_current(), Ok(false));
    assert_eq!(schema(&mut store.raw()), before);
}

#[both_engines]
fn migrate_twice_changes_nothing(engine: Engine) {
    let store = TestStore::new(engine);
    let before = schema(&mut store.raw());
    store.migrate().unwrap();
    assert_eq!(schema(&mut store.raw()), before);
}

#[both_engines]
fn racing_migrations_all_succeed(engine: Engine) {
    let store = TestStore::unmigrated(engine);
    let migrated = race(6, |_| store.migrate());
    assert_eq!(migrated, vec![Ok(()); 6]);
    assert_eq!(store.readiness.is_current(), Ok(true));
    assert_eq!(schema(&mut store.raw()), schema(&mut TestStore::new(engine).raw()));
}

#[both_engines]
fn down_and_up_restore_schema(engine: Engine) {
    let store = TestStore::new(engine);
    let mut raw = store.raw();
    let before = schema(&mut raw);
    raw.revert_migrations();
    let left = schema(&mut raw);
    assert!(left.iter().all(|line| line.contains("__diesel_schema_migrations")), "{left:?}");
    assert_eq!(store.readiness.is_current(), Ok(false));
    store.migrate().unwrap();
    assert_eq!(schema(&mut raw), before);
}

#[both_engines]
fn newest_migration_keeps_messages_both_ways(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    world.send(world.keyed_draft(room, matt, "hello", "key 1"));
    world.send(world.draft(room, beth, "hi"));
    let (before, said) = (schema(&mut world.raw()), world.logged(room));
    world.raw().revert_migration();
    assert_eq!(world.readiness.is_current(), Ok(false));
    world.migrate().unwrap();
    assert_eq!(schema(&mut world.raw()), before);
    assert_eq!(world.logged(room), said);
    assert_eq!(said.len(), 2);
}

#[test]
fn engines_have_equally_named_migrations() {
    let names =
        |engine| TestStore::new(engine).raw().lines("SELECT version AS value FROM __diesel_schema_migrations");
    assert_eq!(names(Engine::Sqlite), names(Engine::Postgres));
}

/// The columns, constraints and indexes, one per line.
fn schema(raw: &mut Raw) -> Vec<String> {
    let queries: &[&str] = match raw {
        Raw::Sqlite(_) => &["SELECT coalesce(sql, name) AS value FROM sqlite_schema \
             WHERE name NOT LIKE 'sqlite%' ORDER BY type, name"],
        Raw::Postgres(_) => &[
            "SELECT concat_ws(' ', table_name, \
             row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position), column_name, data_type, collation_name, is_nullable, \
             column_default, identity_generation) AS value \
             FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1",
            "SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS value \
             FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1",
            "SELECT indexdef AS value FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
            "SELECT concat_ws(' ', relname, relkind, array_to_string(reloptions, ',')) AS value \
             FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
        ],
    };
    queries.iter().flat_map(|query| raw.lines(query)).collect()
}
