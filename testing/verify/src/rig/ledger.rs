//! The events that one listener has received of each chatroom, and their comparison with the log.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use chit_chat_client::short;
use serde_json::{Map, Value, json};

/// The record of one listener. It rejects events that a listener must never receive.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// The user whose membership decides which events arrive.
    me: String,
    rooms: BTreeMap<String, Account>,
    pub(crate) repeats: usize,
}

/// The record of one chatroom.
#[derive(Debug)]
struct Account {
    /// Events beyond it must arrive.
    start: u64,
    received: BTreeMap<u64, String>,
    position: u64,
    /// True while the listener is a member, according to the events so far.
    open: bool,
    /// Ranges without events, because the membership had ended: after the first seq, before the second.
    gaps: Vec<(u64, u64)>,
    /// The last seq on the current connection.
    last: Option<u64>,
}

impl Ledger {
    pub(crate) fn new(me: &str) -> Self {
        Self { me: me.to_owned(), rooms: BTreeMap::new(), repeats: 0 }
    }

    /// Clears the record, for a listener that has no position yet.
    pub(crate) fn reset(&mut self) {
        self.rooms.clear();
    }

    /// Starts a new connection, on which events of the last one may be repeated.
    pub(crate) fn connect(&mut self) {
        self.rooms.values_mut().for_each(|account| account.last = None);
    }

    /// Records the chatroom from this position on, unless it already does.
    pub(crate) fn start(&mut self, room: &str, position: u64) {
        let account = self.rooms.entry(room.to_owned()).or_insert_with(|| Account::starting_after(position));
        account.open = true;
    }

    /// Records the heads at the start of a stream of all chatrooms.
    pub(crate) fn ready(&mut self, heads: &Map<String, Value>) -> Result<()> {
        for (room, head) in heads {
            self.start(room, head.as_u64().context("a head is no number")?);
        }
        let absent = self.rooms.iter_mut().filter(|(room, _)| !heads.contains_key(*room));
        absent.for_each(|(_, account)| account.open = false);
        Ok(())
    }

    /// Records an event of a log: the next one, or a repeat.
    pub(crate) fn record(&mut self, event: &Value) -> Result<()> {
        let room = event["chatroom_id"].as_str().with_context(|| format!("of no chatroom: {event}"))?;
        let seq = event["seq"].as_u64().with_context(|| format!("no seq: {event}"))?;
        let kind = event["type"].as_str().context("no type")?;
        let mine = event["data"]["user_id"] == *self.me;
        let joins = mine && kind == "membership.created";
        let account = match self.rooms.get_mut(room) {
            Some(account) => account,
            None if joins => self.rooms.entry(room.to_owned()).or_insert_with(|| Account::starting_after(seq - 1)),
            None => anyhow::bail!("an event of an unknown chatroom: {event}"),
        };
        let is_repeat = account.record(seq, kind, joins).with_context(|| {
            format!(
                "{room} is at {}, on this connection at {:?}, and receives {}",
                account.position,
                account.last,
                short(&event.to_string())
            )
        })?;
        self.repeats += usize::from(is_repeat);
        if mine && kind == "membership.deleted" && !is_repeat {
            account.open = false;
        }
        Ok(())
    }

    /// The last seq of each chatroom, as a client sends it to resume.
    pub(crate) fn positions(&self) -> Value {
        self.rooms
            .iter()
            .map(|(room, account)| (room.clone(), json!(account.position)))
            .collect::<Map<_, _>>()
            .into()
    }

    pub(crate) fn position(&self, room: &str) -> Option<u64> {
        self.rooms.get(room).map(|account| account.position)
    }

