//! Rows of reactions, and the column of a message that counts them: a JSON object from emoji to count, in the
//! order of their first use.

use chit_chat_domain::reaction::{Emoji, Reaction, Reactions, Tally};
use diesel::prelude::{Insertable, Queryable, Selectable};

use crate::schema::reactions;
use crate::types::{Instant, Key};

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = reactions)]
pub struct ReactionRow {
    pub chatroom_id: Key,
    pub message_id: Key,
    pub user_id: Key,
    pub emoji: String,
    pub created_at: Instant,
    pub seq: i64,
}

impl From<ReactionRow> for Reaction {
    fn from(row: ReactionRow) -> Self {
        Self {
            user_id: row.user_id.into(),
            emoji: Emoji::restore(row.emoji),
            created_at: row.created_at.into(),
            seq: row.seq,
        }
    }
}

/// Encodes the counts for the column; `None` if there are none. No emoji contains a character that JSON escapes.
pub fn column(reactions: &Reactions) -> Option<String> {
    let field = |Tally { emoji, count }: &Tally| format!("\"{}\":{count}", emoji.as_str());
    let fields: Vec<String> = reactions.iter().map(field).collect();
    if fields.is_empty() { None } else { Some(format!("{{{}}}", fields.join(","))) }
}

/// Decodes the column that [`column()`] wrote.
pub fn read(column: &str) -> Reactions {
    let fields = column.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or_default();
    let tally = |field: &str| {
        let (emoji, count) = field.rsplit_once(':')?;
        let emoji = Emoji::restore(emoji.strip_prefix('"')?.strip_suffix('"')?.to_owned());
        Some(Tally { emoji, count: count.parse().ok()? })
    };
    Reactions::restore(fields.split(',').filter_map(tally).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_round_trips() {
        let emoji = |text| Emoji::parse(text).unwrap();
        let one = Reactions::default().with(&emoji("👍"));
        let two = one.with(&emoji("#\u{fe0f}\u{20e3}")).with(&emoji("👍"));
        assert_eq!(column(&two).as_deref(), Some("{\"👍\":2,\"#\u{fe0f}\u{20e3}\":1}"));
        for reactions in [one, two] {
            assert_eq!(column(&reactions).as_deref().map(read), Some(reactions));
        }
        assert_eq!(column(&Reactions::default()), None);
    }

    #[test]
    fn damaged_column_counts_nothing() {
        for text in ["", "{", "{}", "{\"👍\"}", "{\"👍\":x}", "{👍:1}", "null"] {
            assert_eq!(read(text), Reactions::default(), "{text}");
        }
    }
}
