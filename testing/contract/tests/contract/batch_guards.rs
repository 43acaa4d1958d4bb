//! Sends in one batch while a member loses access: only that member's sends are refused.
//!
//! `Refused` means that the guard as read no longer holds, not that the author may not send: authors who may still
//! send retry, as the service does.

use std::iter;

use chit_chat_contract::{Engine, World, answers, both_engines, id_literal, messages_of, stored};
use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Appended, Message, NewMessage, PageRange};

const REMOVAL: &str = "DELETE FROM memberships";
const DEMOTION: &str = "UPDATE memberships SET role = 0";

/// Two chatrooms owned by Matt. Beth is a member of both, and loses access in the first.
struct Scene {
    world: World,
    matt: UserId,
    beth: UserId,
    room: ChatroomId,
    other: ChatroomId,
}

fn scene(engine: Engine) -> Scene {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (room, other) = (world.room(matt, &[beth]), world.room(matt, &[beth]));
    Scene { world, matt, beth, room, other }
}

impl Scene {
    /// Forty sends by both to both chatrooms; Beth's sends to the first require this role.
    fn sends(&self, role: Role) -> Vec<(NewMessage, Guard)> {
        let send = |n: usize| {
            let author = if n.is_multiple_of(2) { self.matt } else { self.beth };
            let room = if n % 4 < 2 { self.room } else { self.other };
            let role = if self.is_beths((room, author)) { role } else { Role::Member };
            (self.world.draft(room, author, &n.to_string()), Guard::holds(author, role))
        };
        (0..40).map(send).collect()
    }

    fn is_beths(&self, (room, author): (ChatroomId, UserId)) -> bool {
        (room, author) == (self.room, self.beth)
    }

    /// Writes the sends as one batch while Beth's access to the first chatroom shrinks, in a transaction that ends
    /// only once they wait.
    fn written_while(&self, change: &str, commits: bool, sends: Vec<(NewMessage, Guard)>) -> Vec<Appended> {
        let mut held = self.world.block_writes();
        held.raw().shrink_access(change, self.room, self.beth);
        let pending = sends.into_iter().map(|(draft, guard)| self.world.messages.append(draft, guard)).collect();
        held.end(commits);
        answers(pending).into_iter().map(Result::unwrap).collect()
    }

    /// Retries refused sends of authors who may still send, and returns all stored messages in the order of the
    /// log.
    fn retried(&self, sends: Vec<(NewMessage, Guard)>, outcomes: Vec<Appended>) -> Vec<Message> {
        let message_of = |((draft, _), outcome): ((NewMessage, _), _)| match outcome {
            Appended::Refused if self.is_beths((draft.chatroom_id, draft.author_id)) => None,
            outcome => Some(self.world.retry_until_stored(&draft, outcome)),
        };
        let mut messages: Vec<Message> = iter::zip(sends, outcomes).filter_map(message_of).collect();
        messages.sort_by_key(|message| message.seq);
        messages
    }

    /// Fails unless these are all messages of the chatroom, with consecutive seqs after `behind`.
    fn assert_logged(&self, room: ChatroomId, behind: i64, messages: &[Message]) {
        let said = messages_of(room, messages);
        assert_eq!(self.world.page(room, self.matt, PageRange::Latest, 200), said);
        let seqs = said.iter().map(|message| message.seq);
        assert!(seqs.eq(behind + 1..=self.world.head(room)), "the seqs have gaps");
    }
}

#[both_engines]
fn removal_while_batch_waits_refuses_only_its_sends(engine: Engine) {
    for (change, needed) in [(REMOVAL, Role::Member), (DEMOTION, Role::Owner)] {
        refused_alone(engine, change, needed);
    }
}

fn refused_alone(engine: Engine, change: &str, needed: Role) {
    let scene = scene(engine);
    scene.world.promote(scene.room, scene.matt, scene.beth);
    let sends = scene.sends(needed);
    let outcomes = scene.written_while(change, true, sends.clone());
    for ((draft, _), outcome) in iter::zip(&sends, &outcomes) {
        if scene.is_beths((draft.chatroom_id, draft.author_id)) {
            assert_eq!(*outcome, Appended::Refused);
        } else if draft.chatroom_id == scene.other {
            assert!(matches!(outcome, Appended::Stored(_)), "{outcome:?}");
        }
    }
    let messages = scene.retried(sends, outcomes);
    assert_eq!(messages.len(), 30);
    scene.assert_logged(scene.room, 5, &messages);
    scene.assert_logged(scene.other, 3, &messages);
}

