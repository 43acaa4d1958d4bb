//! Keeps new accounts from posting links.

use std::sync::Arc;
use std::time::Duration;

use chit_chat_domain::policy::{Draft, MessagePolicy, Rejection, Verdict};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::user::UserRepository;

/// Rejects links by accounts that are younger than this, as `link_too_early`.
pub struct LinksOfNewAccounts {
    pub users: Arc<dyn UserRepository>,
    pub age: Duration,
}

impl MessagePolicy for LinksOfNewAccounts {
    fn judge(&self, draft: &Draft<'_>) -> Result<Verdict, StoreError> {
        if !has_link(draft.body.as_str()) {
            return Ok(Verdict::Allow);
        }
        let author = self.users.find(draft.author.user_id)?;
        if author.is_some_and(|author| author.created_at.plus(self.age) <= draft.at) {
            return Ok(Verdict::Allow);
        }
        let hours = self.age.as_secs().div_ceil(3_600);
        let detail = format!("accounts can post links {hours} hours after their creation");
        Ok(Verdict::Reject(Rejection::new("link_too_early", detail)))
    }
}

/// Returns whether a text has an address, also one that is not shown as a link.
fn has_link(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains("://") || lower.contains("www.") || lower.contains("](")
}

#[cfg(test)]
mod tests {
    use chit_chat_domain::testing::{NOW, World, me, user};

    use super::*;
    use crate::testing::{code, written};

    const DAY: Duration = Duration::from_secs(24 * 3_600);

    /// The policy for an account that was created this long ago.
    fn policy(since: Duration) -> LinksOfNewAccounts {
        let mut world = World::default();
        let author = user().with_created_at(NOW.minus(since)).build();
        world.users.expect_find().withf(|user| *user == me()).return_const(Ok(Some(author)));
        LinksOfNewAccounts { users: Arc::new(world.users), age: DAY }
    }

    #[test]
    fn new_account_posts_no_links() {
        for text in ["see https://example.com", "HTTP://EXAMPLE.COM", "www.example.com", "[here](//example.com)"] {
            assert_eq!(code(written(text).judged_by(&policy(DAY / 2))), "link_too_early", "{text}");
            assert_eq!(written(text).judged_by(&policy(DAY)), Ok(Verdict::Allow), "{text}");
        }
    }

    #[test]
    fn text_without_links_needs_no_look_at_the_account() {
        let policy = LinksOfNewAccounts { users: Arc::new(World::default().users), age: DAY };
        assert_eq!(written("hello: all of you").judged_by(&policy), Ok(Verdict::Allow));
    }
}
