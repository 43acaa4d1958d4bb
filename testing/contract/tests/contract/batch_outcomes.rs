//! Each send of a batch gets its own outcome, and none affects another.

use std::collections::BTreeMap;
use std::iter;

use chit_chat_contract::{Engine, World, answers, both_engines, done, idempotency, stored};
use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Appended, IdempotencyKey, Message, MessageBody, NewMessage};
use chit_chat_domain::store_error::StoreError;

type Answer = Result<Appended, StoreError>;

/// A chatroom of an owner, Matt, and a member, Beth.
struct Scene {
    world: World,
    matt: UserId,
    beth: UserId,
    room: ChatroomId,
}

fn scene(engine: Engine) -> Scene {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    Scene { world, matt, beth, room }
}

impl Scene {
    fn draft(&self, text: &str) -> NewMessage {
        self.world.draft(self.room, self.matt, text)
    }

    fn keyed(&self, text: &str, key: &str) -> NewMessage {
        self.world.keyed_draft(self.room, self.matt, text, key)
    }

    /// Writes these sends in one batch, between ordinary sends that must all be stored. Checks that the log holds
    /// exactly the acknowledged messages, and returns the outcomes of these sends.
    fn among_others(&self, sends: Vec<(NewMessage, Guard)>) -> Vec<Answer> {
        let before = self.world.logged(self.room);
        let ordinary =
            || (self.world.draft(self.room, self.beth, "ordinary"), Guard::holds(self.beth, Role::Member));
        let batch = sends.into_iter().flat_map(|send| [ordinary(), send]).chain(iter::once_with(ordinary));
        let held = self.world.block_writes();
        let pending = batch.map(|(draft, guard)| self.world.messages.append(draft, guard)).collect();
        held.release();
        let (ordinary, others): (Vec<_>, Vec<_>) =
            answers(pending).into_iter().enumerate().partition(|(n, _)| n % 2 == 0);
        let ordinary: Vec<Message> = ordinary.into_iter().map(|(_, answer)| stored(answer.unwrap())).collect();
        let others: Vec<Answer> = others.into_iter().map(|(_, answer)| answer).collect();
        let acknowledged = before.into_iter().chain(ordinary).chain(others.iter().filter_map(stored_message));
        let here = acknowledged.filter(|message| message.chatroom_id == self.room);
        let by_seq: BTreeMap<i64, Message> = here.map(|message| (message.seq, message)).collect();
        assert_eq!(self.world.logged(self.room), by_seq.into_values().collect::<Vec<_>>());
        others
    }

    /// Calls `among_others` with each message sent by its author as a member.
    fn stored_among_others(&self, drafts: Vec<NewMessage>) -> Vec<Answer> {
        let as_member = |draft: NewMessage| (Guard::holds(draft.author_id, Role::Member), draft);
        self.among_others(drafts.into_iter().map(as_member).map(|(guard, draft)| (draft, guard)).collect())
    }
}

fn stored_message(answer: &Answer) -> Option<Message> {
    match answer {
        Ok(Appended::Stored(message)) => Some(message.clone()),
        _ => None,
    }
}

#[both_engines]
fn unauthorized_send_is_refused_alone(engine: Engine) {
    let scene = scene(engine);
    let (world, matt, beth) = (&scene.world, scene.matt, scene.beth);
    let (eve, gone) = (world.user("Eve"), world.user("Gone"));
    let (nowhere, deleted) = (ChatroomId::from(world.ids.next()), world.room(matt, &[]));
    world.delete_room(deleted, matt);
    let other = world.room(eve, &[gone]);
    world.delete_account(gone);
    let send = |room, author, role| (world.draft(room, author, "x"), Guard::holds(author, role));
    let outcomes = scene.among_others(vec![
        send(scene.room, eve, Role::Member),
        send(nowhere, matt, Role::Member),
        send(deleted, matt, Role::Member),
        send(scene.room, beth, Role::Owner),
        send(other, beth, Role::Member),
        send(other, gone, Role::Member),
        send(scene.room, UserId::from(world.ids.next()), Role::Member),
    ]);
    assert_eq!(outcomes, vec![Ok(Appended::Refused); 7]);
    assert_eq!(world.logged(other), []);
}