    /// Returns whether each of these heads has been reached.
    pub(crate) fn has_reached<'h>(&self, heads: impl IntoIterator<Item = (&'h String, &'h u64)>) -> bool {
        heads.into_iter().all(|(room, head)| self.position(room).is_some_and(|position| position >= *head))
    }

    /// Checks that the received events equal the log from the start position on. Returns their number.
    pub(crate) fn compare(&self, room: &str, log: &[Value]) -> Result<usize> {
        let account = self.rooms.get(room).context("no events were received")?;
        let mut received = account.received.clone();
        for (event, seq) in log.iter().zip(1..) {
            let is_missed = seq <= account.start || account.gaps.iter().any(|(from, to)| *from < seq && seq < *to);
            match received.remove(&seq) {
                Some(kind) => ensure!(event["type"] == *kind, "received {kind}, but the log has {event}"),
                None => ensure!(is_missed, "never received: {event}"),
            }
        }
        ensure!(received.is_empty(), "received, but not in the log: {received:?}");
        for (from, to) in &account.gaps {
            let mut gap = log.iter().zip(1..).filter(|(_, seq)| *from <= *seq && *seq < *to);
            let left = gap
                .any(|(event, _)| event["type"] == "membership.deleted" && event["data"]["user_id"] == *self.me);
            ensure!(left, "a member all the time, but received nothing between {from} and {to}");
        }
        Ok(account.received.len())
    }
}

impl Account {
    fn starting_after(start: u64) -> Self {
        Self { start, received: BTreeMap::new(), position: start, open: true, gaps: Vec::new(), last: None }
    }

    /// Returns whether the event is a repeat.
    fn record(&mut self, seq: u64, kind: &str, joins: bool) -> Result<bool> {
        let begins_again = joins && !self.open && seq > self.position;
        let follows = self.last.is_none_or(|last| seq == last + 1);
        ensure!(follows || begins_again, "out of order");
        let is_missing = seq > self.position + 1;
        ensure!(!is_missing || begins_again, "something is missing");
        if is_missing {
            self.gaps.push((self.position, seq));
        }
        self.last = Some(seq);
        if seq <= self.position {
            let known = self.received.get(&seq);
            ensure!(known.is_none_or(|known| known == kind), "it was {known:?} before");
            return Ok(true);
        }
        self.open = true;
        self.position = seq;
        self.received.insert(seq, kind.to_owned());
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: &str = "room";

    fn event(seq: u64, kind: &str, user: &str) -> Value {
        json!({"type": kind, "chatroom_id": ROOM, "seq": seq, "data": {"user_id": user}})
    }

    fn message(seq: u64) -> Value {
        event(seq, "message.created", "")
    }

    fn ledger(start: u64) -> Ledger {
        let mut ledger = Ledger::new("me");
        ledger.start(ROOM, start);
        ledger
    }

    #[test]
    fn gaps_disorder_and_repeats_on_one_connection_are_rejected() {
        let mut ledger = ledger(2);
        assert!(ledger.record(&message(4)).is_err());
        ledger.record(&message(3)).unwrap();
        assert!(ledger.record(&message(3)).is_err());
        ledger.connect();
        ledger.record(&message(3)).unwrap();
        assert!(ledger.record(&event(4, "x", "")).is_ok());
        ledger.connect();
        assert!(ledger.record(&event(4, "y", "")).is_err());
        assert_eq!((ledger.repeats, ledger.position(ROOM)), (1, Some(4)));
    }

    #[test]
    fn missing_and_extra_events_are_rejected() {
        let log: Vec<Value> = (1..=4).map(message).collect();
        let mut ledger = ledger(2);
        ledger.record(&message(3)).unwrap();
        assert!(ledger.compare(ROOM, &log).is_err());
        ledger.record(&message(4)).unwrap();
        assert_eq!(ledger.compare(ROOM, &log).unwrap(), 2);
        ledger.record(&message(5)).unwrap();
        assert!(ledger.compare(ROOM, &log).is_err());
    }

    #[test]
    fn only_non_members_may_miss_events() {
        let mut ledger = ledger(0);
        ledger.record(&message(1)).unwrap();
        assert!(ledger.record(&event(4, "membership.created", "me")).is_err());
        ledger.connect();
        ledger.record(&event(2, "membership.deleted", "me")).unwrap();
        assert!(ledger.record(&message(4)).is_err());
        ledger.record(&event(5, "membership.created", "me")).unwrap();
        let mut log = vec![message(1), event(2, "membership.deleted", "me"), message(3), message(4)];
        log.push(event(5, "membership.created", "me"));
        assert_eq!(ledger.compare(ROOM, &log).unwrap(), 3);
        log[1] = event(2, "membership.deleted", "another");
        assert!(ledger.compare(ROOM, &log).is_err());
    }
}
