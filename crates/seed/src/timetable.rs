//! The dialogues of a room, their order, and the start of each.

use fastrand::Rng;

use super::clock::{DAY, HOUR, MINUTE, Moment, PRESENT};
use super::scripts::{Cue, Dialogue, Line, Script, Text, Timing};

/// The length of a room's life, in units of the order of dialogues.
const LIFE: usize = 1_000_000;

pub(crate) struct Timetable {
    /// The creation of the room.
    pub(crate) opening: Moment,
    pub(crate) dialogues: Vec<(Moment, Dialogue)>,
}

impl Timetable {
    pub(crate) fn new(script: &Script, rng: &mut Rng) -> Self {
        let dialogues = in_order(script, rng);
        let opening = opening(script, rng);
        let starts = starts(script, opening, dialogues.len(), rng);
        Self { opening, dialogues: starts.into_iter().zip(dialogues).collect() }
    }
}

fn in_order(script: &Script, rng: &mut Rng) -> Vec<Dialogue> {
    let as_written = script.messages.is_none();
    let count = script.dialogues.len().max(1);
    let mut placed: Vec<(usize, Dialogue)> = Vec::new();
    for (index, dialogue) in script.dialogues.iter().enumerate() {
        match dialogue.timing {
            Timing::At(per_cent) => placed.push((per_cent * LIFE / 100, dialogue.clone())),
            _ if as_written => placed.push((index * LIFE / count, dialogue.clone())),
            Timing::Once => placed.push((rng.usize(..LIFE), dialogue.clone())),
            Timing::Any => (),
        }
    }
    let arrivals = script.later.iter().map(|who| arrival(script, who));
    placed.extend(arrivals.map(|dialogue| (rng.usize(LIFE / 12..LIFE / 12 * 11), dialogue)));
    let missing = script.messages.unwrap_or_default().saturating_sub(length(placed.iter().map(|(_, d)| d)));
    let again = repetitions(script, missing, rng);
    let count = again.len().max(1);
    placed.extend(again.into_iter().enumerate().map(|(index, dialogue)| (index * LIFE / count, dialogue)));
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, dialogue)| dialogue).collect()
}

/// Repeatable dialogues with this many messages in total; each is used once before any is repeated.
fn repetitions(script: &Script, messages: usize, rng: &mut Rng) -> Vec<Dialogue> {
    let mut all: Vec<_> = script.dialogues.iter().filter(|dialogue| dialogue.timing == Timing::Any).collect();
    let mut chosen = Vec::new();
    while !all.is_empty() && length(chosen.iter().copied()) < messages {
        rng.shuffle(&mut all);
        for dialogue in &all {
            if length(chosen.iter().copied()) < messages {
                chosen.push(*dialogue);
            }
        }
    }
    chosen.into_iter().cloned().collect()
}

/// The average number of messages of these dialogues.
fn length<'a>(dialogues: impl Iterator<Item = &'a Dialogue>) -> usize {
    let halves = |line: &Line| match (&line.cue, line.optional) {
        (Cue::Say { .. }, true) => 1,
        (Cue::Say { .. }, false) => 2,
        _ => 0,
    };
    dialogues.flat_map(|dialogue| &dialogue.lines).map(halves).sum::<usize>() / 2
}

/// The dialogue in which a person joins, says hello and is welcomed.
fn arrival(script: &Script, who: &'static str) -> Dialogue {
    let entry = match script.visibility {
        "public" => Cue::Join { who },
        _ => Cue::Add { by: script.owner, who },
    };
    let say = |who, first| Cue::Say { who, text: Text { first, rest: Vec::new() } };
    let line = |optional, cue| Line { number: 0, optional, cue };
    Dialogue {
        timing: Timing::Once,
        lines: vec![
            line(false, entry),
            line(false, say(who, "{hello}")),
            line(false, say("A", "{welcome}")),
            line(true, say("B", "{welcome2}")),
        ],
    }
}

fn opening(script: &Script, rng: &mut Rng) -> Moment {
    script.days.0 * DAY + script.hours.start * HOUR + rng.i64(0..HOUR)
}

/// The starts of dialogues. Days are busy, quiet or silent, and most dialogues start around the middle of the
/// room's hours.
fn starts(script: &Script, opening: Moment, count: usize, rng: &mut Rng) -> Vec<Moment> {
    let (first, last) = script.days;
    let mut days = vec![first, last, last];
    for day in first..=last {
        let busy = rng.choice([0, 1, 1, 2, 3, 3, 5]).unwrap_or_default();
        days.extend(std::iter::repeat_n(day, busy));
    }
    let width = (script.hours.end - script.hours.start) * HOUR;
    let mut starts: Vec<Moment> = (0..count)
        .map(|_| {
            let day = rng.choice(&days).copied().unwrap_or(first);
            let hour = script.hours.start * HOUR + i64::midpoint(rng.i64(0..width), rng.i64(0..width));
            day * DAY + hour
        })
        .collect();
    starts.sort_unstable();
    // The first dialogue follows the opening, and the last one has just happened.
    if let Some(start) = starts.first_mut() {
        *start = opening;
    }
    if let (0, Some(start)) = (last, starts.last_mut()) {
        *start = PRESENT - rng.i64(12 * MINUTE..40 * MINUTE);
    }
    starts
}