#[both_engines]
fn each_guard_in_batch_is_checked(engine: Engine) {
    let scene = scene(engine);
    let sends = [(scene.matt, Role::Owner), (scene.beth, Role::Owner), (scene.matt, Role::Member)]
        .map(|(author, role)| (scene.world.draft(scene.room, author, "x"), Guard::holds(author, role)));
    let are_stored: Vec<bool> =
        scene.among_others(sends.into()).iter().map(|answer| stored_message(answer).is_some()).collect();
    assert_eq!(are_stored, [true, false, true]);
}

#[both_engines]
fn used_key_returns_its_message(engine: Engine) {
    let scene = scene(engine);
    let (world, room) = (&scene.world, scene.room);
    let plain = stored(world.send(scene.keyed("one", "a")));
    let first = stored(world.send(scene.keyed("two", "b")));
    let edited = done(world.edit(&first, "zwei"));
    let outcomes = scene.stored_among_others(vec![
        scene.keyed("one", "a"),
        scene.keyed("something else", "a"),
        scene.keyed("two", "b"),
        scene.keyed("one", "A"),
        world.keyed_draft(room, scene.beth, "one", "a"),
    ]);
    let duplicate =
        |message: &Message, key, text| Ok(Appended::Duplicate(message.clone(), idempotency(key, text)));
    assert_eq!(outcomes[0], duplicate(&plain, "a", "one"));
    assert_eq!(outcomes[1], duplicate(&plain, "a", "one"));
    assert_eq!(outcomes[2], duplicate(&edited, "b", "two"));
    assert!(outcomes[3..].iter().all(|outcome| stored_message(outcome).is_some()), "{outcomes:?}");
}

#[both_engines]
fn equal_keys_in_batch_store_one_message(engine: Engine) {
    let scene = scene(engine);
    let texts = ["hello", "hello", "something else", "hello"];
    let outcomes = scene.stored_among_others(texts.map(|text| scene.keyed(text, "k")).into());
    let stored: Vec<Message> = outcomes.iter().filter_map(stored_message).collect();
    let [stored] = &stored[..] else { panic!("{outcomes:?}") };
    let text = stored.body.as_ref().unwrap().as_str();
    let duplicate = Ok(Appended::Duplicate(stored.clone(), idempotency("k", text)));
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == duplicate).count(), 3, "{outcomes:?}");
}

#[both_engines]
fn key_belongs_to_author_and_chatroom(engine: Engine) {
    let scene = scene(engine);
    let other = scene.world.room(scene.matt, &[scene.beth]);
    let drafts = [(scene.room, scene.matt), (scene.room, scene.beth), (other, scene.matt), (other, scene.beth)]
        .map(|(room, author)| scene.world.keyed_draft(room, author, "hello", "k"));
    let outcomes = scene.stored_among_others(drafts.into());
    assert!(outcomes.iter().all(|outcome| stored_message(outcome).is_some()), "{outcomes:?}");
}

#[both_engines]
fn refused_send_uses_no_key(engine: Engine) {
    let scene = scene(engine);
    let keyed =
        |role| (scene.world.keyed_draft(scene.room, scene.beth, "hello", "k"), Guard::holds(scene.beth, role));
    let outcomes = scene.among_others(vec![keyed(Role::Owner), keyed(Role::Member), keyed(Role::Owner)]);
    assert_eq!((&outcomes[0], &outcomes[2]), (&Ok(Appended::Refused), &Ok(Appended::Refused)));
    assert!(stored_message(&outcomes[1]).is_some(), "{outcomes:?}");
}

