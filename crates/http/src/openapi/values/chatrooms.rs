//! Chatrooms and memberships.

use chit_chat_domain::chatroom::{ChatroomName, MAX_INITIAL_MEMBERS, MyChatroom, SlowMode, Topic, Visibility};
use chit_chat_domain::event::MembershipEnd;
use chit_chat_domain::membership::{MAX_LEFT_AT_ONCE, Role};
use serde_json::Value;
use utoipa::openapi::schema::{ArrayBuilder, Object, Schema};

use super::basics::id;
use super::builders::{described, int32, line, one_of, or_null, whole, word};

const VISIBILITY: &str = "Public: every signed-in user can find and join it. Private: only members can see it.";

const DIRECT: &str = "Direct: shared by exactly two users.";

const VISIBILITIES: [Visibility; 2] = [Visibility::Public, Visibility::Private];

const ROLE: &str =
    "Moderators can also invite, remove and ban users. Owners can also change the settings and everyone's role.";

const ROLES: [Role; 3] = [Role::Member, Role::Moderator, Role::Owner];

pub(crate) fn other_party_or_null() -> Object {
    described("The other user of a direct chatroom.", or_null(id()))
}

pub(crate) fn chatroom_name() -> Object {
    line("A single line. Leading and trailing white space is removed.", ChatroomName::LONGEST)
        .examples(["Engines"])
        .build()
}

pub(crate) fn chatroom_name_or_null() -> Object {
    described(
        "A single line. Leading and trailing white space is removed. Null for a direct chatroom.",
        or_null(chatroom_name()),
    )
}

pub(crate) fn visibility() -> Object {
    let words = [Visibility::Public, Visibility::Private, Visibility::Direct];
    word(&format!("{VISIBILITY} {DIRECT}"), words.map(Visibility::as_str))
}

pub(crate) fn new_visibility() -> Object {
    one_of(VISIBILITY, VISIBILITIES.map(Visibility::as_str)).build()
}

pub(crate) fn visibility_or_default() -> Object {
    // No `default`: code generators would treat the field as always present.
    let mut object = described("Defaults to private.", or_null(new_visibility()));
    object.enum_values.get_or_insert_default().push(Value::Null);
    object
}

pub(crate) fn role() -> Object {
    word(ROLE, ROLES.map(Role::as_str))
}

pub(crate) fn new_role() -> Object {
    one_of(ROLE, ROLES.map(Role::as_str)).build()
}

/// The minimum role for something.
pub(crate) fn least_role() -> Object {
    word("The minimum role required.", ROLES.map(Role::as_str))
}

pub(crate) fn new_least_role() -> Object {
    one_of("The minimum role required.", ROLES.map(Role::as_str)).build()
}

pub(crate) fn topic_or_null() -> Object {
    or_null(
        line("The topic, a single line. Leading and trailing white space is removed.", Topic::LONGEST)
            .examples(["Steam"])
            .build(),
    )
}

pub(crate) fn slow_mode() -> Object {
    whole("Seconds that members must wait between two messages. Does not apply to moderators and owners. 0 switches slow mode off.")
        .format(Some(int32()))
        .minimum(Some(0))
        .maximum(Some(SlowMode::LONGEST))
        .examples([30])
        .build()
}

pub(crate) fn membership_end() -> Object {
    word("The reason why the membership ended.", MembershipEnd::ALL.map(MembershipEnd::as_str))
}

pub(crate) fn member_ids() -> Schema {
    let people = ArrayBuilder::new().items(id()).max_items(Some(MAX_INITIAL_MEMBERS));
    people.description(Some("Users to add as members.")).build().into()
}

pub(crate) fn chatroom_ids() -> Schema {
    let ids = ArrayBuilder::new().items(id()).min_items(Some(1)).max_items(Some(MAX_LEFT_AT_ONCE));
    ids.description(Some("The chatrooms to leave.")).build().into()
}

pub(crate) fn unread_count() -> Object {
    behind_the_marker("The number of messages by other users after the read marker, without deleted ones.")
}

pub(crate) fn mention_count() -> Object {
    behind_the_marker(
        "The number of unread messages that mention you or everyone, without those by users whom you block.",
    )
}

fn behind_the_marker(what: &str) -> Object {
    let most = MyChatroom::MAX_UNREAD;
    whole(&format!("{what} {most} means {most} or more."))
        .format(Some(int32()))
        .minimum(Some(0))
        .maximum(Some(most))
        .examples([3])
        .build()
}

pub(crate) fn read_seq() -> Object {
    let marker = whole("The read marker: the position in the chatroom's log up to which you have read.");
    marker.minimum(Some(0)).examples([2]).build()
}
