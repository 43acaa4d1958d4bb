//! Guards hold at commit: another user's change is open in a transaction, the write waits for it, and the
//! transaction then commits or rolls back.

use std::thread;

use chit_chat_contract::{Engine, Raw, World, both_engines, id_literal, try_answer};
use chit_chat_domain::chatroom::{ChatroomChanges, ChatroomName, Entrance, Guard};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::{Added, NewMembership, Role};
use chit_chat_domain::message::{Appended, Deleter};
use chit_chat_domain::pending::Pending;

/// Two members, one of whom loses access.
struct Scene {
    world: World,
    matt: UserId,
    beth: UserId,
    room: ChatroomId,
    engine: Engine,
}

fn scene(engine: Engine) -> Scene {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    Scene { world, matt, beth, room, engine }
}

impl Scene {
    /// Begins a transaction that locks the chatroom's row as the adapters do and changes the member.
    fn hold(&self, change: &str) -> Raw {
        let mut raw = self.world.raw();
        raw.begin();
        raw.lock_rooms(&format!("id = {}", id_literal(self.engine, self.room)));
        raw.shrink_access(change, self.room, self.beth);
        raw
    }

    /// Starts a send by Beth and checks that it waits.
    fn start_to_send(&self) -> Pending<Appended> {
        let draft = self.world.draft(self.room, self.beth, "hello");
        let mut sending = self.world.messages.append(draft, Guard::holds(self.beth, Role::Member));
        self.world.wait_for_blocked(1);
        assert_eq!(try_answer(&mut sending), None);
        sending
    }

    /// Runs `act` on another thread, and ends the transaction once it waits.
    fn while_held<T: Send>(&self, mut held: Raw, end: &str, act: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| {
            let acting = scope.spawn(act);
            self.world.wait_for_blocked(1);
            held.run(end);
            acting.join().unwrap()
        })
    }
}

const REMOVAL: &str = "DELETE FROM memberships";
const DEMOTION: &str = "UPDATE memberships SET role = 0";

#[both_engines]
fn send_waiting_for_removal_is_refused(engine: Engine) {
    let scene = scene(engine);
    let mut removal = scene.hold(REMOVAL);
    let sending = scene.start_to_send();
    removal.run("COMMIT");
    assert_eq!(sending.wait(), Ok(Appended::Refused));
    assert_eq!(removal.number("SELECT count(*) AS value FROM messages"), 0);
    assert_eq!(scene.world.head(scene.room), 4);
}

#[both_engines]
fn send_waiting_for_rolled_back_removal_is_stored(engine: Engine) {
    let scene = scene(engine);
    let mut removal = scene.hold(REMOVAL);
    let sending = scene.start_to_send();
    removal.run("ROLLBACK");
    let Ok(Appended::Stored(sent)) = sending.wait() else { panic!("not stored") };
    assert_eq!((sent.seq, scene.world.head(scene.room)), (4, 4));
    assert_eq!(scene.world.message(scene.room, sent.id), sent);
}

#[test]
fn send_waiting_for_account_deletion_is_refused() {
    let scene = scene(Engine::Postgres);
    let mut held = scene.world.raw();
    held.begin();
    let beth = id_literal(scene.engine, scene.beth);
    // The last row that a deletion writes.
    held.run(&format!("SELECT 1 FROM user_heads WHERE user_id = {beth} FOR UPDATE"));
    let sent = thread::scope(|scope| {
        let deleting = scope.spawn(|| scene.world.delete_account(scene.beth));
        scene.world.wait_for_blocked(1);
        let draft = scene.world.draft(scene.room, scene.beth, "hello");
        let sending = scene.world.messages.append(draft, Guard::holds(scene.beth, Role::Member));
        scene.world.wait_for_blocked(2);
        held.run("COMMIT");
        deleting.join().unwrap();
        sending.wait()
    });
    assert_eq!(sent, Ok(Appended::Refused));
}

#[both_engines]
fn account_deletion_waits_for_sends_of_user(engine: Engine) {
    let scene = scene(engine);
    let mut held = scene.world.raw();
    held.begin();
    held.lock_rooms(&format!("id = {}", id_literal(engine, scene.room)));
    let sending = scene.start_to_send();
    let (deleted_before, sent) = thread::scope(|scope| {
        let deleting = scope.spawn(|| scene.world.delete_account(scene.beth));
        scene.world.wait_for_blocked_or(2, || deleting.is_finished());
        let deleted_before = deleting.is_finished();
        held.run("COMMIT");
        deleting.join().unwrap();
        (deleted_before, sending.wait())
    });
    assert!(!deleted_before || sent == Ok(Appended::Refused), "{sent:?}");
}

#[both_engines]
fn send_waiting_for_chatroom_deletion_is_refused(engine: Engine) {
    let scene = scene(engine);
    let mut deletion = scene.hold(REMOVAL);
    deletion.run("UPDATE chatrooms SET deleted_at = created_at");
    let sending = scene.start_to_send();
    deletion.run("COMMIT");
    assert_eq!(sending.wait(), Ok(Appended::Refused));
    assert_eq!(deletion.number("SELECT count(*) AS value FROM messages"), 0);
}

