//! PostgreSQL databases: migrated once, copied, and reused by later tests, because copying takes longer than most
//! tests. A database that a test accessed without the ports is dropped instead.

use std::env;
use std::error::Error;
use std::fs;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use chit_chat_postgres::{self as postgres, Pooling};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use uuid::Uuid;

/// Advisory lock of the process that builds the template; the number has no meaning.
const TEMPLATE_LOCK: i64 = 0x7465_6d70_6c61_7465;
const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/postgres");

/// Empties every table but the keys, which migrations fill, and restarts every sequence. DELETE is faster than TRUNCATE for the few rows of a test.
const EMPTY: &str = "SET session_replication_role = replica; DO $$ DECLARE name regclass; BEGIN \
     FOR name IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \
     AND relname NOT IN ('__diesel_schema_migrations', 'server_keys') LOOP EXECUTE format('DELETE FROM %s', name); END LOOP; \
     FOR name IN SELECT oid FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace LOOP \
     PERFORM setval(name, 1, false); END LOOP; END $$";

/// A database that is dropped after the test, or kept for the next one.
pub(crate) struct Database {
    url: String,
    /// The name under which it is kept, if it is migrated.
    spare_name: Option<String>,
    /// Set once anything but its rows may have changed.
    is_altered: AtomicBool,
}

impl Database {
    pub(crate) fn create() -> Self {
        let database = Self::not_created();
        postgres::create(&database.url).unwrap();
        database
    }

    pub(crate) fn migrated() -> Self {
        let server = &mut connect(&server_url());
        let fingerprint = fingerprint().simple().to_string();
        // PostgreSQL limits names to 63 bytes.
        let spares = format!("chit_chat_spare_{}_", &fingerprint[..12]);
        let mut database = Self::not_created();
        if !take_spare(server, &spares, database.name()) {
            let template = format!("chit_chat_template_{fingerprint}");
            ensure_template(server, &template);
            let name = database.name();
            run(server, &format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"));
        }
        database.spare_name = Some(format!("{spares}{}", Uuid::new_v4().simple()));
        database
    }

    fn not_created() -> Self {
        let url = url_of(&format!("chit_chat_test_{}", Uuid::new_v4().simple()));
        Self { url, spare_name: None, is_altered: AtomicBool::new(false) }
    }

    /// The URL, for connections that bypass the ports. The database is dropped after the test.
    pub(crate) fn lend_url(&self) -> &str {
        self.is_altered.store(true, Ordering::Relaxed);
        &self.url
    }

    /// Empties the database and renames it for the next test. Fails while other connections are open.
    fn recycle_as(&self, spare_name: &str) -> Result<(), Box<dyn Error>> {
        let name = self.name();
        let others = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        );
        let own = &mut PgConnection::establish(&self.url)?;
        own.batch_execute(&others)?;
        own.batch_execute("SET lock_timeout = '1s'")?;
        own.batch_execute(EMPTY)?;
        let server = &mut PgConnection::establish(&server_url())?;
        server.batch_execute(&others)?;
        server.batch_execute(&format!("ALTER DATABASE {name} RENAME TO {spare_name}"))?;
        Ok(())
    }

    fn name(&self) -> &str {
        name_in(&self.url)
    }

    pub(crate) fn open(&self) -> postgres::Store {
        let (url, pooling) = through_pooler(&self.url);
        postgres::Store::with(&url, pooling).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let is_clean = !thread::panicking() && !self.is_altered.load(Ordering::Relaxed);
        let spare_name = self.spare_name.as_ref().filter(|_| is_clean);
        if spare_name.is_some_and(|name| self.recycle_as(name).is_ok()) {
            return;
        }
        let dropped = postgres::drop(&self.url);
        // A second panic during unwinding would abort the run and hide the first.
        assert!(dropped.is_ok() || thread::panicking(), "{dropped:?}");
    }
}

#[derive(QueryableByName)]
struct Spare {
    #[diesel(sql_type = Text)]
    datname: String,
}

/// Renames a database that an earlier test kept; returns whether there was one.
fn take_spare(server: &mut PgConnection, spares: &str, name: &str) -> bool {
    let found = diesel::sql_query("SELECT datname::text FROM pg_database WHERE starts_with(datname::text, $1)");
    let found: Vec<Spare> = found.bind::<Text, _>(spares).load(server).unwrap();
    // Fails if another test took it first.
    let mut rename =
        |spare: &Spare| server.batch_execute(&format!("ALTER DATABASE {} RENAME TO {name}", spare.datname));
    found.iter().any(|spare| rename(spare).is_ok())
}

/// Builds a migrated database of this name, with no connections to it, unless it exists.
fn ensure_template(server: &mut PgConnection, name: &str) {
    if !exists(server, name) {
        run(server, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})"));
        if !exists(server, name) {
            build(server, name);
        }
        run(server, &format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})"));
    }
}

/// Builds the template under another name until it is complete, because a build may be interrupted.
fn build(server: &mut PgConnection, name: &str) {
    let url = url_of(&format!("{name}_unfinished"));
    postgres::drop(&url).unwrap();
    postgres::create(&url).unwrap();
    postgres::Store::new(&url).unwrap().migrate().unwrap();
    run(server, &format!("ALTER DATABASE {} RENAME TO {name}", name_in(&url)));
}

/// A fingerprint of the migrations, which differs whenever they do.
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

/// The URL of the same database through the pooler that `POOLER_URL` names, if any, and what the pooler does.
fn through_pooler(url: &str) -> (String, Pooling) {
    static POOLER: LazyLock<Option<(String, Pooling)>> = LazyLock::new(|| {
        let pooler = env::var("POOLER_URL").ok()?;
        let pools = postgres::pools_transactions(&format!("{pooler}/postgres")).unwrap();
        Some((pooler, if pools { Pooling::Transactions } else { Pooling::Sessions }))
    });
    let Some((pooler, pooling)) = &*POOLER else {
        return (url.to_owned(), Pooling::Sessions);
    };
    (format!("{pooler}/{}", name_in(url)), *pooling)
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
