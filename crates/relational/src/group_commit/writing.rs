//! Splits a batch of messages into calls of the engine, so that a failure of one message or chatroom does not
//! affect the others.

use std::collections::HashSet;

use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::message::Appended;
use chit_chat_domain::store_error::StoreError;

use super::locked::Locked;
use super::write_messages::{Waiting, WriteMessages};

pub(crate) struct Writing<E> {
    engine: E,
    locked: Locked,
}

pub(crate) type Answers = Vec<Result<Appended, StoreError>>;

impl<E: WriteMessages> Writing<E> {
    pub(crate) fn new(engine: E) -> Self {
        Self { engine, locked: Locked::default() }
    }

    /// Writes a batch, and returns one answer per message, in their order.
    pub(crate) fn write(&self, batch: &[Waiting]) -> Answers {
        let mut answers = Vec::with_capacity(batch.len());
        let mut rest = batch;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(before_a_key_repeats(rest));
            answers.extend(self.write_many(now));
            rest = later;
        }
        answers
    }

    /// Writes messages of recently locked rooms after the others, so that they do not wait again.
    fn write_many(&self, sends: &[Waiting]) -> Answers {
        let is_free = |place: &usize| room_of(sends, *place).is_some_and(|room| !self.locked.holds(room));
        let (free, locked): (Vec<usize>, Vec<usize>) = (0..sends.len()).partition(is_free);
        if locked.is_empty() {
            return self.write_free(sends);
        }
        let mut answers = fail_all(sends, &StoreError::Contention);
        put(&mut answers, &free, self.write_free(&only(sends, &free)));
        put(&mut answers, &locked, self.write_room_by_room(&only(sends, &locked)));
        answers
    }

    /// Writes messages together, and one by one if that fails, so that one failure does not affect the others.
    /// Does not retry if the store itself is unavailable, because each message would wait in vain.
    fn write_free(&self, sends: &[Waiting]) -> Answers {
        let written = match sends {
            [] => return Vec::new(),
            [one] => self.engine.write_alone(one).map(|outcome| vec![outcome]),
            _ => self.engine.write_together(sends),
        };
        match written {
            Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
            Err(error @ StoreError::Unavailable(_)) => fail_all(sends, &error),
            Err(StoreError::Contention) => self.contend(sends),
            Err(error) if sends.len() == 1 => fail_all(sends, &error),
            Err(error) => self.write_one_by_one(sends, &error),
        }
    }

    fn contend(&self, sends: &[Waiting]) -> Answers {
        match room_of(sends, 0) {
            Some(room) if are_of_one_room(sends) => {
                self.locked.note(room);
                fail_all(sends, &StoreError::Contention)
            }
            _ => self.write_room_by_room(sends),
        }
    }

    fn write_one_by_one(&self, sends: &[Waiting], error: &StoreError) -> Answers {
        tracing::debug!(%error, sends = sends.len(), "the batch failed; writing its messages one by one");
        sends.iter().map(|send| self.engine.write_alone(send)).collect()
    }

    /// Writes room by room after a lock timeout, so that other rooms need not wait. It waits for each locked
    /// room once, whatever the number of its messages, and only briefly, because the batch has waited already.
    fn write_room_by_room(&self, sends: &[Waiting]) -> Answers {
        let mut places: Vec<usize> = (0..sends.len()).collect();
        // The sort is stable, so a room's messages keep their order.
        places.sort_by_key(|place| room_of(sends, *place));
        let mut answers = fail_all(sends, &StoreError::Contention);
        for room in places.chunk_by(|one, next| room_of(sends, *one) == room_of(sends, *next)) {
            put(&mut answers, room, self.write_room(&only(sends, room)));
        }
        answers
    }

    fn write_room(&self, sends: &[Waiting]) -> Answers {
        let Some(room) = room_of(sends, 0) else { return Vec::new() };
        match self.engine.write_impatiently(sends) {
            Err(StoreError::Contention) => {
                self.locked.note(room);
                fail_all(sends, &StoreError::Contention)
            }
            Err(error @ StoreError::Unavailable(_)) => fail_all(sends, &error),
            Err(error) => self.write_one_by_one(sends, &error),
            Ok(outcomes) => {
                self.locked.forget(room);
                outcomes.into_iter().map(Ok).collect()
            }
        }
    }
}

fn room_of(sends: &[Waiting], place: usize) -> Option<ChatroomId> {
    sends.get(place).map(|send| send.message.chatroom_id)
}

fn are_of_one_room(sends: &[Waiting]) -> bool {
    sends.iter().all(|send| Some(send.message.chatroom_id) == room_of(sends, 0))
}

fn only(sends: &[Waiting], places: &[usize]) -> Vec<Waiting> {
    places.iter().filter_map(|place| sends.get(*place).cloned()).collect()
}

