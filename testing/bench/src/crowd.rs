//! The rooms and their members.
//!
//! Rooms and users are numbered, and their ids derive from the numbers, so that every load generator can
//! compute them: the server's clients, pgbench, and the SQLite library.

use std::fmt;

use clap::Args;
use fastrand::Rng;
use uuid::Uuid;

/// The number of the first room and of the first user.
pub(crate) const FIRST: u32 = 1_000;
/// The number of rooms, and of users.
pub(crate) const COUNT: u32 = 1_000;
/// The members of each room.
pub(crate) const MEMBERS: u32 = 20;
/// The room with a long history.
pub(crate) const LONG: u32 = 2_000;
/// The room that all senders use.
pub(crate) const HOT: u32 = 2_001;
/// The distance between the numbers of a room's members.
pub(crate) const STRIDE: u32 = 37;

/// The start of every id; the number follows, in eight decimal digits.
pub(crate) const PREFIX: &str = "00000000-0000-7000-8000-0000";

/// The body of every message, of a hundred characters.
pub(crate) const BODY: &str =
    "The harbour was quiet when we came down, and the first of the boats had only just put out to sea now";

/// A range of rooms, and the number of active members in each. Requests choose a room and such a member at random.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Crowd {
    #[arg(long)]
    pub(crate) first: u32,
    #[arg(long)]
    pub(crate) last: u32,
    #[arg(long)]
    pub(crate) senders: u32,
}

impl Crowd {
    /// All rooms, with the owner of each.
    pub(crate) const fn everywhere() -> Self {
        Self { first: FIRST, last: FIRST + COUNT - 1, senders: 1 }
    }

    /// One room, with all its members.
    pub(crate) const fn room(number: u32) -> Self {
        Self { first: number, last: number, senders: MEMBERS }
    }

    /// All pairs of a room and an active member.
    pub(crate) fn pairs(self) -> impl Iterator<Item = (u32, u32)> {
        (self.first..=self.last).flat_map(move |room| (0..self.senders).map(move |n| (room, member(room, n))))
    }

    pub(crate) fn choose(self, rng: &mut Rng) -> (u32, u32) {
        let room = rng.u32(self.first..=self.last);
        (room, member(room, rng.u32(..self.senders)))
    }
}

/// The user number of a room's member; the first is the owner.
pub(crate) fn member(room: u32, n: u32) -> u32 {
    FIRST + (room - FIRST + STRIDE * n) % COUNT
}

/// The id of a room or user with this number.
pub(crate) fn id(number: u32) -> Uuid {
    // The decimal digits are parsed as hexadecimal ones.
    let digits = u128::from_str_radix(&number.to_string(), 16).unwrap_or_default();
    Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 | digits)
}

impl fmt::Display for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn id_is_prefix_and_number() {
        assert_eq!(id(1_234).to_string(), format!("{PREFIX}{:08}", 1_234));
    }

    #[test]
    fn room_has_distinct_members_and_every_user_owns_one() {
        assert_eq!(Crowd::room(HOT).pairs().collect::<HashSet<_>>().len(), 20);
        let owners: HashSet<u32> = Crowd::everywhere().pairs().map(|(_, user)| user).collect();
        assert_eq!(owners.len(), 1_000);
        assert!(Crowd::room(HOT).pairs().all(|(_, user)| owners.contains(&user)));
    }

    #[test]
    fn message_has_hundred_characters() {
        assert_eq!(BODY.len(), 100);
    }
}
