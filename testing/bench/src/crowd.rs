//! Who sends where: rooms, and their members.
//!
//! Rooms and users have numbers, and their ids are made of those, so that every load generator can make them: the
//! server's clients, pgbench, and the bare library.

use std::fmt;

use clap::Args;
use fastrand::Rng;
use uuid::Uuid;

/// The first room, and the first user.
pub(crate) const FIRST: u32 = 1_000;
/// So many rooms and so many users.
pub(crate) const COUNT: u32 = 1_000;
/// Of each room.
pub(crate) const MEMBERS: u32 = 20;
/// The room with a long history.
pub(crate) const LONG: u32 = 2_000;
/// The room into which everybody sends.
pub(crate) const HOT: u32 = 2_001;
/// The rooms' members stand so far apart.
pub(crate) const STRIDE: u32 = 37;

/// What an id begins with; the number follows, in eight decimal digits.
pub(crate) const PREFIX: &str = "00000000-0000-7000-8000-0000";

/// A hundred characters, as messages have.
pub(crate) const BODY: &str =
    "The harbour was quiet when we came down, and the first of the boats had only just put out to sea now";

/// Rooms, and how many of the members of each do it. A room and one of these members are chosen at random.
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
    /// All rooms, the owner in each.
    pub(crate) const fn everywhere() -> Self {
        Self { first: FIRST, last: FIRST + COUNT - 1, senders: 1 }
    }

    /// One room, all of its members.
    pub(crate) const fn room(number: u32) -> Self {
        Self { first: number, last: number, senders: MEMBERS }
    }

    /// Every room with each of the members who send there.
    pub(crate) fn pairs(self) -> impl Iterator<Item = (u32, u32)> {
        (self.first..=self.last).flat_map(move |room| (0..self.senders).map(move |n| (room, member(room, n))))
    }

    pub(crate) fn choose(self, rng: &mut Rng) -> (u32, u32) {
        let room = rng.u32(self.first..=self.last);
        (room, member(room, rng.u32(..self.senders)))
    }
}

/// The number of a room's member; the first is the owner.
pub(crate) fn member(room: u32, n: u32) -> u32 {
    FIRST + (room - FIRST + STRIDE * n) % COUNT
}

/// The id of a room or user.
pub(crate) fn id(number: u32) -> Uuid {
    // The digits are decimal, but are read as hexadecimal.
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
    fn an_id_is_the_prefix_and_the_number() {
        assert_eq!(id(1_234).to_string(), format!("{PREFIX}{:08}", 1_234));
    }

    #[test]
    fn a_room_has_distinct_members_and_everybody_owns_one() {
        assert_eq!(Crowd::room(HOT).pairs().collect::<HashSet<_>>().len(), 20);
        let owners: HashSet<u32> = Crowd::everywhere().pairs().map(|(_, user)| user).collect();
        assert_eq!(owners.len(), 1_000);
        assert!(Crowd::room(HOT).pairs().all(|(_, user)| owners.contains(&user)));
    }

    #[test]
    fn a_message_has_a_hundred_characters() {
        assert_eq!(BODY.len(), 100);
    }
}
