//! A writer that sends, edits and deletes, and records what the server has acknowledged.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use chit_chat_client::{Answer, Client};
use fastrand::Rng;
use serde_json::{Value, json};

use super::secrets::MARK;

const REPLAYED: usize = 5;

/// A writer. Its random numbers decide what it does next.
#[derive(Debug)]
pub(crate) struct Writer {
    client: Client,
    room: String,
    rng: Rng,
    written: Vec<Entry>,
    /// The operation that was requested but not acknowledged: it may have happened or not, and is repeated.
    open: Option<Operation>,
    operations: usize,
}

/// An acknowledged message in its expected state.
#[derive(Clone, Debug)]
struct Entry {
    id: String,
    seq: u64,
    key: String,
    /// The body that was sent.
    sent: String,
    /// The current body; `None` if deleted.
    text: Option<String>,
}

#[derive(Clone, Debug)]
enum Operation {
    Send { key: String, text: String },
    Edit { index: usize, text: String },
    Delete { index: usize },
}

/// The expected outcomes of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Acknowledged,
    /// 503, or 429 because others of the same user still wait for the database: the attempt is repeated.
    Unavailable,
    /// The server is gone.
    Gone,
}

impl Writer {
    pub(crate) fn new(client: Client, room: &str, rng: Rng) -> Self {
        Self { client, room: room.to_owned(), rng, written: Vec::new(), open: None, operations: 0 }
    }

    /// Moves the writer to another server.
    pub(crate) fn move_to(&mut self, url: &str) {
        self.client = self.client.at(url);
    }

    pub(crate) fn has_open_operation(&self) -> bool {
        self.open.is_some()
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.written.len()
    }

    /// Repeats the open operation, or else starts a new one.
    pub(crate) fn step(&mut self) -> Result<Outcome> {
        let operation = match self.open.take() {
            Some(operation) => operation,
            None => self.next_operation(),
        };
        self.open = Some(operation.clone());
        let Ok(answer) = self.attempt(&operation) else {
            return Ok(Outcome::Gone);
        };
        let waits = answer.status == 429 && answer.text_of("code")? == "too_many_requests";
        if answer.status == 503 || waits {
            ensure!(answer.header("Retry-After").is_some(), "no Retry-After\n{}", answer.evidence());
            return Ok(Outcome::Unavailable);
        }
        self.record(operation, answer)?;
        self.open = None;
        Ok(Outcome::Acknowledged)
    }

    fn next_operation(&mut self) -> Operation {
        self.operations += 1;
        let text = format!("{MARK} {} {:08x}", self.operations, self.rng.u32(..));
        let living: Vec<usize> = self
            .written
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.text.is_some())
            .map(|(index, _)| index)
            .collect();
        match (self.rng.choice(living), self.rng.u8(..10)) {
            (Some(index), 0..=1) => Operation::Edit { index, text },
            (Some(index), 2) => Operation::Delete { index },
            _ => Operation::Send { key: format!("{:032x}", self.rng.u128(..)), text },
        }
    }

    fn attempt(&self, operation: &Operation) -> Result<Answer> {
        match operation {
            Operation::Send { key, text } => self.send(key, text),
            Operation::Edit { index, text } => self.client.patch(self.path(*index)?, &json!({"body": text})),
            Operation::Delete { index } => self.client.delete(self.path(*index)?),
        }
    }

    fn send(&self, key: &str, text: &str) -> Result<Answer> {
        let request = self.client.request("POST", format!("{}/messages", self.room));
        request.header("Idempotency-Key", key).json(&json!({"body": text})).send()
    }

    fn path(&self, index: usize) -> Result<String> {
        Ok(format!("{}/messages/{}", self.room, self.written.get(index).context("no such entry")?.id))
    }

    fn record(&mut self, operation: Operation, answer: Answer) -> Result<()> {
        match operation {
            Operation::Send { key, text } => {
                let answer = answer.expect(201)?;
                let (id, seq) = (answer.text_of("id")?.to_owned(), answer.number_of("seq")?);
                self.written.push(Entry { id, seq, key, sent: text.clone(), text: Some(text) });
            }
            Operation::Edit { index, text } => {
                answer.expect(200)?;
                self.written.get_mut(index).context("no such entry")?.text = Some(text);
            }
            Operation::Delete { index } => {
                answer.expect(204)?;
                self.written.get_mut(index).context("no such entry")?.text = None;
            }
        }
        Ok(())
    }

    /// Repeats some acknowledged sends with the same keys, which must return the same messages.
    pub(crate) fn repeat_some(&mut self) -> Result<()> {
        for entry in self.rng.choose_multiple(self.written.iter(), REPLAYED) {
            let answer = self.send(&entry.key, &entry.sent)?.expect(201)?;
            let same = answer.text_of("id")? == entry.id && answer.number_of("seq")? == entry.seq;
            ensure!(same, "a repeat made another message than {entry:?}\n{}", answer.evidence());
            let is_marked = answer.header("Idempotent-Replayed") == Some("true");
            ensure!(is_marked, "a repeat is not marked as one\n{}", answer.evidence());
        }
        Ok(())
    }

    /// Removes this writer's messages from those of the log, and checks that each is in its acknowledged state.
    pub(crate) fn check_log(&self, found: &mut HashMap<String, Value>) -> Result<()> {
        for entry in &self.written {
            let message = found.remove(&entry.id).with_context(|| format!("acknowledged, but lost: {entry:?}"))?;
            let (seq, body) = (message["seq"].as_u64(), message["body"].as_str());
            let same = seq == Some(entry.seq) && body == entry.text.as_deref();
            ensure!(same, "acknowledged as {entry:?}, but found as {message}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(seq: u64, body: Option<&str>) -> HashMap<String, Value> {
        HashMap::from([("m".to_owned(), json!({"seq": seq, "body": body}))])
    }

    #[test]
    fn lost_moved_and_changed_messages_are_rejected() {
        let client = Client::new("http://localhost");
        let mut writer = Writer::new(client, "/api/chatrooms/r", Rng::with_seed(1));
        let entry = Entry { id: "m".into(), seq: 3, key: "k".into(), sent: "a".into(), text: Some("b".into()) };
        writer.written.push(entry);
        let is_accepted = |writer: &Writer, mut found| writer.check_log(&mut found).is_ok();
        assert!(is_accepted(&writer, message(3, Some("b"))));
        assert!(!is_accepted(&writer, HashMap::new()));
        assert!(!is_accepted(&writer, message(4, Some("b"))));
        assert!(!is_accepted(&writer, message(3, Some("a"))));
        assert!(!is_accepted(&writer, message(3, None)));
        writer.written[0].text = None;
        assert!(is_accepted(&writer, message(3, None)));
        assert!(!is_accepted(&writer, message(3, Some("b"))));
    }
}
