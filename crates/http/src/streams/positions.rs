//! The positions of a stream of several chatrooms, encoded as the `id:` of its events, which is opaque to clients.

use std::collections::HashMap;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::ChatroomId;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use crate::extract::Whole;
use crate::problem::Problem;

/// The maximum length, which proxies and clients accept in a header.
const LONGEST: usize = 4_096;
/// The first byte, which allows for other formats later.
const VERSION: u8 = 1;
const ID: usize = 16;
const SEQ: usize = 6;
const ENTRY: usize = ID + SEQ;

pub(super) type Positions = HashMap<ChatroomId, Seq>;

/// Positions as a client writes them: an object of seqs by chatroom id. A map would keep one of two equal keys.
#[derive(Default)]
pub(super) struct After(Vec<(String, Whole)>);

impl<'de> Deserialize<'de> for After {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = After;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of seqs by chatroom id")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<After, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(After(entries))
    }
}

/// Encodes positions; `None` if the text would be too long. Clients can then send the positions in a body.
pub(super) fn encode(positions: impl ExactSizeIterator<Item = (ChatroomId, Seq)>) -> Option<String> {
    if (1 + positions.len() * ENTRY) * 4 / 3 >= LONGEST {
        return None;
    }
    let mut bytes = vec![VERSION];
    for (chatroom, seq) in positions {
        bytes.extend_from_slice(Uuid::from(chatroom).as_bytes());
        bytes.extend(seq.to_be_bytes().into_iter().skip(8 - SEQ));
    }
    Some(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Decodes positions; `None` if the text does not come from [`encode`].
pub(super) fn decode(text: &str) -> Option<Positions> {
    if text.len() > LONGEST {
        return None;
    }
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    let (VERSION, entries) = bytes.split_first().map(|(version, rest)| (*version, rest))? else {
        return None;
    };
    if entries.len() % ENTRY != 0 {
        return None;
    }
    let positions: Positions = entries.chunks_exact(ENTRY).map(entry).collect::<Option<_>>()?;
    (positions.len() == entries.len() / ENTRY).then_some(positions)
}

/// Parses positions that a client gives by chatroom id, which must not name a chatroom twice.
pub(super) fn parse(After(entries): After) -> Result<Positions, Problem> {
    let mut positions = Positions::with_capacity(entries.len());
    for (id, Whole(seq)) in entries {
        let chatroom = id.parse::<ChatroomId>().ok().filter(|_| seq >= 0);
        let chatroom = chatroom.ok_or_else(|| Problem::field("after", "must map chatroom ids to seqs"))?;
        if positions.insert(chatroom, seq).is_some() {
            return Err(Problem::field("after", format!("must not name the chatroom {id} twice")));
        }
    }
    Ok(positions)
}

fn entry(bytes: &[u8]) -> Option<(ChatroomId, Seq)> {
    let (id, seq) = bytes.split_at_checked(ID)?;
    let seq = seq.iter().fold(0, |seq, byte| seq << 8 | Seq::from(*byte));
    Some((Uuid::from_slice(id).ok()?.into(), seq))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(count: u128) -> Vec<(ChatroomId, Seq)> {
        let seq = |n: u128| Seq::try_from(n * n * 1_000_003).unwrap();
        (0..count).map(|n| (ChatroomId::from(Uuid::from_u128(n << 64 | 7)), seq(n))).collect()
    }

    #[test]
    fn positions_round_trip() {
        for count in [0, 1, 2, 139] {
            let given = positions(count);
            let text = encode(given.clone().into_iter()).unwrap();
            assert!(text.len() <= LONGEST);
            assert_eq!(decode(&text), Some(given.into_iter().collect()));
        }
    }

    #[test]
    fn excessive_and_damaged_positions_are_refused() {
        assert_eq!(encode(positions(140).into_iter()), None);
        let text = encode(positions(3).into_iter()).unwrap();
        for damaged in ["", "AA", "42", "%", &text[1..], &text[..text.len() - 2], &format!("{text}AAAA")] {
            assert_eq!(decode(damaged), None, "{damaged}");
        }
        assert_eq!(decode(&encode([positions(2), positions(1)].concat().into_iter()).unwrap()), None);
    }
}
