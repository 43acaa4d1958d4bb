//! Databases of PostgreSQL: migrated once, copied for every test, dropped behind it.

use std::env;
use std::fs;
use std::thread;

use chit_chat_postgres as postgres;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use uuid::Uuid;

/// Whoever builds the template holds this advisory lock; the number means nothing.
const TEMPLATE_LOCK: i64 = 0x7465_6d70_6c61_7465;
const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/postgres");

/// A database that is dropped at the end.
pub(crate) struct Database {
    pub(crate) url: String,
}

impl Database {
    pub(crate) fn create() -> Self {
        let database = Self::unmade();
        postgres::create(&database.url).unwrap();
        database
    }

    pub(crate) fn migrated() -> Self {
        let server = &mut connect(&server_url());
        let template = template(server);
        let database = Self::unmade();
        let name = database.name();
        run(server, &format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"));
        database
    }

    fn unmade() -> Self {
        Self { url: url_of(&format!("chit_chat_test_{}", Uuid::new_v4().simple())) }
    }

    fn name(&self) -> &str {
        name_in(&self.url)
    }

    pub(crate) fn open(&self) -> postgres::Store {
        postgres::Store::new(&self.url).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let dropped = postgres::drop(&self.url);
        // A second panic while the first unwinds would abort the run and hide the first.
        assert!(dropped.is_ok() || thread::panicking(), "{dropped:?}");
    }
}

/// The name of a migrated database that nobody is connected to; built unless it is there.
fn template(server: &mut PgConnection) -> String {
    let name = format!("chit_chat_template_{}", fingerprint().simple());
    if !exists(server, &name) {
        run(server, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})"));
        if !exists(server, &name) {
            build(server, &name);
        }
        run(server, &format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})"));
    }
    name
}

/// Under another name until it is complete, for a build may be cut short.
fn build(server: &mut PgConnection, name: &str) {
    let url = url_of(&format!("{name}_unfinished"));
    postgres::drop(&url).unwrap();
    postgres::create(&url).unwrap();
    postgres::Store::new(&url).unwrap().migrate().unwrap();
    run(server, &format!("ALTER DATABASE {} RENAME TO {name}", name_in(&url)));
}

/// Another one for other migrations.
fn fingerprint() -> Uuid {
    let mut files: Vec<_> = fs::read_dir(MIGRATIONS)
        .unwrap()
        .map(|folder| folder.unwrap().path().join("up.sql"))
        .filter(|file| file.is_file())
        .collect();
    files.sort();
    let text: Vec<u8> = files.iter().flat_map(|file| fs::read(file).unwrap()).collect();
    Uuid::new_v5(&Uuid::NAMESPACE_OID, &text)
}

fn exists(server: &mut PgConnection, name: &str) -> bool {
    let found = diesel::sql_query("SELECT 1 FROM pg_database WHERE datname = $1").bind::<Text, _>(name);
    found.execute(server).unwrap() > 0
}

fn server_url() -> String {
    url_of("postgres")
}

/// The URL of another database on the server that `DATABASE_URL` names.
fn url_of(database: &str) -> String {
    let Ok(url) = env::var("DATABASE_URL") else {
        panic!("DATABASE_URL is not set: run `make test`, which brings its own PostgreSQL");
    };
    let (location, parameters) = url.split_once('?').unwrap_or((&url, ""));
    let authority = location.find("://").map_or(0, |at| at + 3);
    let host = location[authority..].find('/').map_or(location, |at| &location[..authority + at]);
    let separator = if parameters.is_empty() { "" } else { "?" };
    format!("{host}/{database}{separator}{parameters}")
}

fn name_in(url: &str) -> &str {
    let location = url.split_once('?').map_or(url, |(location, _)| location);
    location.rsplit_once('/').map_or(location, |(_, name)| name)
}

pub(crate) fn connect(url: &str) -> PgConnection {
    PgConnection::establish(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn run(server: &mut PgConnection, sql: &str) {
    server.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}
