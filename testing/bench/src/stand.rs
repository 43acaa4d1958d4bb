//! The measured programs, started and filled, and the input files of the load generators.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use chit_chat_client::Client;
use chit_chat_domain::user::PasswordHasher;
use chit_chat_rig::{Cluster, Database, Process, Server};
use chit_chat_system::BcryptPool;
use tempfile::TempDir;

use crate::actix_alone::Actix;
use crate::crowd::{Crowd, FIRST, id};
use crate::fill::{self, Size};
use crate::point::Engine;
use crate::postgres::Postgres;
use crate::requests::{self, SECRET, Tokens};
use crate::tools::{Pgbench, Wrk};

#[derive(Debug)]
pub(crate) struct Stand {
    pub(crate) on_postgres: Server,
    pub(crate) on_sqlite: Server,
    pub(crate) actix: Actix,
    pub(crate) postmaster: Process,
    pub(crate) postgres: Postgres,
    pub(crate) pgbench: Pgbench,
    pub(crate) wrk: Wrk,
    /// A copy of the server's database, for the SQLite library alone.
    pub(crate) bare_sqlite: PathBuf,
    pub(crate) tokens: Tokens,
    program: PathBuf,
    /// The servers on PostgreSQL and on SQLite.
    databases: [Database; 2],
    /// The cluster drops after the servers, and the folder last.
    _cluster: Cluster,
    pub(crate) folder: TempDir,
}

impl Stand {
    pub(crate) fn build(program: &Path, size: Size) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("chit-chat-bench.").tempdir()?;
        let wrk = Wrk::new(folder.path())?;
        Wrk::version()?;
        let cluster = Cluster::start(&folder.path().join("with-postgres.log"))?;
        let postmaster = cluster.postmaster()?;
        let programs = postmaster.program()?.parent().context("PostgreSQL has no folder")?.to_owned();
        let postgres = cluster.database()?;
        let pgbench = Pgbench::new(&programs, &postgres.url);
        pgbench.version()?;
        let file = folder.path().join("chit-chat.db");
        let sqlite = Database::sqlite(file.clone());
        for database in [&postgres, &sqlite] {
            create(program, database)?;
        }
        let filled = Postgres { url: postgres.url.clone() };
        fill_both(&filled, &file, size)?;
        let bare_sqlite = folder.path().join("bare.db");
        fs::copy(&file, &bare_sqlite)?;
        File::open(&bare_sqlite)?.sync_all()?;
        let on_postgres = serve(program, &postgres, &folder.path().join("postgres.log"))?;
        let on_sqlite = serve(program, &sqlite, &folder.path().join("sqlite.log"))?;
        let tokens = Tokens::issue()?;
        let page = folder.path().join("page.json");
        fs::write(&page, fetch_page(&on_postgres, &tokens)?)?;
        let actix = Actix::start(&page)?;
        Ok(Self {
            on_postgres,
            on_sqlite,
            actix,
            postmaster,
            postgres: filled,
            pgbench,
            wrk,
            bare_sqlite,
            tokens,
            program: program.to_owned(),
            databases: [postgres, sqlite],
            _cluster: cluster,
            folder,
        })
    }

    /// Starts another server on the same database.
    pub(crate) fn another_server(&self, engine: Engine) -> Result<Server> {
        let database = match engine {
            Engine::Postgres => &self.databases[0],
            Engine::Sqlite => &self.databases[1],
        };
        serve(&self.program, database, &self.folder.path().join("another.log"))
    }

    pub(crate) fn server(&self, engine: Engine) -> &Server {
        match engine {
            Engine::Postgres => &self.on_postgres,
            Engine::Sqlite => &self.on_sqlite,
        }
    }

    /// A file with requests that each send a message.
    pub(crate) fn sends(&self, crowd: Crowd) -> Result<PathBuf> {
        requests::write(self.folder.path(), &format!("sends-{crowd}"), requests::sends(crowd, &self.tokens))
    }

    /// A file with requests that each read a newest page.
    pub(crate) fn pages(&self, crowd: Crowd) -> Result<PathBuf> {
        requests::write(self.folder.path(), &format!("pages-{crowd}"), requests::pages(crowd, &self.tokens))
    }

    pub(crate) fn logins(&self) -> Result<PathBuf> {
        requests::write(self.folder.path(), "logins", requests::logins())
    }

    /// A file with one request that needs no token.
    pub(crate) fn get(&self, name: &str) -> Result<PathBuf> {
        requests::write(self.folder.path(), name, requests::get(&format!("/{name}")))
    }
}

fn create(program: &Path, database: &Database) -> Result<()> {
    let output = Command::new(program).args(["db", "create"]).env("DATABASE_URL", &database.url).output()?;
    ensure!(output.status.success(), "chit-chat db create: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Fills both databases in parallel, because each takes a single thread that mostly computes.
fn fill_both(postgres: &Postgres, file: &Path, size: Size) -> Result<()> {
    let hash =
        BcryptPool::start(BcryptPool::COST)?.hash(requests::PASSWORD).map_err(|_| anyhow!("no time to hash"))?;
    let hash = hash.as_str();
    thread::scope(|scope| {
        let sqlite = scope.spawn(|| fill::sqlite(file, size, hash));
        fill::postgres(postgres, size, hash)?;
        sqlite.join().map_err(|_| anyhow!("filling SQLite panicked"))?
    })
}

/// More than the number of idle streams.
const MAX_CONNECTIONS: &str = "12000";

/// The configuration of production, without rate limits.
fn serve(program: &Path, database: &Database, log: &Path) -> Result<Server> {
    let variables = [
        ("JWT_SECRET", SECRET),
        ("RATE_LIMITS", "off"),
        ("MAX_CONNECTIONS", MAX_CONNECTIONS),
        // All clients have the same address.
        ("CONNECTIONS_PER_ADDRESS", MAX_CONNECTIONS),
    ];
    let mut server = Server::launch(program, database, &variables, log.to_owned())?;
    server.wait_until_it_listens()?;
    Ok(server)
}

fn fetch_page(server: &Server, tokens: &Tokens) -> Result<Vec<u8>> {
    let client = Client::new(server.url()).with_token(tokens.of(FIRST)?);
    let page = client.get(format!("/api/chatrooms/{}/messages", id(FIRST)))?.expect(200)?;
    Ok(page.text.into_bytes())
}
