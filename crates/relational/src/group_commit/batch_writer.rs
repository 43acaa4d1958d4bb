//! Splits a batch of messages into calls of the engine, so that a failure of one message or chatroom does not
//! affect the others.

use std::collections::HashSet;

use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::message::Appended;
use chit_chat_domain::store_error::StoreError;

use super::locked_rooms::LockedRooms;
use super::write_messages::{QueuedSend, WriteMessages};

pub(crate) struct BatchWriter<E> {
    engine: E,
    locked: LockedRooms,
}

pub(crate) type Answers = Vec<Result<Appended, StoreError>>;

impl<E: WriteMessages> BatchWriter<E> {
    pub(crate) fn new(engine: E) -> Self {
        Self { engine, locked: LockedRooms::default() }
    }

    /// Writes a batch, and returns one answer per message, in their order.
    pub(crate) fn write(&self, batch: &[QueuedSend]) -> Answers {
        let mut answers = Vec::with_capacity(batch.len());
        let mut rest = batch;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(distinct_key_count(rest));
            answers.extend(self.write_many(now));
            rest = later;
        }
        answers
    }

    /// Writes messages of recently locked rooms after the others, so that they do not wait again.
    fn write_many(&self, sends: &[QueuedSend]) -> Answers {
        let is_free = |index: &usize| room_of(sends, *index).is_some_and(|room| !self.locked.contains(room));
        let (free, locked): (Vec<usize>, Vec<usize>) = (0..sends.len()).partition(is_free);
        if locked.is_empty() {
            return self.write_unlocked(sends);
        }
        let mut answers = fail_all(sends, &StoreError::Contention);
        place_answers(&mut answers, &free, self.write_unlocked(&only(sends, &free)));
        place_answers(&mut answers, &locked, self.write_room_by_room(&only(sends, &locked)));
        answers
    }

    /// Writes messages together, and one by one if that fails, so that one failure does not affect the others.
    /// Does not retry if the store itself is unavailable, because each message would also time out.
    fn write_unlocked(&self, sends: &[QueuedSend]) -> Answers {
        let written = match sends {
            [] => return Vec::new(),
            [one] => self.engine.write_one(one).map(|outcome| vec![outcome]),
            _ => self.engine.write_batch(sends),
        };
        match written {
            Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
            Err(error @ (StoreError::Unavailable(_) | StoreError::Unwritable(_))) => fail_all(sends, &error),
            Err(StoreError::Contention) => self.handle_contention(sends),
            Err(error) if sends.len() == 1 => fail_all(sends, &error),
            Err(error) => self.write_one_by_one(sends, &error),
        }
    }

    fn handle_contention(&self, sends: &[QueuedSend]) -> Answers {
        match room_of(sends, 0) {
            Some(room) if share_room(sends) => {
                self.locked.insert(room);
                fail_all(sends, &StoreError::Contention)
            }
            _ => self.write_room_by_room(sends),
        }
    }

    fn write_one_by_one(&self, sends: &[QueuedSend], error: &StoreError) -> Answers {
        tracing::debug!(%error, sends = sends.len(), "the batch failed; writing its messages one by one");
        sends.iter().map(|send| self.engine.write_one(send)).collect()
    }

    /// Writes room by room after a lock timeout, so that other rooms need not wait. It waits for each locked
    /// room once, whatever the number of its messages, and only briefly, because the batch has waited already.
    fn write_room_by_room(&self, sends: &[QueuedSend]) -> Answers {
        let mut indices: Vec<usize> = (0..sends.len()).collect();
        // The sort is stable, so a room's messages keep their order.
        indices.sort_by_key(|index| room_of(sends, *index));
        let mut answers = fail_all(sends, &StoreError::Contention);
        for room in indices.chunk_by(|one, next| room_of(sends, *one) == room_of(sends, *next)) {
            place_answers(&mut answers, room, self.write_room(&only(sends, room)));
        }
        answers
    }

    fn write_room(&self, sends: &[QueuedSend]) -> Answers {
        let Some(room) = room_of(sends, 0) else { return Vec::new() };
        match self.engine.try_write_batch(sends) {
            Err(StoreError::Contention) => {
                self.locked.insert(room);
                fail_all(sends, &StoreError::Contention)
            }
            Err(error @ (StoreError::Unavailable(_) | StoreError::Unwritable(_))) => fail_all(sends, &error),
            Err(error) => self.write_one_by_one(sends, &error),
            Ok(outcomes) => {
                self.locked.remove(room);
                outcomes.into_iter().map(Ok).collect()
            }
        }
    }
}

