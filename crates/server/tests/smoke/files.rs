//! Files that the program creates.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use chit_chat_contract::Engine;

use crate::database::FreshDatabase;
use crate::program::{Server, chit_chat};

#[test]
fn files_of_database_are_private_to_owner() {
    let place = FreshDatabase::new(Engine::Sqlite);
    let server = Server::start(&place);
    server.client().sign_up("ann");
    let folder = Path::new(place.url.strip_prefix("sqlite://").unwrap()).parent().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?} has mode {mode:o}", entry.file_name());
        found.push(entry.file_name().into_string().unwrap());
    }
    found.sort_unstable();
    assert_eq!(found, ["chit-chat.db", "chit-chat.db-shm", "chit-chat.db-wal", "chit-chat.db.key"]);
}

#[test]
fn racing_processes_open_one_new_database() {
    for _ in 0..40 {
        let place = FreshDatabase::new(Engine::Sqlite);
        let migrate = |_| {
            let mut command = chit_chat(&["db", "migrate"]);
            command.env("DATABASE_URL", &place.url).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let running: Vec<_> = (0..12).map(migrate).collect();
        for process in running {
            let output = process.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
