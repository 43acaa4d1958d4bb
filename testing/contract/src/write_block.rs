//! Blocks every send, so that the queue fills up and is written as one batch.

use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::message::Appended;
use chit_chat_domain::pending::Pending;
use chit_chat_domain::stores::Stores;

use crate::{Engine, Raw, World, answer, id_literal, stored, until};

/// A transaction that blocks all other writes. Each writer of an instance is busy with a plug, a send that waits
/// for the transaction; later sends queue behind the plugs and can be taken as one batch.
pub struct WriteBlock<'w> {
    world: &'w World,
    /// Locks rows on PostgreSQL, the file on SQLite.
    transaction: Raw,
    /// Locks the plugs' chatrooms on PostgreSQL, so that the plugs can be released before the rest.
    plug: Option<Raw>,
    plugs: Vec<Pending<Appended>>,
}

impl World {
    /// Blocks every write.
    pub fn block_writes(&self) -> WriteBlock<'_> {
        self.block_writes_on(&[&self.store])
    }

    /// Blocks every write, with plugs in each of these instances.
    pub fn block_writes_on(&self, instances: &[&Stores]) -> WriteBlock<'_> {
        self.start_write_block(instances, "TRUE")
    }

    /// Blocks writes to this chatroom; on SQLite, all writes.
    pub fn block_writes_to(&self, room: ChatroomId) -> WriteBlock<'_> {
        let only = format!("id = {}", id_literal(self.engine(), room));
        self.start_write_block(&[&self.store], &only)
    }

    fn start_write_block(&self, instances: &[&Stores], which: &str) -> WriteBlock<'_> {
        let keeper = self.user(&format!("keeper_{}", self.tick().as_micros()));
        let rooms: Vec<ChatroomId> = (0..self.engine().writers()).map(|_| self.room(keeper, &[])).collect();
        let literals: Vec<String> = rooms.iter().map(|room| id_literal(self.engine(), *room)).collect();
        let plug_rooms = literals.join(", ");
        let mut transaction = self.raw();
        transaction.begin();
        let plug = match self.engine() {
            Engine::Sqlite => None,
            Engine::Postgres => {
                transaction.lock_rooms(&format!("{which} AND id NOT IN ({plug_rooms})"));
                let mut plug = self.raw();
                plug.begin();
                plug.lock_rooms(&format!("id IN ({plug_rooms})"));
                Some(plug)
            }
        };
        let mut plugs = Vec::new();
        for instance in instances {
            for room in &rooms {
                // One at a time: a writer that finds two takes both in one batch.
                plugs.extend(self.queue_sends(instance, vec![self.draft(*room, keeper, "plug")]));
                self.wait_for_blocked(plugs.len());
            }
        }
        WriteBlock { world: self, transaction, plug, plugs }
    }

    /// Waits until this many connections wait for a lock. Returns at once on SQLite, which does not show who
    /// waits; there nothing can be written while a transaction is open.
    pub fn wait_for_blocked(&self, how_many: usize) {
        self.wait_for_blocked_or(how_many, || false);
    }

    /// Waits like `wait_for_blocked`, or until `happened` returns true.
    pub fn wait_for_blocked_or(&self, how_many: usize, happened: impl Fn() -> bool) {
        if self.engine() == Engine::Postgres {
            let mut observer = self.raw();
            until("a transaction waits for a lock", || {
                let waiting = observer.number(
                    "SELECT count(*) AS value FROM pg_stat_activity \
                     WHERE datname = current_database() AND wait_event_type = 'Lock'",
                );
                happened() || waiting >= i64::try_from(how_many).unwrap()
            });
        }
    }
}

impl WriteBlock<'_> {
    /// Runs SQL in the transaction.
    pub fn run(&mut self, sql: &str) {
        self.transaction.run(sql);
    }

    pub fn raw(&mut self) -> &mut Raw {
        &mut self.transaction
    }

    /// Releases the plugs, so that one writer of each instance takes the queue, and waits until those writers
    /// block on the transaction: whatever they read at the start of the batch is older than its commit.
    pub fn start_batch(&mut self) {
        if let Some(mut plug) = self.plug.take() {
            plug.run("COMMIT");
            let instances = self.plugs.len() / self.world.engine().writers();
            self.finish_plugs();
            self.world.wait_for_blocked(instances);
        }
    }

    /// Commits the transaction; the queued sends are written after it.
    pub fn release(self) {
        self.end(true);
    }

    /// Commits or rolls back the transaction; the queued sends are written after it.
    pub fn end(mut self, commits: bool) {
        self.start_batch();
        self.transaction.run(if commits { "COMMIT" } else { "ROLLBACK" });
        self.finish_plugs();
    }

    fn finish_plugs(&mut self) {
        for plug in self.plugs.drain(..) {
            stored(answer(plug).unwrap());
        }
    }
}
