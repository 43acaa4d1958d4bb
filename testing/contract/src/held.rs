//! Keeping every send waiting, so that the sends pile up and are written together.

use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::message::Appended;
use chit_chat_domain::pending::Pending;
use chit_chat_domain::stores::Stores;

use crate::{Engine, Raw, World, answer, id_literal, stored, until};

/// A transaction that nothing is written beside. What is sent meanwhile waits behind first sends: the
/// plugs, one for each writer of an instance, which has begun to write it. So all of it is there to be
/// taken at once.
pub struct Held<'w> {
    world: &'w World,
    /// On PostgreSQL it holds rows, on SQLite the file.
    transaction: Raw,
    /// Holds the plugs' rooms, on PostgreSQL: they can be let go before the others.
    plug: Option<Raw>,
    plugs: Vec<Pending<Appended>>,
}

impl World {
    /// Holds everything.
    pub fn hold(&self) -> Held<'_> {
        self.hold_on(&[&self.store])
    }

    /// Holds everything, with plugs in each of these instances.
    pub fn hold_on(&self, instances: &[&Stores]) -> Held<'_> {
        self.begin_to_hold(instances, "TRUE")
    }

    /// Holds this chatroom, and on SQLite everything.
    pub fn hold_only(&self, room: ChatroomId) -> Held<'_> {
        let only = format!("id = {}", id_literal(self.engine(), room));
        self.begin_to_hold(&[&self.store], &only)
    }

    fn begin_to_hold(&self, instances: &[&Stores], which: &str) -> Held<'_> {
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
                // One after the other: a writer that found both would take both.
                plugs.extend(self.hand_over(instance, vec![self.draft(*room, keeper, "plug")]));
                self.until_waiting(plugs.len());
            }
        }
        Held { world: self, transaction, plug, plugs }
    }

    /// Until so many are seen to wait for a lock. SQLite does not show who waits; there nothing can
    /// be written while a transaction is open, whether it has begun to wait or not.
    pub fn until_waiting(&self, how_many: usize) {
        self.until_waiting_or(how_many, || false);
    }

    /// The same, or until something else has happened.
    pub fn until_waiting_or(&self, how_many: usize, happened: impl Fn() -> bool) {
        if self.engine() == Engine::Postgres {
            let mut observer = self.raw();
            until("somebody waits for a lock", || {
                let waiting = observer.number(
                    "SELECT count(*) AS value FROM pg_stat_activity \
                     WHERE datname = current_database() AND wait_event_type = 'Lock'",
                );
                happened() || waiting >= i64::try_from(how_many).unwrap()
            });
        }
    }
}

impl Held<'_> {
    /// Runs SQL in the transaction.
    pub fn run(&mut self, sql: &str) {
        self.transaction.run(sql);
    }

    /// The transaction.
    pub fn raw(&mut self) -> &mut Raw {
        &mut self.transaction
    }

    /// Lets the pile be taken, by one writer of each instance, and makes sure that it waits for what is held: whatever its writing
    /// reads at its start is older than the end of the transaction.
    pub fn take_pile(&mut self) {
        if let Some(mut plug) = self.plug.take() {
            plug.run("COMMIT");
            let instances = self.plugs.len() / self.world.engine().writers();
            self.plugs_are_stored();
            self.world.until_waiting(instances);
        }
    }

    /// Has what waits written, behind what the transaction has done.
    pub fn let_go(self) {
        self.end(true);
    }

    /// As `let_go`, or as if the transaction had never been.
    pub fn end(mut self, commits: bool) {
        self.take_pile();
        self.transaction.run(if commits { "COMMIT" } else { "ROLLBACK" });
        self.plugs_are_stored();
    }

    fn plugs_are_stored(&mut self) {
        for plug in self.plugs.drain(..) {
            stored(answer(plug).unwrap());
        }
    }
}
