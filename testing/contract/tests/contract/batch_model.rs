//! Random histories of batched sends end in the same state as a model of a few maps.

use std::collections::HashMap;
use std::iter;

use chit_chat_contract::{Engine, World, answers, both_engines};
use chit_chat_domain::chatroom::{Guard, ListFilter, NewChatroom, Right, Visibility};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::membership::{Added, Role};
use chit_chat_domain::message::{Appended, Idempotency, Message, NewMessage};
use chit_chat_domain::page::Limit;
use fastrand::Rng;

use crate::batch_outcomes::refuse_poison;

/// The expected contents of the store, and its expected answers.
#[derive(Default)]
struct Model {
    heads: HashMap<ChatroomId, i64>,
    roles: HashMap<(ChatroomId, UserId), Role>,
    keys: HashMap<(ChatroomId, UserId, String), (Message, Idempotency)>,
    said: HashMap<ChatroomId, Vec<Message>>,
}

impl Model {
    /// Appends to the model; `None` if the database rejects the draft.
    fn append(&mut self, draft: NewMessage, guard: Guard) -> Option<Appended> {
        let room = draft.chatroom_id;
        let Right::Role(least) = guard.right else { panic!("another right") };
        if self.roles.get(&(room, guard.actor)).is_none_or(|role| *role < least) {
            return Some(Appended::Refused);
        }
        let idempotency = draft.idempotency.clone();
        let key = idempotency.as_ref().map(|used| (room, draft.author_id, used.key.as_str().to_owned()));
        if let Some((message, used)) = key.as_ref().and_then(|key| self.keys.get(key)) {
            return Some(Appended::Duplicate(message.clone(), used.clone()));
        }
        if draft.body.as_str() == "poison" {
            return None;
        }
        let message = Message::stored(draft, self.next_seq(room));
        self.keys.extend(iter::zip(key, idempotency.map(|used| (message.clone(), used))));
        self.said.entry(room).or_default().push(message.clone());
        Some(Appended::Stored(message))
    }

    fn next_seq(&mut self, room: ChatroomId) -> i64 {
        let head = self.heads.entry(room).or_default();
        *head += 1;
        *head
    }
}

/// A history under construction.
struct History {
    world: World,
    model: Model,
    rng: Rng,
    owner: UserId,
    people: Vec<UserId>,
    rooms: Vec<ChatroomId>,
    nowhere: ChatroomId,
}

impl History {
    fn new(engine: Engine, seed: u64) -> Self {
        let world = World::new(engine);
        refuse_poison(&world);
        let owner = world.user("owner");
        let people = (0..4).map(|n| world.user(&format!("user_{n}"))).collect();
        let public = || NewChatroom { visibility: Visibility::Public, ..world.draft_room(owner, &[]) };
        let rooms: Vec<ChatroomId> = (0..3).map(|_| world.create(public()).id).collect();
        let mut model = Model::default();
        for room in &rooms {
            model.heads.insert(*room, 2);
            model.roles.insert((*room, owner), Role::Owner);
        }
        let nowhere = ChatroomId::from(world.ids.next());
        Self { world, model, rng: Rng::with_seed(seed), owner, people, rooms, nowhere }
    }

    fn anywhere(&mut self) -> ChatroomId {
        *self.rng.choice(&self.rooms).unwrap()
    }

    fn anybody(&mut self) -> UserId {
        *self.rng.choice(&self.people).unwrap()
    }

    /// Adds a random user to a chatroom, or removes them.
    fn change_somebody(&mut self) {
        let (room, user) = (self.anywhere(), self.anybody());
        if self.model.roles.remove(&(room, user)).is_some() {
            assert_eq!(self.world.remove(room, self.owner, user), Guarded::Done(()));
        } else {
            assert!(matches!(self.world.join(room, user), Added::Added(_)));
            self.model.roles.insert((room, user), Role::Member);
        }
        self.model.next_seq(room);
    }

    /// A random send: one to store, to refuse, a repeat, or one that the database rejects.
    fn send(&mut self) -> (NewMessage, Guard) {
        let room = if self.rng.u8(..20) == 0 { self.nowhere } else { self.anywhere() };
        let author = if self.rng.u8(..4) == 0 { self.owner } else { self.anybody() };
        let text = self.rng.choice(["one", "two"]).unwrap();
        match self.rng.u8(..20) {
            0 => (self.world.draft(room, author, "poison"), Guard::holds(author, Role::Member)),
            1 => (self.world.draft(room, author, text), Guard::holds(author, Role::Owner)),
            2..10 => (self.world.draft(room, author, text), Guard::holds(author, Role::Member)),
            _ => {
                let key = format!("key {}", self.rng.u8(..40));
                (self.world.keyed_draft(room, author, text, &key), Guard::holds(author, Role::Member))
            }
        }
    }

    /// Sends some messages as one batch.
    fn send_batch(&mut self, order: Order) {
        let how_many = self.rng.usize(1..200);
        let mut sends: Vec<(NewMessage, Guard)> = (0..how_many).map(|_| self.send()).collect();
        // One send that is stored, so that the batch has to wait.
        let room = self.anywhere();
        sends.push((self.world.draft(room, self.owner, "the last"), Guard::holds(self.owner, Role::Owner)));
        let held = self.world.block_writes();
        let append = |(draft, guard): (NewMessage, Guard)| self.world.messages.append(draft, guard);
        let pending = sends.iter().cloned().map(append).collect();
        held.release();
        let outcomes = answers(pending).into_iter().map(Result::ok);
        let mut settled: Vec<((NewMessage, Guard), Option<Appended>)> = iter::zip(sends, outcomes).collect();
        if order == Order::Any {
            settled.sort_by_key(|(_, outcome)| place(outcome.as_ref()));
        }
        for ((draft, guard), outcome) in settled {
            assert_eq!(outcome, self.model.append(draft.clone(), guard), "{draft:?}");
        }
    }

    fn assert_matches_model(&self) {
        let mine = self.world.chatrooms.of_member(self.owner, ListFilter::default(), None, Limit::MAX).unwrap();
        assert_eq!(mine.len(), self.rooms.len());
        for my in mine {
            let said = self.model.said.get(&my.chatroom.id).cloned().unwrap_or_default();
            assert_eq!(Some(&my.chatroom.last_seq), self.model.heads.get(&my.chatroom.id));
            assert_eq!(my.last_message.as_ref(), said.last());
            assert_eq!(self.world.logged(my.chatroom.id), said);
        }
    }
}

/// The order in which the model takes the sends of a batch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    OfArrival,
    /// Any order in which the store may have taken them.
    Any,
}

/// Sorts stored messages first, by their seq.
fn place(outcome: Option<&Appended>) -> i64 {
    match outcome {
        Some(Appended::Stored(message)) => message.seq,
        _ => i64::MAX,
    }
}

pub(crate) fn random_history(engine: Engine, seed: u64, order: Order) {
    let mut history = History::new(engine, seed);
    for _ in 0..6 {
        for _ in 0..4 {
            history.change_somebody();
        }
        history.send_batch(order);
        history.assert_matches_model();
    }
}

#[both_engines]
fn random_history_matches_model(engine: Engine) {
    for seed in 1..=4 {
        random_history(engine, seed, Order::Any);
    }
}
