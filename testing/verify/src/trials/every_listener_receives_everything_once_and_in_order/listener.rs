//! A listener that moves between instances and records every event.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fastrand::Rng;

use super::progress::{TrialProgress, id_of};
use crate::rig::{EventReader, Fleet, StreamItem, Ledger, Listen, Person, RoamingClient, StreamEvent};

/// The pause between attempts to connect.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest wait for an event before the listener checks whether the trial is over.
const SILENCE: Duration = Duration::from_millis(50);
/// The duration of a connection, in milliseconds.
const CONNECTION: std::ops::Range<u64> = 50..4_000;
const NAP: std::ops::Range<u64> = 500..3_000;

/// The kind of stream, and how the listener resumes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StreamKind {
    /// A stream of one chatroom, resumed from the last `id:`.
    Room(String),
    /// A stream of all chatrooms, resumed from the last `id:`.
    Cursor,
    /// A stream of all chatrooms, resumed from the listener's own positions.
    Positions,
}

/// The speed of reading on one connection.
#[derive(Clone, Copy, Debug)]
enum Pace {
    Quick,
    Slow,
    /// Reads nothing for a while, then reads fast.
    Napping,
}

pub(super) struct Listener<'f> {
    roaming: RoamingClient<'f>,
    stream_kind: StreamKind,
    rng: Rng,
    /// True if the listener starts at the beginning of the logs.
    from_start: bool,
    last_id: Option<String>,
    pub(super) ledger: Ledger,
    pub(super) connections: usize,
    pub(super) refusals: usize,
    username: String,
}

impl<'f> Listener<'f> {
    pub(super) fn new(fleet: &'f Fleet<'f>, person: &Person, stream_kind: StreamKind, rng: Rng) -> Self {
        Self {
            roaming: RoamingClient::new(fleet, &person.client),
            stream_kind,
            rng,
            from_start: false,
            last_id: None,
            ledger: Ledger::new(&person.id),
            connections: 0,
            refusals: 0,
            username: person.name.clone(),
        }
    }

    /// Makes the listener start at the beginning of the logs.
    pub(super) fn replay_all(mut self, rooms: &[String]) -> Self {
        self.from_start = self.stream_kind != StreamKind::Cursor;
        for room in rooms {
            if self.from_start && self.listens_to(room) {
                self.ledger.start(id_of(room), 0);
            }
        }
        self
    }

    /// Returns whether the listener follows a chatroom, by its path or id.
    pub(super) fn listens_to(&self, room: &str) -> bool {
        !matches!(&self.stream_kind, StreamKind::Room(only) if id_of(only) != id_of(room))
    }

    pub(super) fn described(&self) -> String {
        format!("{}, who listens by {:?}", self.username, self.stream_kind)
    }

    /// Listens until everything has arrived.
    pub(super) fn listen(&mut self, progress: &TrialProgress) -> Result<()> {
        while !progress.has_failed() {
            let over = self.connect(progress).with_context(|| self.described())?;
            if over {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Listens on one connection, and returns whether everything has arrived.
    fn connect(&mut self, progress: &TrialProgress) -> Result<bool> {
        let pace = *self.rng.choice(&[Pace::Quick, Pace::Quick, Pace::Slow, Pace::Napping]).context("no pace")?;
        let Some(mut reader) = self.open(pace)? else {
            self.has_received_all(progress)?;
            return Ok(false);
        };
        let is_patient = self.rng.u8(..4) == 0;
        let ends_at = Instant::now() + Duration::from_millis(self.rng.u64(CONNECTION));
        let (mut has_caught_up, mut must_reconnect) = (false, false);
        while !progress.has_failed() && (is_patient || progress.is_over() || Instant::now() < ends_at) {
            match reader.next(SILENCE)? {
                StreamItem::Event(event) => {
                    has_caught_up |= self.record(&event)?;
                    self.pause(pace, progress);
                }
                StreamItem::Nothing => {}
                StreamItem::Retry(pause) => must_reconnect = pause > 0,
                StreamItem::End { complete } => {
                    ensure!(!complete || must_reconnect, "the stream ended for no reason");
                    return Ok(false);
                }
            }
            if self.has_received_all(progress)? && has_caught_up {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Opens a stream; `None` if the instance is down or unavailable.
    fn open(&mut self, pace: Pace) -> Result<Option<EventReader>> {
        let listen = match pace {
            Pace::Quick => self.request(),
            Pace::Slow | Pace::Napping => self.request().with_small_buffer(),
        };
        let client = self.roaming.anywhere(&mut self.rng)?;
        let Some(reader) = EventReader::open(&client, &listen).ok().filter(|reader| reader.status != 503) else {
            self.refusals += 1;
            return Ok(None);
        };
        self.connections += 1;
        self.ledger.connect();
        if self.stream_kind == StreamKind::Cursor && self.last_id.is_none() {
            self.ledger.reset();
        }
        reader.expect_stream().map(Some)
    }

    fn request(&self) -> Listen {
        match &self.stream_kind {
            StreamKind::Room(room) => {
                let after = if self.from_start && self.last_id.is_none() { "?after=0" } else { "" };
                Listen::to(format!("{room}/events{after}")).resume_after(self.last_id.clone())
            }
            StreamKind::Cursor => Listen::to_all().resume_after(self.last_id.clone()),
            StreamKind::Positions => Listen::to_all_after(&self.ledger.positions()),
        }
    }

    /// Records an event, and returns whether the listener has caught up.
    fn record(&mut self, event: &StreamEvent) -> Result<bool> {
        self.last_id = event.id.clone().or_else(|| self.last_id.take());
        self.start_from_first_id(event)?;
        match event.kind.as_str() {
            "ready" => self.ledger.ready(event.body["data"]["heads"].as_object().context("no heads")?)?,
            "caught_up" | "heartbeat" => {}
            "reset" | "unauthenticated" => bail!("nothing of that kind has happened: {event:?}"),
            _ => self.ledger.record(&event.body)?,
        }
        Ok(event.kind == "caught_up")
    }

    /// A new stream of one chatroom gets its start position from the first `id:`.
    fn start_from_first_id(&mut self, event: &StreamEvent) -> Result<()> {
        if let (StreamKind::Room(room), Some(id)) = (&self.stream_kind, &event.id) {
            let is_behind = event.kind == "caught_up";
            self.ledger.start(id_of(room), id.parse::<u64>()? - u64::from(!is_behind));
        }
        Ok(())
    }

    fn pause(&mut self, pace: Pace, progress: &TrialProgress) {
        let millis = match pace {
            Pace::Slow => self.rng.u64(..10),
            Pace::Napping if self.rng.u8(..50) == 0 => self.rng.u64(NAP),
            Pace::Quick | Pace::Napping => 0,
        };
        if !progress.is_over() {
            thread::sleep(Duration::from_millis(millis));
        }
    }

    /// Returns whether everything has arrived; fails if that takes too long.
    fn has_received_all(&self, progress: &TrialProgress) -> Result<bool> {
        let Some((heads, deadline)) = progress.heads.get() else { return Ok(false) };
        let is_in_time = Instant::now() < *deadline;
        ensure!(is_in_time, "events are missing: the heads are {heads:?}, the listener is at {}", self.ledger.positions());
        Ok(self.ledger.has_reached(heads.iter().filter(|(room, _)| self.listens_to(room))))
    }
}
