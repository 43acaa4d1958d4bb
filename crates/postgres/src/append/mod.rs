//! Writes messages: guard, counter and row in one statement, for one message or many.
//!
//! The statement reads the membership in its snapshot, and locks the counter later. A transaction in between
//! that reduces somebody's access also increments the chatroom's `access_version`: under the lock, the newest
//! version of the row then differs from the snapshot, and the message is refused.

mod many;
mod one;

use chit_chat_domain::message::{Appended, Message, NewMessage};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::group_commit::{QueuedSend, WriteMessages};
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::schema::messages;
use chit_chat_relational::{Key, Sql};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
pub use one::send_statement;

use crate::{Conn, Connections};

/// A timeout that is longer than a statement or a short transaction holds a lock.
const SHORT_LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '100ms'";

/// Writes messages over its own connections, with `Pool::read`, which repeats a query: a message that is written
/// twice is stored once, because its id and its key are unique.
pub(crate) struct MessageWriter(pub(crate) Connections);

impl WriteMessages for MessageWriter {
    fn write_batch(&self, sends: &[QueuedSend]) -> Result<Vec<Appended>, StoreError> {
        if sends.iter().all(|send| send.message.is_plain()) {
            return self.0.read(|conn| many::append(conn, sends));
        }
        self.0.read(|conn| conn.transaction(|conn| many::append(conn, sends)))
    }

    fn try_write_batch(&self, sends: &[QueuedSend]) -> Result<Vec<Appended>, StoreError> {
        self.0.read(|conn| {
            conn.transaction(|conn| {
                conn.batch_execute(SHORT_LOCK_TIMEOUT)?;
                many::append(conn, sends)
            })
        })
    }

    fn write_one(&self, send: &QueuedSend) -> Result<Appended, StoreError> {
        self.0.read(|conn| one::append(conn, send))
    }
}

/// The outcome of a draft whose key an earlier message has.
fn duplicate(conn: &mut Conn, draft: &NewMessage, seq: i64) -> Sql<Appended> {
    let row: MessageRow =
        messages::table.find((Key::from(draft.chatroom_id), seq)).select(MessageRow::as_select()).first(conn)?;
    if row.id == Key::from(draft.id) {
        // This is the same message: its connection was lost after the commit.
        return Ok(Appended::Stored(row.into()));
    }
    let idempotency = row.idempotency()?;
    Ok(Appended::Duplicate(row.into(), idempotency))
}

fn stored(draft: &NewMessage, seq: i64) -> Appended {
    Appended::Stored(Message::stored(draft.clone(), seq))
}
