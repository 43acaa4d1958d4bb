//! The time in the script.

use std::sync::{Mutex, PoisonError};

use chit_chat_domain::clock::{Clock, Timestamp};

/// A time in the script, in milliseconds: 0 is today's midnight (UTC), [`PRESENT`] the present.
pub(crate) type Moment = i64;

pub(crate) const SECOND: Moment = 1_000;
pub(crate) const MINUTE: Moment = 60 * SECOND;
pub(crate) const HOUR: Moment = 60 * MINUTE;
pub(crate) const DAY: Moment = 24 * HOUR;
/// The end of the script: every moment is earlier.
pub(crate) const PRESENT: Moment = DAY;

/// After this moment, time is scaled to the current time of day.
const ELASTIC: Moment = -3 * HOUR;

/// Maps moments to real time.
#[derive(Clone, Copy)]
pub(crate) struct Calendar {
    /// Both times are in milliseconds since 1970.
    midnight: i64,
    now: i64,
}

impl Calendar {
    pub(crate) fn new(now: Timestamp) -> Self {
        let now = now.as_micros().div_euclid(1_000);
        Self { midnight: now - now.rem_euclid(DAY), now }
    }

    /// Maps a moment to a time. Earlier days are mapped as written; moments since last evening are scaled to the
    /// elapsed time. So moments keep their order, even if a later run completes an earlier one, and none is in the
    /// future.
    pub(crate) fn instant(&self, moment: Moment) -> Timestamp {
        let micros = if moment <= ELASTIC {
            (self.midnight + moment) * 1_000
        } else {
            let start = self.midnight + ELASTIC;
            start * 1_000 + (moment - ELASTIC) * (self.now - start) / ((PRESENT - ELASTIC) / 1_000)
        };
        Timestamp::from_micros(micros)
    }
}

/// A clock that shows the moment set by the script.
pub(crate) struct ScriptedClock(Mutex<Timestamp>);

impl ScriptedClock {
    pub(crate) fn new(at: Timestamp) -> Self {
        Self(Mutex::new(at))
    }

    pub(crate) fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Clock for ScriptedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDNIGHT: i64 = 1_767_225_600_000;

    fn calendar(since_midnight: i64) -> Calendar {
        Calendar::new(Timestamp::from_micros((MIDNIGHT + since_midnight) * 1_000))
    }

    #[test]
    fn earlier_days_ignore_the_hour() {
        let at = Timestamp::from_micros((MIDNIGHT - 5 * DAY) * 1_000);
        for hour in 0..24 {
            assert_eq!(calendar(hour * HOUR).instant(-5 * DAY), at);
        }
    }

    #[test]
    fn times_keep_order_and_never_lie_in_future() {
        for now in [0, 1, HOUR, DAY - 1] {
            let instants: Vec<_> = (-400..=1_440).map(|minute| calendar(now).instant(minute * MINUTE)).collect();
            assert!(instants.is_sorted_by(|earlier, later| earlier < later));
            assert_eq!(instants.last(), Some(&Timestamp::from_micros((MIDNIGHT + now) * 1_000)));
        }
    }

    #[test]
    fn later_run_schedules_nothing_earlier() {
        for moment in (-400..=1_440).map(|minute| minute * MINUTE) {
            let runs = (0..=48).map(|hour| calendar(hour * HOUR).instant(moment));
            assert!(runs.is_sorted(), "{moment}");
        }
    }
}
