//! The chatrooms that a key reaches.

use std::sync::Arc;

use crate::id::ChatroomId;
use crate::violation::Violation;

/// All chatrooms, or only those of a list. Clones share the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach(Option<Arc<[ChatroomId]>>);

impl Reach {
    /// The maximum length of the list.
    pub const MOST: usize = 100;
    /// All chatrooms.
    pub const ALL: Self = Self(None);

    /// Only these chatrooms, from 1 to 100.
    pub fn only(mut chatrooms: Vec<ChatroomId>) -> Result<Self, Violation> {
        chatrooms.sort_unstable();
        chatrooms.dedup();
        match chatrooms.len() {
            0 => Err(Violation::NoEntries),
            1..=Self::MOST => Ok(Self(Some(chatrooms.into()))),
            _ => Err(Violation::TooManyEntries(Self::MOST)),
        }
    }

    /// Only these chatrooms, by the ids that a client sent.
    pub fn parse(entered: &[String]) -> Result<Self, Violation> {
        // Checked first, so that a long list is not parsed.
        if entered.len() > Self::MOST {
            return Err(Violation::TooManyEntries(Self::MOST));
        }
        let id = |(index, text): (usize, &String)| text.parse().map_err(|_| Violation::EntryNotAnId(index));
        Self::only(entered.iter().enumerate().map(id).collect::<Result<_, _>>()?)
    }

    /// Returns whether the list has the chatroom, or there is none.
    pub fn contains(&self, chatroom: ChatroomId) -> bool {
        self.0.as_ref().is_none_or(|list| list.binary_search(&chatroom).is_ok())
    }

    /// The list; `None` if the key reaches all chatrooms.
    pub fn list(&self) -> Option<&[ChatroomId]> {
        self.0.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> ChatroomId {
        ChatroomId::from_u128(number)
    }

    #[test]
    fn list_is_sorted_and_bounded() {
        let reach = Reach::only(vec![id(2), id(1), id(2)]).unwrap();
        assert_eq!(reach.list(), Some(&[id(1), id(2)][..]));
        assert!(reach.contains(id(1)) && !reach.contains(id(3)) && Reach::ALL.contains(id(3)));
        assert_eq!(Reach::only(vec![]), Err(Violation::NoEntries));
        assert_eq!(Reach::only((0..101).map(id).collect()), Err(Violation::TooManyEntries(100)));
        assert!(Reach::only((0..100).map(id).collect()).is_ok());
    }

    #[test]
    fn entries_are_ids() {
        let (good, bad) = (id(1).to_string(), "general".to_owned());
        assert_eq!(Reach::parse(&[good.clone(), bad]), Err(Violation::EntryNotAnId(1)));
        assert_eq!(Reach::parse(&[good]), Reach::only(vec![id(1)]));
    }
}