fn put(answers: &mut Answers, places: &[usize], news: Answers) {
    for (place, news) in places.iter().zip(news) {
        if let Some(answer) = answers.get_mut(*place) {
            *answer = news;
        }
    }
}

fn fail_all(sends: &[Waiting], error: &StoreError) -> Answers {
    sends.iter().map(|_| Err(error.clone())).collect()
}

/// The number of sends before the first one with a repeated key, which has to see the earlier message.
fn before_a_key_repeats(sends: &[Waiting]) -> usize {
    let mut keys = HashSet::new();
    let repeats = |send| key(send).is_some_and(|key| !keys.insert(key));
    sends.iter().position(repeats).unwrap_or(sends.len())
}

fn key(Waiting { message, .. }: &Waiting) -> Option<(ChatroomId, UserId, &str)> {
    let idempotency = message.idempotency.as_ref()?;
    Some((message.chatroom_id, message.author_id, idempotency.key.as_str()))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use chit_chat_domain::clock::Timestamp;
    use chit_chat_domain::id::MessageId;
    use chit_chat_domain::message::{Message, MessageBody};
    use uuid::Uuid;

    use super::*;
    use chit_chat_domain::chatroom::Guard;
    use chit_chat_domain::membership::Role;
    use chit_chat_domain::message::NewMessage;

    /// An engine with at most one locked room, which records its calls by room.
    #[derive(Default)]
    struct Engine {
        locked: Mutex<Option<u128>>,
        asked: Mutex<Vec<Vec<u128>>>,
    }

    impl WriteMessages for Engine {
        fn write_together(&self, sends: &[Waiting]) -> Result<Vec<Appended>, StoreError> {
            let rooms: Vec<u128> = sends.iter().map(number).collect();
            let is_locked = self.locked.lock().unwrap().is_some_and(|locked| rooms.contains(&locked));
            self.asked.lock().unwrap().push(rooms);
            if is_locked {
                return Err(StoreError::Contention);
            }
            let stored = |send: &Waiting| Appended::Stored(Message::stored(send.message.clone(), 1));
            Ok(sends.iter().map(stored).collect())
        }

        fn write_alone(&self, send: &Waiting) -> Result<Appended, StoreError> {
            Ok(self.write_together(std::slice::from_ref(send))?.remove(0))
        }
    }

    fn number(send: &Waiting) -> u128 {
        Uuid::from(send.message.chatroom_id).as_u128()
    }

    fn send(room: u128) -> Waiting {
        let author = UserId::from(Uuid::from_u128(1));
        let (id, room) = (MessageId::from(Uuid::from_u128(2)), ChatroomId::from(Uuid::from_u128(room)));
        let body = MessageBody::parse("hello").unwrap();
        let message = NewMessage::new(id, room, author, body, Timestamp::from_micros(0));
        Waiting { message, guard: Guard::holds(author, Role::Member) }
    }

    /// Writes messages, and returns the rooms of stored ones and the calls of the engine.
    fn write(writing: &Writing<Engine>, rooms: &[u128]) -> (Vec<u128>, Vec<Vec<u128>>) {
        let sends: Vec<Waiting> = rooms.iter().copied().map(send).collect();
        let answers = writing.write(&sends);
        assert_eq!(answers.len(), sends.len());
        let stored = sends.iter().zip(answers).filter(|(_, answer)| answer.is_ok()).map(|(send, _)| number(send));
        (stored.collect(), std::mem::take(&mut *writing.engine.asked.lock().unwrap()))
    }

    #[test]
    fn locked_room_delays_others_once() {
        let writing = Writing::new(Engine::default());
        *writing.engine.locked.lock().unwrap() = Some(2);
        let (stored, asked) = write(&writing, &[3, 2, 1, 2]);
        assert_eq!(stored, [3, 1]);
        assert_eq!(asked, [vec![3, 2, 1, 2], vec![1], vec![2, 2], vec![3]]);
        let (stored, asked) = write(&writing, &[2, 3, 2, 1]);
        assert_eq!(stored, [3, 1]);
        assert_eq!(asked, [vec![3, 1], vec![2, 2]]);
        *writing.engine.locked.lock().unwrap() = None;
        assert_eq!(write(&writing, &[2, 3]).0, [2, 3]);
        assert_eq!(write(&writing, &[2, 3]).1, [[2, 3]]);
    }

    #[test]
    fn room_locked_by_single_message_is_remembered() {
        let writing = Writing::new(Engine::default());
        *writing.engine.locked.lock().unwrap() = Some(2);
        assert_eq!(write(&writing, &[2]), (vec![], vec![vec![2]]));
        assert_eq!(write(&writing, &[1, 2]), (vec![1], vec![vec![1], vec![2]]));
    }
}