#[both_engines]
fn rolled_back_removal_while_batch_waits_refuses_nothing(engine: Engine) {
    for (change, needed) in [(REMOVAL, Role::Member), (DEMOTION, Role::Owner)] {
        stored_with_batch(engine, change, needed);
    }
}

fn stored_with_batch(engine: Engine, change: &str, needed: Role) {
    let scene = scene(engine);
    scene.world.promote(scene.room, scene.matt, scene.beth);
    let outcomes = scene.written_while(change, false, scene.sends(needed));
    let mut messages: Vec<Message> = outcomes.into_iter().map(stored).collect();
    messages.sort_by_key(|message| message.seq);
    assert_eq!(messages.len(), 40);
    scene.assert_logged(scene.room, 4, &messages);
    scene.assert_logged(scene.other, 3, &messages);
}

#[both_engines]
fn demotion_while_batch_waits_keeps_member_sends(engine: Engine) {
    let scene = scene(engine);
    scene.world.promote(scene.room, scene.matt, scene.beth);
    let sends: Vec<_> = (0..10)
        .map(|n| {
            (scene.world.draft(scene.room, scene.beth, &n.to_string()), Guard::holds(scene.beth, Role::Member))
        })
        .collect();
    let outcomes = scene.written_while(DEMOTION, true, sends.clone());
    let message_of = |((draft, _), outcome)| scene.world.retry_until_stored(&draft, outcome);
    let mut messages: Vec<Message> = iter::zip(sends, outcomes).map(message_of).collect();
    messages.sort_by_key(|message| message.seq);
    assert_eq!(messages.len(), 10);
    scene.assert_logged(scene.room, 5, &messages);
}

#[both_engines]
fn deletion_while_batch_waits_refuses_sends_to_chatroom(engine: Engine) {
    send_while_deleting(engine, true);
}

#[both_engines]
fn rolled_back_deletion_while_batch_waits_refuses_nothing(engine: Engine) {
    send_while_deleting(engine, false);
}

fn send_while_deleting(engine: Engine, commits: bool) {
    let scene = scene(engine);
    let room = id_literal(engine, scene.room);
    let sends = scene.sends(Role::Member);
    let mut held = scene.world.block_writes();
    held.raw().shrink_access(REMOVAL, scene.room, scene.beth);
    held.run(&format!("DELETE FROM memberships WHERE chatroom_id = {room}"));
    held.run(&format!("UPDATE chatrooms SET deleted_at = created_at WHERE id = {room}"));
    let append = |(draft, guard): (NewMessage, Guard)| scene.world.messages.append(draft, guard);
    let pending = sends.iter().cloned().map(append).collect();
    held.end(commits);
    for ((draft, _), answer) in iter::zip(sends, answers(pending)) {
        if commits && draft.chatroom_id == scene.room {
            assert_eq!(answer, Ok(Appended::Refused));
        } else {
            stored(answer.unwrap());
        }
    }
    assert_eq!(scene.world.logged(scene.other).len(), 20);
    let in_room = scene.world.page(scene.room, scene.matt, PageRange::Latest, 200);
    assert_eq!(in_room.len(), if commits { 0 } else { 20 });
}

#[both_engines]
fn account_deletion_refuses_later_sends(engine: Engine) {
    let scene = scene(engine);
    scene.world.delete_account(scene.beth);
    let sends = scene.sends(Role::Member);
    let outcomes = scene.world.send_batch(sends.iter().map(|(draft, _)| draft.clone()).collect());
    for ((draft, _), outcome) in iter::zip(sends, outcomes) {
        assert_eq!(outcome == Appended::Refused, draft.author_id == scene.beth);
    }
    assert_eq!(scene.world.logged(scene.room).len(), 10);
}
