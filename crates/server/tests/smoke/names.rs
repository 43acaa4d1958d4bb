//! Databases with unusual names and encodings.

use chit_chat_contract::{Engine, TestStore};

use crate::database::FreshDatabase;
use crate::program::{Server, fail, succeed};

/// The URL of another database on the server of this one.
fn beside(url: &str, name: &str) -> String {
    let (location, parameters) = url.split_once('?').map_or((url, String::new()), |(l, p)| (l, format!("?{p}")));
    let (server, own) = location.rsplit_once('/').unwrap();
    format!("{server}/{own}{name}{parameters}")
}

#[test]
fn encoded_name_is_decoded() {
    let store = TestStore::unmigrated(Engine::Postgres);
    let place = FreshDatabase::of(&beside(&store.url(), "%20%26%20more"));
    let count = "SELECT count(*) AS value FROM pg_database WHERE datname = current_database() || ' & more'";
    succeed(&place, &["db", "create"]);
    assert_eq!(store.raw().number(count), 1);
    assert!(succeed(&place, &["db", "create"]).contains("already exists"));
    assert!(succeed(&place, &["user", "list"]).starts_with("USERNAME"));
    succeed(&place, &["db", "drop", "--yes"]);
    assert_eq!(store.raw().number(count), 0);
}

#[test]
fn other_encoding_is_refused() {
    let store = TestStore::unmigrated(Engine::Postgres);
    let place = FreshDatabase::of(&beside(&store.url(), "_latin"));
    let name = place.url.split('?').next().and_then(|url| url.rsplit('/').next()).unwrap();
    store.raw().run(&format!("CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"));
    for command in [["db", "create"], ["db", "migrate"]] {
        let said = fail(&place, &command);
        assert!(said.contains("has the encoding LATIN1 and must have UTF8"), "{said}");
    }
    succeed(&place, &["db", "drop", "--yes"]);
}

#[test]
fn new_empty_database_is_said() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let place = FreshDatabase::new(engine);
        for is_new in [true, false] {
            let server = Server::start_with(&place, &[("LOG", "info")]);
            assert_eq!(server.log().contains("empty"), is_new, "{}", server.log());
        }
    }
}
