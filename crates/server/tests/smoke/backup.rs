//! The command `chit-chat backup`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use chit_chat_contract::{Engine, Raw, until};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::PASSWORD;
use crate::database::FreshDatabase;
use crate::program::{SECRET, Server, chit_chat, fail, run, succeed};
use crate::survival::{send_until_killed, whole_log};

/// A folder for backups.
struct BackupFolder {
    folder: TempDir,
}

impl BackupFolder {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("it's a copy.db")
    }

    fn count(&self) -> usize {
        fs::read_dir(self.folder.path()).unwrap().count()
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn backup_during_writes_holds_all_acknowledged() {
    const WRITERS: usize = 4;
    let (place, backups) = (FreshDatabase::new(Engine::Sqlite), BackupFolder::new());
    let server = Server::start(&place);
    let (ann, _) = server.client().sign_up("ann");
    let room = ann.expect(201, "POST", "/api/chatrooms", &json!({"name": "Plans"}));
    let path = format!("/api/chatrooms/{}", room["id"].as_str().unwrap());
    let acknowledged = Mutex::new(Vec::new());
    let count = || acknowledged.lock().unwrap().len();
    let before: Vec<Value> = thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| send_until_killed(&ann, &path, &acknowledged));
        }
        until("many messages are acknowledged", || count() >= 100);
        let before = acknowledged.lock().unwrap().clone();
        let said = succeed(&place, &["backup", text(&backups.file())]);
        assert!(said.contains("bytes") && said.contains("chit-chat.db.key"), "{said}");
        let written = count();
        until("the writers go on", || count() > written);
        server.kill();
        before
    });
    assert_eq!(backups.count(), 1);
    let mut copy = Raw::sqlite(text(&backups.file()));
    assert_eq!(copy.lines("SELECT integrity_check AS value FROM pragma_integrity_check"), ["ok"]);
    drop(copy);

    let restored = FreshDatabase::of(&format!("sqlite://{}", backups.file().display()));
    let server = Server::start(&restored);
    let login = json!({"username": "ann", "password": PASSWORD});
    let session = server.client().expect(200, "POST", "/api/auth/session", &login);
    let ann = server.client().with_token(session["access_token"].as_str().unwrap());
    let log = whole_log(&ann, &path);
    let seqs: Vec<u64> = log.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=ann.get(&path)["last_seq"].as_u64().unwrap()).collect::<Vec<_>>());
    for message in before {
        let found: Vec<_> = log.iter().filter(|event| event["data"]["id"] == message["id"]).collect();
        assert_eq!(found.len(), 1, "{message}");
        assert_eq!(found[0]["data"], message);
    }
    ann.expect(201, "POST", &format!("{path}/messages"), &json!({"body": "hello again"}));
}

#[test]
fn backup_overwrites_only_with_force() {
    let (place, backups) = (FreshDatabase::new(Engine::Sqlite), BackupFolder::new());
    succeed(&place, &["db", "create"]);
    let file = backups.file();
    fs::write(&file, "precious").unwrap();
    let said = fail(&place, &["backup", text(&file)]);
    assert!(said.contains("--force") && said.contains(text(&file)), "{said}");
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    succeed(&place, &["backup", "--force", text(&file)]);
    assert!(fs::read(&file).unwrap().starts_with(b"SQLite format 3"));
    assert_eq!(backups.count(), 1);
}