#[both_engines]
fn send_waiting_for_join_is_stored_after_it(engine: Engine) {
    let scene = scene(engine);
    let mut other = scene.world.raw();
    other.begin();
    other.run("UPDATE chatrooms SET last_seq = last_seq + 1");
    let sending = scene.start_to_send();
    other.run("COMMIT");
    let Ok(Appended::Stored(sent)) = sending.wait() else { panic!("not stored") };
    assert_eq!((sent.seq, scene.world.head(scene.room)), (5, 5));
}

#[both_engines]
fn edit_waiting_for_removal_is_refused(engine: Engine) {
    let scene = scene(engine);
    let sent = scene.world.say(scene.room, scene.beth, "hello");
    let removal = scene.hold(REMOVAL);
    let edited = scene.while_held(removal, "COMMIT", || scene.world.edit(&sent, "hi"));
    assert_eq!(edited, Guarded::Refused);
    assert_eq!(scene.world.message(scene.room, sent.id), sent);
}

#[both_engines]
fn edit_waiting_for_rolled_back_removal_is_written(engine: Engine) {
    let scene = scene(engine);
    let sent = scene.world.say(scene.room, scene.beth, "hello");
    let removal = scene.hold(REMOVAL);
    let edited = scene.while_held(removal, "ROLLBACK", || scene.world.edit(&sent, "hi"));
    assert!(matches!(edited, Guarded::Done(_)));
}

#[both_engines]
fn deletion_by_owner_waiting_for_demotion_is_refused(engine: Engine) {
    let scene = scene(engine);
    scene.world.promote(scene.room, scene.matt, scene.beth);
    let sent = scene.world.say(scene.room, scene.matt, "hello");
    let demotion = scene.hold(DEMOTION);
    let owner = Deleter::Member(Guard::holds(scene.beth, Role::Owner));
    let at = scene.world.tick();
    let deleted = scene.while_held(demotion, "COMMIT", || scene.world.messages.delete(&sent, owner, at));
    assert_eq!(deleted, Ok(Guarded::Refused));
}

#[both_engines]
fn rename_waiting_for_removal_is_refused(engine: Engine) {
    let scene = scene(engine);
    let removal = scene.hold(REMOVAL);
    let changes = ChatroomChanges { name: ChatroomName::parse("Mine").ok(), ..ChatroomChanges::default() };
    let (guard, at) = (Guard::holds(scene.beth, Role::Member), scene.world.tick());
    let renamed =
        scene.while_held(removal, "COMMIT", || scene.world.chatrooms.update(scene.room, changes, guard, at));
    assert_eq!(renamed, Ok(Guarded::Refused));
    let name = scene.world.access(scene.room, scene.matt).chatroom.name;
    assert_eq!(name, ChatroomName::parse("A room").ok());
}

#[both_engines]
fn addition_waiting_for_removal_of_adder_is_refused(engine: Engine) {
    let scene = scene(engine);
    let rohan = scene.world.user("Rohan");
    let removal = scene.hold(REMOVAL);
    let new = NewMembership { chatroom_id: scene.room, user_id: rohan, at: scene.world.tick() };
    let entrance = Entrance::By(Guard::holds(scene.beth, Role::Member));
    let added = scene.while_held(removal, "COMMIT", || scene.world.memberships.add(new, entrance));
    assert_eq!(added, Ok(Added::Refused));
    assert_eq!(scene.world.memberships.find(scene.room, rohan), Ok(None));
}

#[both_engines]
fn join_waiting_for_private_visibility_is_refused(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.public_room(matt);
    let scene = Scene { world, matt, beth, room, engine };
    let mut closing = scene.world.raw();
    closing.begin();
    closing.run("UPDATE chatrooms SET visibility = 0");
    let joined = scene.while_held(closing, "COMMIT", || scene.world.join(room, beth));
    assert_eq!(joined, Added::Refused);
}

#[both_engines]
fn addition_waiting_for_account_deletion_finds_no_user(engine: Engine) {
    let scene = scene(engine);
    let rohan = scene.world.user("Rohan");
    let mut deletion = scene.world.raw();
    deletion.begin();
    let id = id_literal(engine, rohan);
    deletion.run(&format!("UPDATE users SET deleted_at = created_at, username = NULL WHERE id = {id}"));
    let new = NewMembership { chatroom_id: scene.room, user_id: rohan, at: scene.world.tick() };
    let entrance = Entrance::By(Guard::holds(scene.matt, Role::Member));
    let added = scene.while_held(deletion, "COMMIT", || scene.world.memberships.add(new, entrance));
    assert_eq!(added, Ok(Added::NoSuchUser));
    assert_eq!(scene.world.head(scene.room), 3);
}
