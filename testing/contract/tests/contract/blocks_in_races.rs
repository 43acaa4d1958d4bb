//! Blocks concurrent with the actions that they forbid: none of these happens after the block is committed.

use std::thread;

use chit_chat_contract::{Engine, Raw, World, both_engines, id_literal, race, try_answer};
use chit_chat_domain::block::Blocking;
use chit_chat_domain::chatroom::{Creation, Entrance, Guard, ListFilter, Right};
use chit_chat_domain::direct::{Opening, Pair};
use chit_chat_domain::event::Change;
use chit_chat_domain::id::UserId;
use chit_chat_domain::membership::{Added, NewMembership};
use chit_chat_domain::message::Appended;
use chit_chat_domain::page::Limit;

/// Matt, the blocker, and Beth, whom he blocks.
struct Scene {
    world: World,
    matt: UserId,
    beth: UserId,
}

fn scene(engine: Engine) -> Scene {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    Scene { world, matt, beth }
}

impl Scene {
    /// Begins a transaction that locks Matt's row as the adapters do, and lets him block Beth.
    fn begin_to_block(&self) -> Raw {
        let [matt, beth] = [self.matt, self.beth].map(|user| id_literal(self.world.engine(), user));
        let mut raw = self.world.raw();
        raw.begin();
        if self.world.engine() == Engine::Postgres {
            raw.run(&format!("SELECT id FROM users WHERE id = {matt} FOR NO KEY UPDATE"));
        }
        let at = if self.world.engine() == Engine::Postgres { "now()" } else { "0" };
        raw.run(&format!("INSERT INTO blocks (user_id, blocked_id, created_at) VALUES ({matt}, {beth}, {at})"));
        raw
    }

    /// Runs `act`, which has to wait for a block that ends with this statement, and returns its result.
    fn while_blocking<T: Send>(&self, end: &str, act: impl FnOnce() -> T + Send) -> T {
        let mut blocking = self.begin_to_block();
        thread::scope(|scope| {
            let acting = scope.spawn(act);
            self.world.wait_for_blocked_or(1, || acting.is_finished());
            blocking.run(end);
            acting.join().unwrap()
        })
    }
}

#[both_engines]
fn addition_waiting_for_block_is_refused(engine: Engine) {
    add_while_blocking(engine, "COMMIT", true);
}

#[both_engines]
fn addition_waiting_for_rolled_back_block_succeeds(engine: Engine) {
    add_while_blocking(engine, "ROLLBACK", false);
}

fn add_while_blocking(engine: Engine, end: &str, refused: bool) {
    let scene = scene(engine);
    let Scene { world, matt, beth } = &scene;
    let room = world.room(*beth, &[]);
    let new = NewMembership { chatroom_id: room, user_id: *matt, at: world.tick() };
    let add = || world.memberships.add(new, Entrance::By(Guard::may(*beth, Right::Add))).unwrap();
    assert_eq!(scene.while_blocking(end, add) == Added::Blocked, refused);
    assert_eq!(world.memberships.find(room, *matt).unwrap().is_none(), refused);
}

#[both_engines]
fn creation_waiting_for_block_is_refused(engine: Engine) {
    create_while_blocking(engine, "COMMIT", true);
}

#[both_engines]
fn creation_waiting_for_rolled_back_block_succeeds(engine: Engine) {
    create_while_blocking(engine, "ROLLBACK", false);
}

fn create_while_blocking(engine: Engine, end: &str, refused: bool) {
    let scene = scene(engine);
    let Scene { world, matt, beth } = &scene;
    let draft = world.draft_room(*beth, &[*matt]);
    let made = scene.while_blocking(end, || world.chatrooms.create_with_members(draft.clone()).unwrap());
    assert_eq!(made == Creation::BlockedBy(vec![*matt]), refused);
    assert_eq!(world.chatrooms.access(draft.id, *beth).unwrap().is_none(), refused);
}

#[both_engines]
fn direct_opening_waiting_for_block_is_refused(engine: Engine) {
    open_while_blocking(engine, "COMMIT", true);
}

#[both_engines]
fn direct_opening_waiting_for_rolled_back_block_succeeds(engine: Engine) {
    open_while_blocking(engine, "ROLLBACK", false);
}

fn open_while_blocking(engine: Engine, end: &str, refused: bool) {
    let scene = scene(engine);
    let Scene { world, matt, beth } = &scene;
    assert_eq!(scene.while_blocking(end, || world.open(*beth, *matt)) == Opening::Blocked, refused);
    assert_eq!(world.memberships.chatrooms_of(*beth, 100).unwrap().is_empty(), refused);
}

