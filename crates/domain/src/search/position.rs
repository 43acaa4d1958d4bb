//! Positions in the results of a search.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::Rank;
use super::parts::indexed;

/// A position between two results. Its text form is meant for cursors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPosition<I> {
    pub rank: Rank,
    /// The indexed part of the name.
    pub part: String,
    pub id: I,
}

impl<I: Display> Display for SearchPosition<I> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {}", self.rank.number(), self.id, self.part)
    }
}

/// A text that is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPosition;

impl<I: FromStr> FromStr for SearchPosition<I> {
    type Err = NotAPosition;

    fn from_str(text: &str) -> Result<Self, NotAPosition> {
        let mut fields = text.splitn(3, ' ');
        let rank = fields.next().and_then(|number| number.parse().ok()).and_then(Rank::of_number);
        let id = fields.next().and_then(|id| id.parse().ok());
        let part = fields.next().filter(|part| indexed(part) == *part && !part.contains('\0'));
        match (rank, id, part) {
            (Some(rank), Some(id), Some(part)) => Ok(Self { rank, part: part.to_owned(), id }),
            _ => Err(NotAPosition),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_survives_its_text_form() {
        let position = SearchPosition { rank: Rank::Word, part: "smith jr ".to_owned(), id: 7_u8 };
        assert_eq!(position.to_string().parse(), Ok(position));
    }

    #[test]
    fn other_text_is_refused() {
        let long = format!("0 7 {}", "x".repeat(65));
        for text in ["", "smith", "9 7 smith", "0 x smith", "0 7", "-1 7 smith", "0 7 a\0b", &long] {
            assert_eq!(text.parse::<SearchPosition<u8>>(), Err(NotAPosition), "{text}");
        }
    }
}
