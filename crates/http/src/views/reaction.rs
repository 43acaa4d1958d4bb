//! Reactions on the wire.

use chit_chat_domain::id::UserId;
use chit_chat_domain::reaction::{Reaction, Reactions};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::values::{Id, Time};
use crate::openapi::values;

/// A reaction of a user to a message.
#[derive(Serialize, ToSchema)]
#[schema(as = Reaction)]
pub(crate) struct ReactionView {
    #[schema(schema_with = values::emoji)]
    emoji: String,
    #[schema(schema_with = values::id)]
    user_id: Id<UserId>,
    #[schema(schema_with = values::time)]
    created_at: Time,
}

impl From<Reaction> for ReactionView {
    fn from(Reaction { emoji, user_id, created_at, .. }: Reaction) -> Self {
        Self { emoji: emoji.as_str().to_owned(), user_id: Id(user_id), created_at: Time(created_at) }
    }
}

/// The number of users who react with each emoji, in order of first use.
pub(crate) struct Counts(Reactions);

impl From<Reactions> for Counts {
    fn from(reactions: Reactions) -> Self {
        Self(reactions)
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|tally| (tally.emoji.as_str(), tally.count)))
    }
}

#[cfg(test)]
mod tests {
    use chit_chat_domain::reaction::Emoji;

    use super::*;

    #[test]
    fn counts_are_ordered_by_first_use() {
        let text = |reactions| serde_json::to_string(&Counts::from(reactions)).unwrap();
        let emoji = |text| Emoji::parse(text).unwrap();
        assert_eq!(text(Reactions::default()), "{}");
        let some = Reactions::default().with(&emoji("👍")).with(&emoji("#\u{fe0f}\u{20e3}")).with(&emoji("👍"));
        assert_eq!(text(some), "{\"👍\":2,\"#\u{fe0f}\u{20e3}\":1}");
    }
}