#[test]
fn block_waits_for_addition() {
    let Scene { world, matt, beth } = scene(Engine::Postgres);
    let mut adding = world.raw();
    adding.begin();
    adding.run(&format!("SELECT id FROM users WHERE id = {} FOR SHARE", id_literal(Engine::Postgres, matt)));
    thread::scope(|scope| {
        let blocking = scope.spawn(|| world.block(matt, beth));
        world.wait_for_blocked_or(1, || blocking.is_finished());
        assert!(!blocking.is_finished());
        adding.run("COMMIT");
        blocking.join().unwrap();
    });
}

#[test]
fn send_waiting_for_block_is_refused() {
    let Scene { world, matt, beth } = scene(Engine::Postgres);
    let room = world.direct_room(matt, beth);
    world.say(room, matt, "hi");
    let mut held = world.raw();
    held.begin();
    let id = id_literal(Engine::Postgres, matt);
    // The last row that a block writes.
    held.run(&format!("SELECT 1 FROM user_heads WHERE user_id = {id} FOR UPDATE"));
    let sent = thread::scope(|scope| {
        let blocking = scope.spawn(|| world.block(matt, beth));
        world.wait_for_blocked(1);
        let draft = world.draft(room, beth, "hello");
        let mut sending = world.messages.append(draft, Guard::may(beth, Right::Speak));
        world.wait_for_blocked(2);
        assert_eq!(try_answer(&mut sending), None);
        held.run("COMMIT");
        blocking.join().unwrap();
        sending.wait()
    });
    assert_eq!(sent, Ok(Appended::Refused));
    assert!(world.access(room, matt).chatroom.settings.archived);
}

#[both_engines]
fn send_racing_with_block_is_not_stored_after_it(engine: Engine) {
    let Scene { world, matt, .. } = scene(engine);
    let another = world.open_another();
    for round in 0..5 {
        let beth = world.user(&format!("beth_{round}"));
        let room = world.direct_room(matt, beth);
        world.say(room, matt, "hi");
        race(7, |n| {
            let (ports, author) = (if n % 2 == 0 { &*world.store } else { &another }, [matt, beth][n % 2]);
            if n == 6 {
                return world.block(matt, beth);
            }
            for _ in 0..20 {
                let draft = world.draft(room, author, "hello");
                if ports.messages.append(draft, Guard::may(author, Right::Speak)).wait() == Ok(Appended::Refused) {
                    break;
                }
            }
        });
        let log = world.log(room);
        assert!(matches!(log.last().unwrap().change, Change::ChatroomUpdated { .. }), "{log:?}");
    }
}

#[both_engines]
fn direct_opening_racing_with_block_is_read_only_or_refused(engine: Engine) {
    let Scene { world, matt, .. } = scene(engine);
    for round in 0..20 {
        let beth = world.user(&format!("beth_{round}"));
        race(3, |n| match n {
            0 => drop(world.open(beth, matt)),
            1 => drop(world.open(matt, beth)),
            _ => world.block(matt, beth),
        });
        let rooms = world.chatrooms.of_member(beth, ListFilter::default(), None, Limit::MAX).unwrap();
        assert!(rooms.iter().all(|mine| mine.chatroom.settings.archived));
        assert!(rooms.len() <= 1);
        assert_eq!(world.blocks.list(matt, None, Limit::parse(1).unwrap()).unwrap()[0].user_id, beth);
    }
}

#[both_engines]
fn mutual_blocks_racing_leave_consistent_state(engine: Engine) {
    let Scene { world, matt, .. } = scene(engine);
    let another = world.open_another();
    for round in 0..10 {
        let beth = world.user(&format!("beth_{round}"));
        let pairs = [Pair::new(matt, beth).unwrap(), Pair::new(beth, matt).unwrap()];
        let room = world.direct_room(matt, beth);
        race(4, |n| {
            let (ports, pair) = (if n < 2 { &*world.store } else { &another }, pairs[n % 2]);
            for _ in 0..=round % 3 {
                assert_eq!(ports.blocks.block(pair, 10, world.tick()), Ok(Blocking::Blocked));
                assert_eq!(ports.blocks.unblock(pair, world.tick()), Ok(Some(())));
            }
        });
        assert!(!world.access(room, matt).chatroom.settings.archived);
        let last = world.log(room).into_iter().rev().find_map(|event| match event.change {
            Change::ChatroomUpdated { settings, .. } => Some(settings.archived),
            _ => None,
        });
        assert_eq!(last, Some(false));
    }
}