#[both_engines]
fn send_rejected_by_database_fails_alone(engine: Engine) {
    let scene = scene(engine);
    refuse_poison(&scene.world);
    let outcomes = scene.stored_among_others((0..20).map(|_| scene.draft("poison")).collect());
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
}

#[both_engines]
fn batch_rejected_by_database_fails_one_by_one(engine: Engine) {
    let scene = scene(engine);
    refuse_poison(&scene.world);
    let held = scene.world.block_writes();
    let sends = scene.world.queue_sends(&scene.world.store, (0..20).map(|_| scene.draft("poison")).collect());
    held.release();
    assert!(answers(sends).iter().all(Result::is_err));
    assert_eq!(scene.world.say(scene.room, scene.matt, "hello").seq, 4);
}

/// Makes the database reject messages with the text "poison".
pub(crate) fn refuse_poison(world: &World) {
    world.raw().run(match world.engine() {
        Engine::Sqlite => {
            "CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.body = 'poison' \
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        }
        Engine::Postgres => "ALTER TABLE messages ADD CHECK (body <> 'poison')",
    });
}

#[both_engines]
fn unstorable_value_fails_alone(engine: Engine) {
    let scene = scene(engine);
    let nul = "a\0b".to_owned();
    let mut keyed = scene.keyed("hello", "k");
    keyed.idempotency.as_mut().unwrap().key = IdempotencyKey::restore(nul.clone());
    let outcomes = scene.stored_among_others(vec![
        NewMessage { body: MessageBody::restore(nul), ..scene.draft("x") },
        NewMessage { created_at: Timestamp::from_micros(-9_000_000_000_000_000_000), ..scene.draft("x") },
        keyed,
    ]);
    // SQLite accepts all of them.
    assert!(outcomes.iter().all(|outcome| outcome.is_err() == (engine == Engine::Postgres)), "{outcomes:?}");
}

#[both_engines]
fn equal_id_in_batch_is_stored_once(engine: Engine) {
    let scene = scene(engine);
    let earlier = scene.world.say(scene.room, scene.matt, "hello");
    let draft = scene.draft("hello");
    let again = NewMessage { id: earlier.id, ..scene.draft("hello again") };
    let outcomes = scene.stored_among_others(vec![draft.clone(), draft.clone(), again]);
    // A store may treat it as a retry of the same message whose first answer was lost.
    let stored = Ok(Appended::Stored(scene.world.message(scene.room, draft.id)));
    assert!(outcomes[..2].contains(&stored), "{outcomes:?}");
    assert!(outcomes[..2].iter().all(|outcome| outcome.is_err() || *outcome == stored), "{outcomes:?}");
    assert!(outcomes[2].is_err() || outcomes[2] == Ok(Appended::Stored(earlier)), "{outcomes:?}");
}

#[both_engines]
fn equal_id_in_two_chatrooms_is_stored_twice(engine: Engine) {
    let scene = scene(engine);
    let draft = scene.draft("hello");
    let elsewhere = NewMessage { chatroom_id: scene.world.room(scene.matt, &[]), ..draft.clone() };
    let outcomes = scene.stored_among_others(vec![draft, elsewhere]);
    assert!(outcomes.iter().all(|outcome| stored_message(outcome).is_some()), "{outcomes:?}");
}

#[both_engines]
fn equal_message_with_key_is_stored_once(engine: Engine) {
    let scene = scene(engine);
    let draft = scene.keyed("hello", "k");
    let outcomes = scene.stored_among_others(vec![draft.clone(), draft.clone()]);
    let sent = scene.world.message(scene.room, draft.id);
    let (stored, duplicate) =
        (Ok(Appended::Stored(sent.clone())), Ok(Appended::Duplicate(sent, idempotency("k", "hello"))));
    assert!(outcomes.contains(&stored), "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| [&stored, &duplicate].contains(&outcome)), "{outcomes:?}");
}