#[test]
#[cfg(unix)]
fn backup_is_private_to_owner() {
    use std::os::unix::fs::PermissionsExt;
    let (place, backups) = (FreshDatabase::new(Engine::Sqlite), BackupFolder::new());
    succeed(&place, &["db", "create"]);
    succeed(&place, &["backup", text(&backups.file())]);
    assert_eq!(fs::metadata(backups.file()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn backup_never_overwrites_its_database() {
    let place = FreshDatabase::new(Engine::Sqlite);
    let server = Server::start(&place);
    server.client().sign_up("ann");
    let itself = place.url.strip_prefix("sqlite://").unwrap();
    assert!(fail(&place, &["backup", "--force", itself]).contains("is the database itself"));
    assert_eq!(server.client().get("/readyz")["status"], "ready");
    assert!(succeed(&place, &["user", "list"]).contains("ann"));
}

#[test]
fn backup_never_overwrites_files_of_server() {
    let place = FreshDatabase::new(Engine::Sqlite);
    let server = Server::start(&place);
    server.client().sign_up("ann");
    let itself = place.url.strip_prefix("sqlite://").unwrap();
    for suffix in ["-wal", "-shm", "-journal", ".key"] {
        let file = format!("{itself}{suffix}");
        for arguments in [&["backup", "--force", &file][..], &["backup", &file]] {
            let said = fail(&place, arguments);
            assert!(said.contains("one of its files") || said.contains("signing key"), "{said}");
        }
        // The running server itself writes to its log at any time.
        let is_backup = fs::read(&file).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3"));
        assert!(!is_backup, "{file}");
    }
    let backups = BackupFolder::new();
    fs::write(backups.file(), SECRET).unwrap();
    let mut command = chit_chat(&["backup", "--force", text(&backups.file())]);
    command.env("DATABASE_URL", &place.url).env("JWT_SECRET_FILE", backups.file()).env("JWT_SECRET", SECRET);
    let (output, said) = run(&mut command);
    assert!(!output.status.success() && said.contains("signing key"), "{said}");
    assert_eq!(fs::read(backups.file()).unwrap(), SECRET.as_bytes());
}

#[test]
#[cfg(unix)]
fn backup_never_overwrites_special_files() {
    use std::os::unix::fs::symlink;
    let (place, backups) = (FreshDatabase::new(Engine::Sqlite), BackupFolder::new());
    succeed(&place, &["db", "create"]);
    let itself = PathBuf::from(place.url.strip_prefix("sqlite://").unwrap());
    let at = |name: &str| backups.folder.path().join(name);
    fs::write(at("precious"), "precious").unwrap();
    symlink(&itself, at("database")).unwrap();
    symlink(itself.with_extension("db.key"), at("key")).unwrap();
    symlink(at("precious"), at("link")).unwrap();
    symlink(at("nothing"), at("dangling")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    for name in ["database", "key", "link", "dangling", "folder"] {
        let before = at(name).symlink_metadata().unwrap().file_type();
        let said = fail(&place, &["backup", "--force", text(&at(name))]);
        assert!(said.contains(name), "{said}");
        assert_eq!(at(name).symlink_metadata().unwrap().file_type(), before, "{name}");
    }
    assert_eq!(fs::read(at("precious")).unwrap(), b"precious");
    assert_eq!(backups.count(), 6);

    // SQLite creates its files next to the file that a link points to.
    let linked = FreshDatabase::of(&format!("sqlite://{}", at("database").display()));
    let said = fail(&linked, &["backup", &format!("{}-wal", itself.display())]);
    assert!(said.contains("one of its files"), "{said}");
}

#[test]
fn failed_backup_leaves_no_files() {
    let (place, backups) = (FreshDatabase::new(Engine::Sqlite), BackupFolder::new());
    let absent = fail(&place, &["backup", text(&backups.file())]);
    assert!(absent.contains("does not exist"), "{absent}");
    succeed(&place, &["db", "create"]);
    let nowhere = backups.folder.path().join("nowhere/copy.db");
    assert!(fail(&place, &["backup", text(&nowhere)]).contains("nowhere"));
    fs::write(place.url.strip_prefix("sqlite://").unwrap(), "no database".repeat(1_000)).unwrap();
    fail(&place, &["backup", text(&backups.file())]);
    assert_eq!(backups.count(), 0);
}

#[test]
fn backup_of_postgres_names_pg_dump() {
    let backups = BackupFolder::new();
    let url = "postgres://me:hunter2@127.0.0.1:1/chat";
    let (output, said) = run(chit_chat(&["backup", text(&backups.file())]).env("DATABASE_URL", url));
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("pg_dump") && !said.contains("hunter2"), "{said}");
    assert_eq!(backups.count(), 0);
}
