//! The policy that `docs/RULES.md` develops. `rules_document.rs` checks that the document shows this code.

use std::time::Duration;

use chit_chat_domain::chatroom::Visibility;
use chit_chat_domain::denial::Failure;
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::SendMessage;
use chit_chat_domain::policy::{Draft, MessagePolicy, Rejection, Verdict};
use chit_chat_domain::services::Policies;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{World, me, room};
use chit_chat_testkit::Scratch;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// In public chatrooms, only moderators and owners write before six o'clock.
struct QuietNights;

impl MessagePolicy for QuietNights {
    fn judge(&self, draft: &Draft<'_>) -> Result<Verdict, StoreError> {
        let is_public = draft.chatroom.visibility == Visibility::Public;
        if is_public && draft.at.hour() < 6 && draft.author.role < Role::Moderator {
            let detail = "the public chatrooms sleep until six o'clock (UTC)";
            return Ok(Verdict::Reject(Rejection::new("quiet_night", detail)));
        }
        Ok(Verdict::Allow)
    }
}

#[test]
fn member_is_rejected_at_night() {
    let world = World::with_access(Visibility::Public, Some(Role::Member));
    let world = world.at("2026-01-01T05:59:00Z").with_message_policy(QuietNights);
    let sent = world.messages().send(&SendMessage::new(room(), me(), "hello"));
    assert!(matches!(sent, Err(Failure::Rejected(rejection)) if rejection.code == "quiet_night"));
}

#[test]
fn night_ends_at_six() {
    let scratch = Scratch::with_policies(Policies::default().with_message_policy(QuietNights));
    let [ada, grace] = scratch.people(["ada", "grace"]);
    let engines = scratch.public_chatroom(ada, &[grace]);
    let send = |author| scratch.services.messages.send(&SendMessage::new(engines, author, "hello"));

    scratch.clock.advance(15 * HOUR);
    assert!(send(ada).is_ok());
    assert!(send(grace).is_err());
    scratch.clock.advance(3 * HOUR);
    assert!(send(grace).is_ok());
}