fn room_of(sends: &[QueuedSend], index: usize) -> Option<ChatroomId> {
    sends.get(index).map(|send| send.message.chatroom_id)
}

fn share_room(sends: &[QueuedSend]) -> bool {
    sends.iter().all(|send| Some(send.message.chatroom_id) == room_of(sends, 0))
}

fn only(sends: &[QueuedSend], indices: &[usize]) -> Vec<QueuedSend> {
    indices.iter().filter_map(|index| sends.get(*index).cloned()).collect()
}

fn place_answers(answers: &mut Answers, indices: &[usize], new_answers: Answers) {
    for (index, new_answers) in indices.iter().zip(new_answers) {
        if let Some(answer) = answers.get_mut(*index) {
            *answer = new_answers;
        }
    }
}

fn fail_all(sends: &[QueuedSend], error: &StoreError) -> Answers {
    sends.iter().map(|_| Err(error.clone())).collect()
}

/// The number of sends before the first one with a repeated key, which has to see the earlier message.
fn distinct_key_count(sends: &[QueuedSend]) -> usize {
    let mut keys = HashSet::new();
    let repeats = |send| key(send).is_some_and(|key| !keys.insert(key));
    sends.iter().position(repeats).unwrap_or(sends.len())
}

fn key(QueuedSend { message, .. }: &QueuedSend) -> Option<(ChatroomId, UserId, &str)> {
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
        fn write_batch(&self, sends: &[QueuedSend]) -> Result<Vec<Appended>, StoreError> {
            let rooms: Vec<u128> = sends.iter().map(number).collect();
            let is_locked = self.locked.lock().unwrap().is_some_and(|locked| rooms.contains(&locked));
            self.asked.lock().unwrap().push(rooms);
            if is_locked {
                return Err(StoreError::Contention);
            }
            let stored = |send: &QueuedSend| Appended::Stored(Message::stored(send.message.clone(), 1));
            Ok(sends.iter().map(stored).collect())
        }

        fn write_one(&self, send: &QueuedSend) -> Result<Appended, StoreError> {
            Ok(self.write_batch(std::slice::from_ref(send))?.remove(0))
        }
    }

    fn number(send: &QueuedSend) -> u128 {
        Uuid::from(send.message.chatroom_id).as_u128()
    }

    fn send(room: u128) -> QueuedSend {
        let author = UserId::from(Uuid::from_u128(1));
        let (id, room) = (MessageId::from(Uuid::from_u128(2)), ChatroomId::from(Uuid::from_u128(room)));
        let body = MessageBody::parse("hello").unwrap();
        let message = NewMessage::new(id, room, author, body, Timestamp::from_micros(0));
        QueuedSend { message, guard: Guard::holds(author, Role::Member) }
    }

    /// Writes messages, and returns the rooms of stored ones and the calls of the engine.
    fn write(writer: &BatchWriter<Engine>, rooms: &[u128]) -> (Vec<u128>, Vec<Vec<u128>>) {
        let sends: Vec<QueuedSend> = rooms.iter().copied().map(send).collect();
        let answers = writer.write(&sends);
        assert_eq!(answers.len(), sends.len());
        let stored = sends.iter().zip(answers).filter(|(_, answer)| answer.is_ok()).map(|(send, _)| number(send));
        (stored.collect(), std::mem::take(&mut *writer.engine.asked.lock().unwrap()))
    }

    #[test]
    fn locked_room_delays_others_once() {
        let writer = BatchWriter::new(Engine::default());
        *writer.engine.locked.lock().unwrap() = Some(2);
        let (stored, asked) = write(&writer, &[3, 2, 1, 2]);
        assert_eq!(stored, [3, 1]);
        assert_eq!(asked, [vec![3, 2, 1, 2], vec![1], vec![2, 2], vec![3]]);
        let (stored, asked) = write(&writer, &[2, 3, 2, 1]);
        assert_eq!(stored, [3, 1]);
        assert_eq!(asked, [vec![3, 1], vec![2, 2]]);
        *writer.engine.locked.lock().unwrap() = None;
        assert_eq!(write(&writer, &[2, 3]).0, [2, 3]);
        assert_eq!(write(&writer, &[2, 3]).1, [[2, 3]]);
    }

    #[test]
    fn room_locked_by_single_message_is_remembered() {
        let writer = BatchWriter::new(Engine::default());
        *writer.engine.locked.lock().unwrap() = Some(2);
        assert_eq!(write(&writer, &[2]), (vec![], vec![vec![2]]));
        assert_eq!(write(&writer, &[1, 2]), (vec![1], vec![vec![1], vec![2]]));
    }
}
