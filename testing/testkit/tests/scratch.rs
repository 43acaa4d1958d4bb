//! The promises of the kit, one test each.

use std::time::Duration;

use chit_chat_domain::clock::Clock;
use chit_chat_domain::denial::Denial;
use chit_chat_domain::invitation::CreateInvitation;
use chit_chat_domain::membership::Role;
use chit_chat_domain::testing::{NOW, fresh_id};
use chit_chat_testkit::Scratch;

#[test]
fn scratches_have_separate_stores() {
    let (one, other) = (Scratch::open(), Scratch::open());
    one.person("ada");
    assert_eq!(other.stores.users.credentials("ada".to_owned()), Ok(None));
    assert!(one.stores.users.credentials("ada".to_owned()).unwrap().is_some());
}

#[test]
fn ids_and_times_are_deterministic() {
    let scratch = Scratch::open();
    let ada = scratch.person("ada");
    assert_eq!(ada, fresh_id().into());
    let room = scratch.chatroom(ada, &[]);
    assert_eq!(scratch.say(room, ada, "hello").created_at, NOW);
    scratch.clock.advance(Duration::from_secs(60));
    assert_eq!(scratch.say(room, ada, "still there?").created_at, scratch.clock.now());
}

#[test]
fn members_send_in_private_and_anyone_joins_public_chatrooms() {
    let scratch = Scratch::open();
    let [ada, grace, tim] = scratch.people(["ada", "grace", "tim"]);
    let private = scratch.chatroom(ada, &[grace]);
    scratch.say(private, ada, "one");
    scratch.say(private, grace, "two");
    assert_eq!(scratch.texts(private, ada), ["one", "two"]);
    let join = |room| scratch.services.memberships.join(room, tim).map(|added| added.new);
    assert_eq!(join(private), Err(Denial::ChatroomNotFound.into()));
    assert_eq!(join(scratch.public_chatroom(ada, &[])), Ok(true));
}

#[test]
fn promoted_member_has_role() {
    let scratch = Scratch::open();
    let [ada, grace] = scratch.people(["ada", "grace"]);
    let room = scratch.chatroom(ada, &[grace]);
    scratch.promote(room, ada, grace, Role::Moderator);
    let member = scratch.stores.memberships.find(room, grace).unwrap().unwrap();
    assert_eq!(member.membership.role, Role::Moderator);
}

#[test]
fn people_sign_in_and_invite() {
    let scratch = Scratch::open();
    let [ada, grace] = scratch.people(["ada", "grace"]);
    let granted = scratch.services.sessions.sign_in("Ada", Scratch::PASSWORD, None).unwrap();
    assert_eq!(granted.user.id, ada);
    let room = scratch.chatroom(ada, &[]);
    let invitation = scratch.services.invitations.create(room, ada, &CreateInvitation::default()).unwrap();
    assert!(scratch.services.invitations.accept(&invitation.code(), grace).unwrap().new);
}

#[test]
#[should_panic(expected = "UsernameTaken")]
fn duplicate_name_panics() {
    Scratch::open().people(["ada", "Ada"]);
}
