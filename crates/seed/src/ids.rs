//! Ids that are the same in every run, so that a run recognises the data of an earlier one.

use std::sync::{Mutex, PoisonError};

use chit_chat_domain::id::IdSource;
use uuid::{Builder, Uuid};

use super::clock::Moment;

/// 2025-01-01, in milliseconds since 1970. Ids count script time from here, so that they do not depend on the
/// day, follow the order of the script, and precede those of real users.
const EPOCH: Moment = 1_735_689_600_000;
const NAMESPACE: Uuid = Uuid::from_u128(0xc41c_4a75_eedd_4a7a_8a5e_0123_4567_89ab);

/// The id for this name and moment of the script.
pub(crate) fn id(name: &str, moment: Moment) -> Uuid {
    let mut bytes = [0; 10];
    for (to, from) in bytes.iter_mut().zip(Uuid::new_v5(&NAMESPACE, name.as_bytes()).into_bytes()) {
        *to = from;
    }
    Builder::from_unix_timestamp_millis(u64::try_from(EPOCH + moment).unwrap_or_default(), &bytes).into_uuid()
}

/// Issues the id that the script has set.
pub(crate) struct ScriptedIds(Mutex<Uuid>);

impl ScriptedIds {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(NAMESPACE))
    }

    pub(crate) fn set(&self, next: Uuid) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = next;
    }
}

impl IdSource for ScriptedIds {
    fn next(&self) -> Uuid {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let given = *next;
        // Each id differs, even if a use case takes more ids than the script sets.
        *next = Uuid::new_v5(&given, b"next");
        given
    }
}

#[cfg(test)]
mod tests {
    use chit_chat_system::RandomIds;

    use super::*;
    use crate::clock::{DAY, PRESENT};

    #[test]
    fn ids_follow_script_and_precede_today() {
        assert!(id("b", -30 * DAY) < id("a", -29 * DAY));
        assert!(id("a", PRESENT) < RandomIds.next());
        assert_eq!(id("a", PRESENT).get_version_num(), 7);
    }

    #[test]
    fn ids_of_one_instant_differ_by_name() {
        assert_eq!(id("a", 0), id("a", 0));
        assert_ne!(id("a", 0), id("b", 0));
    }

    #[test]
    fn ids_are_unique() {
        let ids = ScriptedIds::new();
        ids.set(id("a", 0));
        assert_eq!(ids.next(), id("a", 0));
        assert_ne!(ids.next(), id("a", 0));
    }
}
