//! The mentions of a message, as a column of its row and as separate rows.

use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::Message;
use diesel::prelude::Insertable;
use uuid::Uuid;

use crate::schema::mentions;
use crate::types::Key;

const ALL: &str = "all";

/// The key that stands for everybody in the chatroom.
pub const EVERYBODY: Key = Key(Uuid::nil());

/// A mention, indexed by the mentioned user.
#[derive(Debug, Insertable)]
#[diesel(table_name = mentions)]
pub struct MentionRow {
    pub chatroom_id: Key,
    pub user_id: Key,
    pub seq: i64,
    pub message_id: Key,
    pub author_id: Key,
}

/// Encodes the mentions for the column; `None` if there are none, as in most messages.
pub fn column(mentions: &Mentions) -> Option<String> {
    if mentions.all {
        return Some(ALL.to_owned());
    }
    let ids: Vec<String> = mentions.users.iter().map(ToString::to_string).collect();
    if ids.is_empty() { None } else { Some(ids.join(" ")) }
}

/// Decodes the column that [`column()`] wrote.
pub fn read(column: &str) -> Mentions {
    match column {
        ALL => Mentions::everybody(),
        ids => Mentions::of(ids.split(' ').filter_map(|id| id.parse().ok()).collect()),
    }
}

/// The users for whom mention rows are stored.
pub fn mentioned_keys(mentions: &Mentions) -> Vec<Key> {
    let all = mentions.all.then_some(EVERYBODY);
    mentions.users.iter().copied().map(Key::from).chain(all).collect()
}

/// The mention rows of a message.
pub fn rows(message: &Message) -> impl Iterator<Item = MentionRow> {
    mentioned_keys(&message.mentions).into_iter().map(|user_id| MentionRow {
        chatroom_id: message.chatroom_id.into(),
        user_id,
        seq: message.seq,
        message_id: message.id.into(),
        author_id: message.author_id.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_round_trips() {
        let users: Vec<_> = (1..4).map(|n| Uuid::from_u128(n).into()).collect();
        for mentions in [Mentions::of(users), Mentions::everybody(), Mentions::default()] {
            let column = column(&mentions);
            assert_eq!(column.as_deref().map(read).unwrap_or_default(), mentions);
        }
        assert_eq!(column(&Mentions::default()), None);
    }
}
