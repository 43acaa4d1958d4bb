//! Defaults of the server, the database or the role that differ from PostgreSQL's own.

use chit_chat_contract::{Engine, World, done};

use crate::connections::end_connections;

const DEFAULTS: [(&str, &str); 6] = [
    ("default_transaction_isolation", "'serializable'"),
    ("default_transaction_deferrable", "on"),
    ("search_path", "nowhere"),
    ("timezone", "'Asia/Kathmandu'"),
    ("datestyle", "'German'"),
    ("bytea_output", "'escape'"),
];

#[test]
fn defaults_have_no_effect() {
    let world = World::new(Engine::Postgres);
    let mut raw = world.raw();
    for (name, value) in DEFAULTS {
        let set = format!("ALTER DATABASE %I SET {name} = {}", value.replace('\'', "''"));
        raw.run(&format!("DO $$ BEGIN EXECUTE format('{set}', current_database()); END $$"));
    }
    end_connections(&world);
    assert_eq!(world.readiness.is_current(), Ok(true));
    world.migrate().unwrap();
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let said = world.say(room, matt, "hello");
    assert_eq!(world.message(room, said.id), said);
    let edited = done(world.edit(&said, "hello again"));
    assert_eq!(edited.created_at, said.created_at);
    assert_eq!(world.log(room).len(), 5);
}
