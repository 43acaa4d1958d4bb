//! The files that the program makes.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use chit_chat_contract::Engine;

use crate::database::Place;
use crate::program::Server;

#[test]
fn what_stands_beside_and_in_the_database_is_for_its_owner_only() {
    let place = Place::new(Engine::Sqlite);
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
