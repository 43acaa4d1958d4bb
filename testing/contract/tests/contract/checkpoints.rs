//! SQLite only: checkpoints copy the write-ahead log into the database file.

use std::fs;

use chit_chat_contract::{Engine, World, until};
use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::membership::Role;

/// Enough messages to trigger a checkpoint.
const MANY: usize = 2_500;
/// Less than these messages occupy.
const BYTES: u64 = 500_000;

#[test]
fn checkpoint_copies_log_into_file_of_open_store() {
    let world = World::new(Engine::Sqlite);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let url = world.url();
    let size = || fs::metadata(url.strip_prefix("sqlite://").unwrap()).unwrap().len();
    assert!(size() < BYTES);
    let body = "x".repeat(300);
    let append = |_| world.messages.append(world.draft(room, matt, &body), Guard::holds(matt, Role::Member));
    let pending: Vec<_> = (0..MANY).map(append).collect();
    for answer in pending {
        answer.wait().unwrap();
    }
    until("the file grows", || size() > BYTES);
}
