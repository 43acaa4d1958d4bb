//! A listener that moves between instances and records every event.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fastrand::Rng;

use super::course::{Course, id_of};
use crate::rig::{EventReader, Fleet, Heard, Ledger, Listen, Person, Roamer, Said};

/// The pause between attempts to connect.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest wait for an event before the listener checks whether the trial is over.
const SILENCE: Duration = Duration::from_millis(50);
/// The duration of a connection, in milliseconds.
const CONNECTION: std::ops::Range<u64> = 50..4_000;
const NAP: std::ops::Range<u64> = 500..3_000;

/// The kind of stream, and how the listener resumes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
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
    roamer: Roamer<'f>,
    way: Way,
    rng: Rng,
    /// True if the listener starts at the beginning of the logs.
    from_the_start: bool,
    last_id: Option<String>,
    pub(super) ledger: Ledger,
    pub(super) connections: usize,
    pub(super) refusals: usize,
    whose: String,
}

impl<'f> Listener<'f> {
    pub(super) fn new(fleet: &'f Fleet<'f>, person: &Person, way: Way, rng: Rng) -> Self {
        Self {
            roamer: Roamer::new(fleet, &person.client),
            way,
            rng,
            from_the_start: false,
            last_id: None,
            ledger: Ledger::new(&person.id),
            connections: 0,
            refusals: 0,
            whose: person.name.clone(),
        }
    }

    /// Makes the listener start at the beginning of the logs.
    pub(super) fn starting_from_the_beginning(mut self, rooms: &[String]) -> Self {
        self.from_the_start = self.way != Way::Cursor;
        for room in rooms {
            if self.from_the_start && self.listens_to(room) {
                self.ledger.start(id_of(room), 0);
            }
        }
        self
    }

    /// Returns whether the listener follows a chatroom, by its path or id.
    pub(super) fn listens_to(&self, room: &str) -> bool {
        !matches!(&self.way, Way::Room(only) if id_of(only) != id_of(room))
    }

    pub(super) fn described(&self) -> String {
        format!("{}, who listens by {:?}", self.whose, self.way)
    }

    /// Listens until everything has arrived.
    pub(super) fn listen(&mut self, course: &Course) -> Result<()> {
        while !course.has_failed() {
            let over = self.connect(course).with_context(|| self.described())?;
            if over {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Listens on one connection, and returns whether everything has arrived.
    fn connect(&mut self, course: &Course) -> Result<bool> {
        let pace = *self.rng.choice(&[Pace::Quick, Pace::Quick, Pace::Slow, Pace::Napping]).context("no pace")?;
        let Some(mut reader) = self.open(pace)? else {
            self.has_heard_all(course)?;
            return Ok(false);
        };
        let is_patient = self.rng.u8(..4) == 0;
        let ends_at = Instant::now() + Duration::from_millis(self.rng.u64(CONNECTION));
        let (mut has_caught_up, mut is_told_to_come_again) = (false, false);
        while !course.has_failed() && (is_patient || course.is_over() || Instant::now() < ends_at) {
            match reader.next(SILENCE)? {
                Heard::Said(said) => {
                    has_caught_up |= self.hear(&said)?;
                    self.take_time(pace, course);
                }
                Heard::Nothing => {}
                Heard::Retry(pause) => is_told_to_come_again = pause > 0,
                Heard::End { complete } => {
                    ensure!(!complete || is_told_to_come_again, "the stream ended for no reason");
                    return Ok(false);
                }
            }
            if self.has_heard_all(course)? && has_caught_up {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Opens a stream; `None` if the instance is down or unavailable.
    fn open(&mut self, pace: Pace) -> Result<Option<EventReader>> {
        let listen = match pace {
            Pace::Quick => self.question(),
            Pace::Slow | Pace::Napping => self.question().narrowly(),
        };
        let client = self.roamer.anywhere(&mut self.rng)?;
        let Some(reader) = EventReader::open(&client, &listen).ok().filter(|reader| reader.status != 503) else {
            self.refusals += 1;
            return Ok(None);
        };
        self.connections += 1;
        self.ledger.connect();
        if self.way == Way::Cursor && self.last_id.is_none() {
            self.ledger.begin_anew();
        }
        reader.expect_stream().map(Some)
    }

    fn question(&self) -> Listen {
        match &self.way {
            Way::Room(room) => {
                let after = if self.from_the_start && self.last_id.is_none() { "?after=0" } else { "" };
                Listen::to(format!("{room}/events{after}")).last_heard(self.last_id.clone())
            }
            Way::Cursor => Listen::to_all().last_heard(self.last_id.clone()),
            Way::Positions => Listen::to_all_after(&self.ledger.positions()),
        }
    }

    /// Records an event, and returns whether the listener has caught up.
    fn hear(&mut self, said: &Said) -> Result<bool> {
        self.last_id = said.id.clone().or_else(|| self.last_id.take());
        self.start_one(said)?;
        match said.kind.as_str() {
            "ready" => self.ledger.ready(said.body["data"]["heads"].as_object().context("no heads")?)?,
            "caught_up" | "heartbeat" => {}
            "reset" | "unauthenticated" => bail!("nothing of that kind has happened: {said:?}"),
            _ => self.ledger.hear(&said.body)?,
        }
        Ok(said.kind == "caught_up")
    }

    /// A new stream of one chatroom gets its start position from the first `id:`.
    fn start_one(&mut self, said: &Said) -> Result<()> {
        if let (Way::Room(room), Some(id)) = (&self.way, &said.id) {
            let is_behind = said.kind == "caught_up";
            self.ledger.start(id_of(room), id.parse::<u64>()? - u64::from(!is_behind));
        }
        Ok(())
    }

    fn take_time(&mut self, pace: Pace, course: &Course) {
        let millis = match pace {
            Pace::Slow => self.rng.u64(..10),
            Pace::Napping if self.rng.u8(..50) == 0 => self.rng.u64(NAP),
            Pace::Quick | Pace::Napping => 0,
        };
        if !course.is_over() {
            thread::sleep(Duration::from_millis(millis));
        }
    }

    /// Returns whether everything has arrived; fails if that takes too long.
    fn has_heard_all(&self, course: &Course) -> Result<bool> {
        let Some((heads, deadline)) = course.heads.get() else { return Ok(false) };
        let is_in_time = Instant::now() < *deadline;
        ensure!(is_in_time, "not everything is heard: {heads:?}, but at {}", self.ledger.positions());
        Ok(self.ledger.has_come_to(heads.iter().filter(|(room, _)| self.listens_to(room))))
    }
}
